import { describe, expect, it } from 'vitest';
import { sharePaging } from '../../../../src/core/compiler/replies/page-conventions.ts';
import type { Page, Route } from '../../../../src/core/model/clone-model.ts';

const before: Page = { style: 'before', at: 'before', size: 'limit', cursor: 'id' };
const cursors: Page = { style: 'after', at: 'after', size: 'limit', cursor: 'id', sizeDefault: 10, also: before };

function list(type: string, page?: Page): Route {
  const query = { type, ...(page === undefined ? {} : { page }) };
  return { id: type, method: 'GET', path: `/${type}`, cases: [{ id: type, query, reply: { status: 200 } }] };
}

const types = ['Note', 'Room', 'Tag'].map((name) => ({ name, key: [name === 'Tag' ? 'name' : 'id'], views: {} }));
const pagesOf = (routes: readonly Route[]) => sharePaging(routes, types).map(({ cases }) => cases[0]?.query?.page);

describe('paging by cursors', () => {
  it('is that of all lists of the service that are seen to do a part of it', () => {
    const [, sized, half] = pagesOf([
      list('Note', cursors),
      list('Room', { style: 'offset', size: 'limit', sizeDefault: 5 }),
      list('Room', before),
    ]);
    expect(sized).toEqual({ ...cursors, sizeDefault: 5, also: { ...before, sizeDefault: 5 } });
    expect(half).toEqual({ style: 'after', at: 'after', size: 'limit', cursor: 'id', also: before });
  });

  it('is not that of lists which page otherwise, not at all, or by another key', () => {
    const numbered: Page = { style: 'page', at: 'page', size: 'limit' };
    const sized: Page = { style: 'offset', size: 'limit' };
    expect(pagesOf([list('Note', cursors), list('Room', numbered), list('Room'), list('Tag', sized)])).toEqual([
      cursors,
      numbered,
      undefined,
      sized,
    ]);
  });

  it('is shared only where both ways were seen', () => {
    const { also: _, ...after } = cursors;
    const sized: Page = { style: 'offset', size: 'limit' };
    expect(pagesOf([list('Note', after), list('Room', sized)])).toEqual([after, sized]);
  });
});
