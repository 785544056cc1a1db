import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferPrincipals, type Principals } from '../../../../src/core/compiler/timeline/principals.ts';
import { ok, mistakes, toy, TOY_ORIGIN, type MakeToy, type ToyHandler } from '../../../support/toy-recording.ts';
import { collection } from '../../../support/toy-services.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const principalsOf = (lines: readonly Line[]): Principals =>
  inferPrincipals(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));
const as = (headers: Line['headers']): Line => ({ ask: 'GET /me', ...(headers === undefined ? {} : { headers }) });

describe('principals', () => {
  it('are one for each credential in order of first use, and one for none', () => {
    const { all, of } = principalsOf([
      as({ authorization: 'Bearer ada' }),
      as(undefined),
      as({ authorization: 'Bearer bob' }),
      as({ authorization: 'Bearer ada' }),
    ]);
    expect(all.map(({ id, credential }) => [id, credential?.value])).toEqual([
      ['principal-1', 'Bearer ada'],
      ['anonymous', undefined],
      ['principal-2', 'Bearer bob'],
    ]);
    expect(of.map(({ id }) => id)).toEqual(['principal-1', 'anonymous', 'principal-2', 'principal-1']);
  });

  it('are told by the credential header that most requests carry', () => {
    const { all } = principalsOf([
      as({ 'x-api-key': 'k1', cookie: 'c=1' }),
      as({ 'x-api-key': 'k2' }),
      as({ 'x-api-key': 'k1' }),
    ]);
    expect(all.map(({ credential }) => credential)).toEqual([
      { header: 'x-api-key', value: 'k1' },
      { header: 'x-api-key', value: 'k2' },
    ]);
  });

  it.each(['x-auth-token', 'private-token', 'x-redmine-api-key', 'dd-api-key', 'authorization'])(
    'may show themselves by %s',
    (header) => {
      expect(principalsOf([as({ [header]: 'secret' })]).all[0]?.credential?.header).toBe(header);
    },
  );

  it('are not told by other headers', () => {
    expect(principalsOf([as({ 'x-request-id': 'r1', 'user-agent': 'curl' })]).all.map(({ id }) => id)).toEqual([
      'anonymous',
    ]);
  });

  it('are none in an empty recording', () => {
    expect(principalsOf([])).toEqual({ all: [], of: [] });
  });
});

describe('a clone of a guarded service', () => {
  const refuse =
    (handler: ToyHandler, may: (who: string) => boolean): ToyHandler =>
    (request) => {
      const who = request.header['authorization'];
      if (who === undefined) return { status: 401, body: { error: 'who are you?' } };
      if (who !== 'Bearer ada' && who !== 'Bearer bob') return { status: 401, body: { error: 'bad token' } };
      return may(who) ? handler(request) : { status: 403, body: { error: 'you may not' } };
    };
  const makeToy: MakeToy = () => {
    const { handlers } = collection('/notes', { seed: [{ id: 1, title: 'first' }] });
    return toy({
      'GET /notes': handlers['GET /notes']!,
      'GET /notes/{key}': refuse(handlers['GET /notes/{key}']!, () => true),
      'POST /notes': refuse(handlers['POST /notes']!, () => true),
      'DELETE /notes/{key}': refuse(handlers['DELETE /notes/{key}']!, (who) => who === 'Bearer ada'),
      'GET /me': refuse(
        ({ header }) => ok({ login: header['authorization']!.slice(7) }),
        () => true,
      ),
    });
  };
  const ada = { authorization: 'Bearer ada' };
  const bob = { authorization: 'Bearer bob' };
  const eve = { authorization: 'Bearer eve' };

  it('answers good, bad and missing credentials as the original does', () => {
    expect(
      mistakes(
        makeToy,
        (client) => {
          client.get('/notes', ada);
          for (const who of [ada, bob, ada, bob]) client.post('/notes', { title: `by ${who.authorization}` }, who);
          for (const who of [undefined, eve, undefined, eve, eve, undefined])
            client.post('/notes', { title: 'x' }, who);
          for (const who of [ada, bob, eve, undefined, ada, bob, eve, undefined, eve, undefined])
            client.get('/notes/2', who);
          for (const who of [ada, bob, eve, undefined, bob, ada, eve, undefined, bob, ada]) client.get('/me', who);
          for (const who of [bob, eve, undefined, bob, undefined, eve, eve, undefined]) client.delete('/notes/3', who);
          client.delete('/notes/3', ada);
          client.delete('/notes/4', ada);
          client.delete('/notes/99', ada);
          client.get('/notes/3', bob);
          client.get('/notes/77', ada);
          client.get('/notes');
        },
        (client) => {
          client.post('/notes', { title: 'mine' }, bob);
          client.delete('/notes/2', bob);
          client.delete('/notes/2');
          client.delete('/notes/2', eve);
          client.delete('/notes/2', ada);
          client.delete('/notes/2', bob);
          client.get('/notes/1', eve);
          client.get('/notes/1');
          client.get('/notes');
          client.get('/me', bob);
        },
      ),
    ).toEqual([]);
  });
});
