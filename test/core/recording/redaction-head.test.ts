import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOrdinaryPath, redactTarget } from '../../../src/core/recording/redaction-head.ts';
import { DEFAULT_REDACTION_RULES } from '../../../src/core/recording/redaction-rules.ts';
import { RedactionScope } from '../../../src/core/recording/redaction-scope.ts';
import { sha256Hex } from '../../../src/core/std/hashing.ts';

const scope = () => new RedactionScope({ hash: sha256Hex, rules: DEFAULT_REDACTION_RULES });
const segment = fc.oneof(
  fc.string(),
  fc.constantFrom(
    ...[
      'repos',
      '42',
      'ann@example.com',
      '+44 20 7946 0018',
      '4111111111111111',
      'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    ],
    ...['YW5uQGV4YW1wbGUuY29tIA==', '?key=abc', 'a%40b.example', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
  ),
);

describe('redaction of a target', () => {
  test('changes nothing in what is called ordinary', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (segments) => {
        const target = `/${segments.join('/')}`;
        if (isOrdinaryPath(target)) expect(redactTarget(target, scope())).toBe(target);
      }),
    );
    expect(isOrdinaryPath('/repos/octocat/birdhouse/issues/77')).toBe(true);
    expect(isOrdinaryPath('/users/ann@example.com')).toBe(false);
  });
});
