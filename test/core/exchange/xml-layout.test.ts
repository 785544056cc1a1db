import { describe, expect, it } from 'vitest';
import { printXml, readPlainXml, readXml, type XmlLayout } from '../../../src/core/exchange/xml-layout.ts';
import { parseXml } from '../../../src/core/std/xml.ts';

const LAYOUT: XmlLayout = {
  prolog: '<?xml version="1.0"?>\n',
  references: { '"': '&quot;' },
  root: {
    tag: 'shelf',
    attributes: [
      { name: 'xmlns', value: 'urn:shelf' },
      { name: 'xmlns:p', value: 'urn:p', used: true },
      { name: 'room', quote: "'" },
    ],
    children: [
      { tag: 'name', lead: '\n  ', closing: '/' },
      {
        tag: 'books',
        lead: '\n  ',
        children: [{ tag: 'book', lead: ' ', between: ' ' }],
        items: true,
        tail: ' ',
        spaced: true,
      },
      { tag: 'p:note', gap: '\n', lead: '  ', between: '\n  ' },
      { tag: 'full', lead: '\n  ', kind: 'boolean' },
    ],
    tail: '\n',
  },
};

const DOCUMENTS: readonly (readonly [string, object, string])[] = [
  [
    'everything',
    { '@room': "R&D'", name: 'a "b"', books: ['x', 'y'], note: ['1', '2'], full: true },
    `<?xml version="1.0"?>\n<shelf xmlns="urn:shelf" xmlns:p="urn:p" room='R&amp;D&apos;'>\n  <name>a &quot;b&quot;</name>\n  <books> <book>x</book> <book>y</book> </books>\n  <p:note>1</p:note>\n  <p:note>2</p:note>\n  <full>true</full>\n</shelf>`,
  ],
  [
    'lists of none, and prefixes that nothing has',
    { '@room': 'q', name: '', books: [], note: [], full: false },
    `<?xml version="1.0"?>\n<shelf xmlns="urn:shelf" room='q'>\n  <name/>\n  <books> </books>\n\n  <full>false</full>\n</shelf>`,
  ],
  [
    'less than there could be',
    { books: ['x'], note: [] },
    '<?xml version="1.0"?>\n<shelf xmlns="urn:shelf">\n  <books> <book>x</book> </books>\n\n</shelf>',
  ],
];

describe('the layout of documents', () => {
  it.each(DOCUMENTS)('prints and reads %s', (_what, value, text) => {
    expect(printXml(LAYOUT, value as never)).toBe(text);
    expect(readXml(LAYOUT, parseXml(text)!)).toEqual(value);
  });

  it('leaves out what it does not know, and what has no value', () => {
    expect(printXml({ root: { tag: 'a', children: [{ tag: 'b' }] } }, { c: '1', b: null })).toBe('<a></a>');
  });
});

describe('a document that a client sends', () => {
  it('is a value without prefixes and their declarations; what repeats is a list', () => {
    const document = parseXml(
      '<D:find xmlns:D="DAV:" D:depth="1"><D:prop><D:name/><D:tag>a</D:tag><D:tag>b</D:tag></D:prop><of kind="x">y</of></D:find>',
    )!;
    expect(readPlainXml(document)).toEqual({
      find: { '@depth': '1', prop: { name: '', tag: ['a', 'b'] }, of: { '@kind': 'x', '#text': 'y' } },
    });
  });

  it('has elements by any name as members', () => {
    const document = parseXml('<a><__proto__><b>1</b></__proto__><constructor>2</constructor></a>')!;
    expect(readPlainXml(document)).toEqual(JSON.parse('{"a":{"__proto__":{"b":"1"},"constructor":"2"}}'));
    const kinds = ['__proto__', 'constructor'].map((tag) => ({ tag, closing: '/' }));
    const layout: XmlLayout = { root: { tag: 'a', closing: '/', children: kinds } };
    expect(printXml(layout, readXml(layout, parseXml('<a><__proto__>1</__proto__></a>')!))).toBe(
      '<a><__proto__>1</__proto__></a>',
    );
  });

  it('is read once, however often an element repeats', () => {
    const document = parseXml(`<a>${'<b/>'.repeat(200_000)}</a>`)!;
    const { a } = readPlainXml(document) as { a: { b: readonly string[] } };
    expect(a.b).toHaveLength(200_000);
  });
});
