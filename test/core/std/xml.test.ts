import { describe, expect, it } from 'vitest';
import { localName, parseXml } from '../../../src/core/std/xml.ts';

describe('an XML document', () => {
  it('is a tree that keeps white space, quotes and how tags close themselves', () => {
    const document = parseXml(`<?xml version="1.0"?>\n<a x='1'>\n  <b:c /><d></d>\n</a>\n`);
    expect(document?.prolog).toBe('<?xml version="1.0"?>\n');
    expect(document?.epilog).toBe('\n');
    expect(document?.root).toEqual({
      tag: 'a',
      attributes: [{ name: 'x', value: '1', quote: "'" }],
      closing: undefined,
      text: '',
      children: [
        { gap: '\n  ', element: { tag: 'b:c', attributes: [], closing: ' /', text: '', children: [], tail: '' } },
        { gap: '', element: { tag: 'd', attributes: [], closing: undefined, text: '', children: [], tail: '' } },
      ],
      tail: '\n',
    });
    expect(localName('b:c')).toBe('c');
  });

  it('tells which characters stand as references and which as they are', () => {
    const document = parseXml('<a>&lt;b&gt; &#x26; &quot;"</a>');
    expect(document?.root.text).toBe('<b> & ""');
    expect([...(document?.references ?? [])]).toEqual([
      ['<', '&lt;'],
      ['>', '&gt;'],
      ['&', '&#x26;'],
      ['"', '&quot;'],
    ]);
    expect([...(document?.plain ?? [])]).toEqual(['"']);
  });

  it.each([
    ['text among elements', '<a>one<b/></a>'],
    ['a comment', '<a><!-- b --></a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an unknown reference', '<a>&nbsp;</a>'],
    ['a reference by a name that objects have', '<a>&toString;</a>'],
    ['a reference to half a character', '<a>&#xD800;</a>'],
    ['a tag without an end', '<a b="1"<c/></a>'],
    ['a lone ampersand', '<a>b & c</a>'],
    ['elements that do not nest', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['no end', '<a><b>'],
    ['no XML', 'plain'],
  ])('is not read with %s', (_what, text) => {
    expect(parseXml(text)).toBeUndefined();
  });

  it('is not read when it nests too deeply', () => {
    expect(parseXml('<a>'.repeat(60) + '</a>'.repeat(60))).toBeDefined();
    expect(parseXml('<a>'.repeat(100_000) + '</a>'.repeat(100_000))).toBeUndefined();
  });

  it('has its attributes read one by one, however many there are', () => {
    expect(parseXml(`<a b="&"${' c="1"'.repeat(2_700_000)}/>`)).toBeUndefined();
    expect(parseXml(`<a${' c="1"'.repeat(1000)}/>`)?.root.attributes).toHaveLength(1000);
  });
});
