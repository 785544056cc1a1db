import { describe, expect, it } from 'vitest';
import { percentText, rewardText, textTable } from '../../src/cli/text-table.ts';

describe('a table', () => {
  it('has columns as wide as what is in them, numbers to the right, and no space at line ends', () => {
    const table = textTable(
      [{ title: 'route' }, { title: 'n', right: true }, { title: 'notes' }],
      [
        ['GET /a', '7', ''],
        ['DELETE /a', '1234', 'x'],
      ],
    );
    expect(table).toBe('route         n  notes\nGET /a        7\nDELETE /a  1234  x\n');
  });

  it('cuts what is too long in the middle', () => {
    expect(textTable([{ title: 'path', widthMax: 9 }], [['/abcdefghijkl/z']])).toBe('path\n/abc…kl/z\n');
  });

  it('of nothing is its titles', () => {
    expect(textTable([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b\n');
  });
});

describe('a share', () => {
  it.each([
    [1, '100.0 %'],
    [0.12345, '12.3 %'],
    [null, '–'],
  ])('%s is %s', (share, text) => expect(percentText(share)).toBe(text));
});

describe('a reward', () => {
  it.each([
    [0.2 - 0.02 - 0.02 - 0.02, '0.14'],
    [-3, '-3'],
    [1 / 3, '0.333333333333'],
  ])('%s is shown as %s', (reward, text) => expect(rewardText(reward)).toBe(text));
});
