import { describe, expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import type { Route } from '../../../../src/core/model/clone-model.ts';
import { makeNote, readNote } from '../../../support/effect-context.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const routeOf = (lines: readonly Line[], id: string): Route | undefined =>
  compile([recordingOf(lines)]).model.services[0]?.routes.find((route) => route.id === id);

describe('a route that only ever refused', () => {
  const made = [1, 2, 3].flatMap((id) => [makeNote(id, { x: 1 }, { n: id * 7 }), readNote(id, { n: id * 7 })]);
  const put = (id: number): Line => ({ ask: `PUT /notes/${id}`, body: { n: 5 }, status: 404, answer: {} });

  it('refuses only what is not there, where it was asked for nothing else', () => {
    const route = routeOf([...made, put(91), put(92), put(93)], 'PUT /notes/{note}');
    expect(route?.guards).toMatchObject([{ when: 'note == missing', reply: { status: 404 } }]);
    expect(route?.cases).toEqual([]);
  });

  it('refuses everything where it was asked for what is there, too', () => {
    const route = routeOf([...made, put(91), put(2), put(93)], 'PUT /notes/{note}');
    expect([...(route?.guards ?? []), ...(route?.cases ?? [])].map(({ when }) => when)).toContain(undefined);
  });
});
