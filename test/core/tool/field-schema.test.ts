import { describe, expect, it } from 'vitest';
import { countFields } from '../../../src/core/model/shape-counts.ts';
import { parseJson, type Json } from '../../../src/core/std/json.ts';
import { valueSchema, type Spelling } from '../../../src/core/tool/field-schema.ts';

const schemaOf = (bodies: readonly unknown[], spelling: Spelling = 'json') =>
  valueSchema(countFields(bodies.map((body) => ({ session: 's', bodies: [body as Json] }))), '', spelling);

describe('the schema of recorded values', () => {
  it('has every member that was seen, and wants those that were never left out', () => {
    expect(
      schemaOf([
        { title: 'a', size: 1 },
        { title: 'b', size: null, tags: ['x'] },
      ]),
    ).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', examples: ['a', 'b'] },
        size: { anyOf: [{ type: 'null' }, { type: 'number' }] },
        tags: { type: 'array', items: { type: 'string', examples: ['x'] } },
      },
      required: ['size', 'title'],
    });
  });

  it('nests, through lists too, and whatever members are called', () => {
    expect(schemaOf([{ a: [{ 'odd key': true }], name: { reset: 1 } }])).toMatchObject({
      properties: {
        a: { items: { properties: { 'odd key': { type: 'boolean' } }, required: ['odd key'] } },
        name: { properties: { reset: { type: 'number' } } },
      },
    });
  });

  it('names formats', () => {
    const body = { at: '2024-01-02T03:04:05Z', by: 'a@b.example', to: 'https://b.example/', no: '17' };
    expect(schemaOf([body])).toMatchObject({
      properties: {
        at: { format: 'date-time' },
        by: { format: 'email' },
        to: { format: 'uri' },
        no: { type: 'string' },
      },
    });
  });

  it('reads numbers and booleans out of texts, where values are texts', () => {
    expect(schemaOf([{ page: '2', all: 'true', word: 'x' }], 'text')).toMatchObject({
      properties: { page: { type: 'integer', examples: [2] }, all: { type: 'boolean' }, word: { type: 'string' } },
    });
  });

  it('says nothing where nothing was seen', () => {
    expect(schemaOf([])).toEqual({});
    expect(schemaOf([parseJson('{}')])).toEqual({ type: 'object' });
  });
});
