import { STATUS_CODES } from 'node:http';
import { expect, it } from 'vitest';
import { tellingReason, usualReason } from '../../../src/core/exchange/reason-phrases.ts';

it('a reason phrase tells something only where it is not the one that every server sends', () => {
  for (const [status, phrase] of Object.entries(STATUS_CODES))
    if (Number(status) >= 200 && status !== '509')
      expect([status, usualReason(Number(status)), tellingReason(Number(status), phrase ?? '')]).toEqual([
        status,
        phrase,
        undefined,
      ]);
  expect(tellingReason(200, '')).toBeUndefined();
  expect(tellingReason(200, 'Fine')).toBe('Fine');
  expect(tellingReason(299, 'OK')).toBe('OK');
});
