import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { bodyFields, bodyMembers, bodyValue } from '../../../../src/core/compiler/calls/sent-values.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf } from '../../../support/written-recording.ts';

const calls = (...bodies: unknown[]): ReturnType<typeof normaliseCalls> =>
  normaliseCalls([recordingOf(bodies.map((body) => ({ ask: 'POST /notes', body })))], TOY_ORIGIN);

describe('what bodies send', () => {
  it('is read through envelopes', () => {
    const wrapped = calls({ data: { type: 'notes', attributes: { title: 'a', tags: ['b'] } } });
    expect(Object.fromEntries(bodyMembers(wrapped))).toEqual({
      type: 'body.data.type',
      title: 'body.data.attributes.title',
      tags: 'body.data.attributes.tags',
    });
    expect([...bodyFields(wrapped).keys()]).toEqual(['type', 'title']);
    expect(bodyValue(wrapped[0]!, 'body.data.attributes.tags')).toEqual(['b']);
  });

  it('is not read from an object that stands among other members', () => {
    expect(Object.fromEntries(bodyMembers(calls({ title: 'a', place: { city: 'b' } }, 'text')))).toEqual({
      title: 'body.title',
    });
  });
});
