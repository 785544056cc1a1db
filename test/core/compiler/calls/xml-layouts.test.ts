import { describe, expect, it } from 'vitest';
import { normaliseCalls, type Call } from '../../../../src/core/compiler/calls/call.ts';
import { liftXmlAnswers } from '../../../../src/core/compiler/calls/xml-layouts.ts';
import { printXml } from '../../../../src/core/exchange/xml-layout.ts';
import { mistakes, RawBody, toy, TOY_ORIGIN, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { recordingOf } from '../../../support/written-recording.ts';

const lifted = (texts: readonly string[], type = 'application/xml'): readonly Call[] =>
  liftXmlAnswers(
    normaliseCalls(
      [recordingOf(texts.map((text) => ({ ask: 'GET /x', text, answerHeaders: { 'content-type': type } })))],
      TOY_ORIGIN,
    ).map((call) => ({ ...call, headers: call.headers.slice(1) })),
  );

const answers = (texts: readonly string[]): unknown[] => lifted(texts).map(({ answer }) => answer);

describe('answers in XML', () => {
  it('are values whose lists are lists also with one element or none', () => {
    const shelf = (books: readonly string[]): string =>
      `<shelf><full>false</full><books>${books.map((title) => `<book><title>${title}</title></book>`).join('')}</books></shelf>`;
    expect(answers([shelf(['a', 'b']), shelf(['c']), shelf([])])).toEqual([
      { full: false, books: [{ title: 'a' }, { title: 'b' }] },
      { full: false, books: [{ title: 'c' }] },
      { full: false, books: [] },
    ]);
  });

  it('stay as they are where one element holds more names than a layout has', () => {
    const table = (names: number): string =>
      `<a>${Array.from({ length: names }, (_, at) => `<n${at}>x</n${at}>`).join('')}</a>`;
    expect(lifted([table(900)])[0]?.xml).toBeDefined();
    expect(lifted([table(1_100)])[0]?.xml).toBeUndefined();
  });

  it('have numbers where all texts of a place are such', () => {
    expect(answers(['<a><n>1</n><m>1</m></a>', '<a><n>20</n><m>x</m></a>'])).toEqual([
      { n: 1, m: '1' },
      { n: 20, m: 'x' },
    ]);
  });

  it('keep the blank lines that templates leave where nothing stands', () => {
    const page = (after: string, items: readonly string[], folders: readonly string[]): string =>
      `<page>\n  <size>${items.length}</size>${after === '' ? '' : `\n  <after>${after}</after>`}\n${items
        .map((item) => `  <item>${item}</item>`)
        .join('\n')}\n${folders.map((name) => `  <folder>${name}</folder>`).join('\n')}\n</page>`;
    const texts = [
      page('', ['a', 'b'], ['x']),
      page('', [], []),
      page('q', [], ['x', 'y']),
      page('q', ['a'], []),
      page('', [], ['z']),
    ];
    const calls = lifted(texts);
    expect(calls.map(({ answer }) => answer)[1]).toEqual({ size: 0, item: [], folder: [] });
    for (const items of [[], ['m'], ['m', 'n']])
      for (const folder of [[], ['f'], ['f', 'g']])
        expect(printXml(calls[0]!.xml!.layout, { size: items.length, item: items, folder })).toBe(
          page('', items, folder),
        );
  });

  it.each([
    ['of one kind that are not all written alike', ['<a><b>1</b></a>', '<a> <b>1</b></a>', '<a><b>1</b> </a>']],
    ['whose elements stand in any order', ['<a><b>1</b><c>1</c></a>', '<a><c>1</c><b>1</b></a>']],
    ['whose characters stand both as references and as they are', ['<a>&gt;</a>', '<a>></a>']],
  ])('stay text %s', (_what, texts) => {
    expect(lifted(texts).every(({ answer, answerText }) => answer === undefined && answerText !== undefined)).toBe(
      true,
    );
  });

  it('are no pages', () => {
    expect(lifted(['<html><p>1</p></html>'], 'application/xhtml+xml')[0]?.answer).toBeUndefined();
  });
});

const XML = { 'content-type': 'text/xml' };
const document = (root: string, inner: string) => `<?xml version="1.0"?>\n<${root}>\n${inner}\n</${root}>`;

describe('a clone', () => {
  const makeToy: MakeToy = () => {
    const boats = new Map<string, { name: string; sails: number }>();
    const show = ({ name, sails }: { name: string; sails: number }): string =>
      `  <boat>\n    <name>${name}</name>\n    <sails>${sails}</sails>\n  </boat>`;
    const missing = (name: string) => ({
      status: 404,
      text: document('error', `  <code>NoSuchBoat</code>\n  <message>There is no boat ${name}.</message>`),
      headers: XML,
    });
    return toy({
      'PUT /boats/{name}': ({ params, body }) => {
        const boat = { name: params['name'] as string, sails: Number(/sails>(\d+)</.exec(body as string)?.[1]) };
        boats.set(boat.name, boat);
        return { status: 200, text: document('saved', show(boat)), headers: XML };
      },
      'GET /boats/{name}': ({ params }) => {
        const boat = boats.get(params['name'] as string);
        return boat === undefined
          ? missing(params['name'] as string)
          : { status: 200, text: document('found', show(boat)), headers: XML };
      },
      'DELETE /boats/{name}': ({ params }) =>
        boats.delete(params['name'] as string) ? { status: 204 } : missing(params['name'] as string),
      'GET /boats': () => {
        const shown = [...boats.values()].map(show).join('\n');
        const list = boats.size === 0 ? '  <boats></boats>' : `  <boats>\n${shown}\n  </boats>`;
        return { status: 200, text: document('fleet', `  <size>${boats.size}</size>\n${list}`), headers: XML };
      },
    });
  };
  const walk =
    (names: readonly string[]) =>
    (client: ToyClient): void => {
      client.get('/boats');
      names.forEach((name, at) => {
        client.get(`/boats/${name}`);
        client.send(
          'PUT',
          `/boats/${name}`,
          new RawBody(`<b:boat xmlns:b="urn:b"><b:sails>${at + 1}</b:sails></b:boat>`),
          XML,
        );
        client.get(`/boats/${name}`);
        if (at % 3 === 1) client.delete(`/boats/${names[at - 1]!}`);
        if (at % 3 === 1) client.get(`/boats/${names[at - 1]!}`);
        client.get('/boats');
      });
    };

  it('reads XML and answers in XML, byte for byte: things, lists of any length, errors', () => {
    const lesson = walk(['alba', 'brig', 'cork', 'dory', 'emma', 'fram', 'gull', 'hoy']);
    expect(mistakes(makeToy, lesson, walk(['zulu', 'yawl', 'xebec', 'whaler']))).toEqual([]);
  });
});
