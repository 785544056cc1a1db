import { describe, expect, it } from 'vitest';
import { type Call } from '../../../../src/core/compiler/calls/call.ts';
import { addTextShapes } from '../../../../src/core/compiler/outcomes/text-shapes.ts';
import { isObject } from '../../../../src/core/std/json.ts';
import { analysed } from '../../../support/written-recording.ts';

/** Conditions over `body.name`, each with the names it holds for. */
function shapesOf(accepted: readonly string[], refused: readonly string[]): Map<string, string[]> {
  const { calls } = analysed([
    ...accepted.map((name, id) => ({ ask: 'POST /rooms', body: { name }, status: 201, answer: { id } })),
    ...refused.map((name) => ({ ask: 'POST /rooms', body: { name }, status: 422, answer: { error: 'bad name' } })),
  ]);
  const nameOf = ({ body }: Call) => (isObject(body) ? body['name'] : undefined);
  const found = new Map<string, string[]>();
  addTextShapes(calls, new Map([['name', 'body.name']]), nameOf, (text, _, test) =>
    found.set(
      text,
      calls.filter(test).map((call) => String(nameOf(call))),
    ),
  );
  return found;
}

const NAMES = ['amber', 'birch-2', 'cedar_x', 'delta', 'ember'];

describe('shapes of texts', () => {
  it('tell characters that no accepted text has', () => {
    const shapes = shapesOf(NAMES, ['Not this!', 'fjord']);
    expect(shapes.get('body.name != missing && !body.name.matches("^[a-z0-9_-]*$")')).toEqual(['Not this!']);
  });

  it('tell texts that are longer than a round limit, and empty ones', () => {
    const shapes = shapesOf(NAMES, ['x'.repeat(70), '']);
    expect(shapes.get('body.name != missing && size(body.name) > 20')).toEqual(['x'.repeat(70)]);
    expect(shapes.get('body.name != missing && body.name == ""')).toEqual(['']);
  });

  it('are not judged by few accepted texts', () => {
    expect(shapesOf(NAMES.slice(0, 3), ['Not this!'])).toEqual(new Map());
  });
});
