import { describe, expect, it } from 'vitest';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { createSieve, DEFAULT_REDACTION_RULES, redactExchange } from '../../../src/core/recording/redaction.ts';
import { bodyFromBytes } from '../../../src/store/body-bytes.ts';
import { exchangeOf, sketchHash } from '../../support/redaction-sketch.ts';

/** An answer of these bytes (one character each) as it is recorded. */
function recorded(body: string, type: string): string {
  const bytes = Buffer.from(body, 'latin1');
  const known = createKnownSecrets();
  const { exchange, untouched } = redactExchange(
    exchangeOf({ responseHeaders: [['content-type', type]] }),
    sketchHash,
    { known, sieve: createSieve(DEFAULT_REDACTION_RULES, known) },
    { response: { bytes, isText: !/[\x80-\xff]/.test(body), read: () => bodyFromBytes(bytes) } },
  );
  const kept = exchange.response?.body;
  if (kept === undefined) return Buffer.from(untouched.response ?? '').toString('latin1');
  return Buffer.from('text' in kept ? kept.text : kept.base64, 'text' in kept ? 'utf8' : 'base64').toString('latin1');
}

describe('text that is no valid UTF-8', () => {
  it.each([
    ['JSON that was cut off within a character', 'application/json', '{"password":"hunter2!x","name":"Zo\xc3'],
    ['JSON without a type', '', '{"password":"hunter2!x","name":"Zo\xc3'],
    [
      'JSON in an older character set',
      'application/json; charset=iso-8859-1',
      '{"name":"Zo\xeb","password":"hunter2!x"}',
    ],
    ['a form', 'application/x-www-form-urlencoded', 'name=Zo\xeb&password=hunter2!x'],
    ['a page', 'text/html; charset=iso-8859-1', '<p>Zo\xeb</p><input name="password" value="hunter2!x">'],
    ['events', 'text/event-stream', 'data: {"password":"hunter2!x"}\n\ndata: Zo\xc3'],
  ])('is read by its names all the same: %s', (_what, type, body) => {
    const kept = recorded(body, type);
    expect(kept).not.toContain('hunter2');
    expect(kept).toMatch(/Zo[\xeb\xc3]/);
  });

  it('keeps characters that it writes as escapes', () => {
    const kept = recorded(
      '{"note":"\\u4e2d ghp_16C7e42F292c6912E7710c838347Ae178B4a \\u00e9","name":"Zo\xeb"}',
      'application/json',
    );
    expect(kept).toMatch(/^\{"note":"\\u4e2d ghp_\w{36} \\u00e9","name":"Zo\xeb"\}$/);
    expect(kept).not.toContain('ghp_16C7');
  });

  it('is left to its form where it is none: an image that begins like JSON', () => {
    const image = '{\x00\x01"password":"hunter2!x"\xff';
    expect(recorded(image, 'image/png')).toBe(image);
  });
});

describe('a form', () => {
  const form = 'application/x-www-form-urlencoded';
  it('is known by its form where it is none, and where a secret stands in a name', () => {
    for (const body of [
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'say ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a=1',
    ]) {
      const kept = recorded(body, form);
      expect(kept).toMatch(/ghp_\w{36}/);
      expect(kept).not.toContain('16C7');
    }
  });

  it('has its secrets replaced where they begin like JSON and are none', () => {
    expect(recorded('a=1&password=%5B%22hunter2!x', form)).not.toContain('hunter2');
    expect(recorded('a=1&password=%5B%22hunter2!x%22%5D', form)).not.toContain('hunter2');
  });
});

it('JSON has its secrets replaced where they begin like JSON and are none', () => {
  expect(recorded('{"password":"[\\"hunter2!x"}', 'application/json')).not.toContain('hunter2');
  expect(recorded('{"password":"[\\"hunter2!x\\"]"}', 'application/json')).not.toContain('hunter2');
});

describe('JSON in strings of JSON', () => {
  /** Written so that it grows by a few characters a level, not by as much again. */
  const nested = (depth: number) => {
    let text = '{}';
    for (let level = 0; level < depth; level++)
      text = `["${text.replaceAll('\\', '\\u005c').replaceAll('"', '\\u0022')}",{"password":"hunter2!x"}]`;
    return text;
  };

  it('has its secrets replaced', () => {
    expect(recorded(nested(5), 'application/json')).not.toContain('hunter2');
  });

  it('does not grow without bounds when it is written again', () => {
    const body = nested(15);
    const kept = recorded(body, 'application/json');
    expect(kept).not.toBe(body);
    expect(kept.length).toBeLessThan(body.length * 20);
  });
});
