import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { findAskers } from '../../../../src/core/compiler/timeline/askers.ts';
import type { Evidence } from '../../../../src/core/compiler/evidence.ts';
import { groupOutcomes } from '../../../../src/core/compiler/outcomes/outcome-groups.ts';
import { decideOutcomes } from '../../../../src/core/compiler/outcomes/outcomes.ts';
import { inferPrincipalAttributes } from '../../../../src/core/compiler/timeline/principal-attributes.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const NAMES = ['ann', 'bob', 'cid', 'dan'];
const keyOf = (id: number): string => `key-${String(id * 7919).padStart(12, '0')}`;
const CHIEF = keyOf(0);
const by = (key: string | undefined): Pick<Line, 'headers'> =>
  key === undefined ? {} : { headers: { 'x-api-key': key } };
const member = (id: number): object => ({ id, name: NAMES[id], chief: id === 0, key: keyOf(id) });
const me = (id: number): Line => ({ ask: 'GET /me', ...by(keyOf(id)), answer: member(id) });
const join = (id: number): Line => ({
  ask: 'POST /members',
  ...by(CHIEF),
  body: { name: NAMES[id] },
  status: 201,
  answer: member(id),
});
const tryToJoin = (id: number): Line => ({
  ask: 'POST /members',
  ...by(keyOf(id)),
  body: { name: NAMES[4 - id] },
  status: 403,
});
const lines: Line[] = [
  me(0),
  ...[1, 2, 3].flatMap((id) => [join(id), me(id), tryToJoin(id)]),
  ...[undefined, 'key-of-nobody', undefined].map((key): Line => ({ ask: 'GET /me', ...by(key), status: 401 })),
  { ask: 'GET /members/2', ...by(CHIEF), answer: member(2) },
];

function asked(recorded: readonly Line[]): Evidence {
  const evidence = analyse([recordingOf(recorded)], TOY_ORIGIN);
  findAskers(evidence);
  return evidence;
}

const conditions = (evidence: Evidence, route: string): unknown[] =>
  decideOutcomes(evidence, groupOutcomes(evidence.byRoute.get(route)!)).map(({ when, outcome }) => [
    when,
    outcome.status,
  ]);

describe('who asks', () => {
  it('is the entity that shows the key which the request carries', () => {
    const { askers } = asked(lines);
    expect(askers?.binding).toMatchObject({ name: 'asker', attributes: ['key'], values: ['header["x-api-key"]'] });
    expect(askers?.of.map((life) => life?.key).slice(0, 4)).toEqual(['0', '0', '1', '1']);
  });

  it('is read from behind the word that the credential begins with', () => {
    const behind = lines.map((line): Line => ({
      ...line,
      ...(line.headers === undefined ? {} : { headers: { authorization: `Token ${line.headers['x-api-key']}` } }),
    }));
    expect(asked(behind).askers?.binding.values).toEqual(['last(split(header.authorization, " "))']);
  });

  it('is refused where no entity has the key, and answered with itself', () => {
    const evidence = asked(lines);
    expect(evidence.bindings.get('GET /me')).toEqual([evidence.askers?.binding]);
    expect(conditions(evidence, 'GET /me')).toEqual([
      ['asker == missing', 401],
      [undefined, 200],
    ]);
  });

  it('may do what its attributes allow, whoever it is', () => {
    expect(conditions(asked(lines), 'POST /members')).toEqual([
      ['asker.chief == false', 403],
      [undefined, 201],
    ]);
  });

  it('is nobody where answers show no keys', () => {
    expect(asked([{ ask: 'GET /me', ...by(CHIEF), answer: { id: 1, name: 'ann' } }]).askers).toBeUndefined();
  });

  it('is the entity that things are made in the name of', () => {
    const note = (id: number, author: string): Line => ({
      ask: 'POST /notes',
      ...by(keyOf(author.length)),
      body: { text: `t${id}` },
      status: 201,
      answer: { id, text: `t${id}`, author },
    });
    const read = (login: string): Line => ({ ask: `GET /users/${login}`, ...by(CHIEF), answer: { login, age: 3 } });
    const own = (login: string): Line => ({ ask: 'GET /user', ...by(keyOf(login.length)), answer: { login, age: 3 } });
    const evidence = analyse(
      [recordingOf(['bea', 'carl'].flatMap((who, i) => [read(who), note(2 * i, who), note(2 * i + 1, who), own(who)]))],
      TOY_ORIGIN,
    );
    inferPrincipalAttributes(evidence);
    findAskers(evidence);
    expect(evidence.askers?.binding).toMatchObject({ attributes: ['login'], values: ['principal.author'] });
    expect(evidence.bindings.get('GET /user')).toEqual([evidence.askers?.binding]);
  });
});
