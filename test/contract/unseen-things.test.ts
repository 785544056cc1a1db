// Things that a write makes without showing them, and names that paths shorten: the clone of what one client recorded
// answers another client, which walks otherwise, as the toy does.
import { describe, expect, it } from 'vitest';
import {
  created,
  Dice,
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  type MakeToy,
  type Script,
} from '../support/toy-recording.ts';
import { counter } from '../support/toy-services.ts';

interface Line {
  readonly name: string;
  readonly node: string;
  readonly vault: string;
}

/** Vaults with lines; a first line comes with each vault, all lines are numbered together, and their names are paths. */
const vaults: MakeToy = () => {
  const ids = counter();
  const numbers = counter();
  const known = new Map<string, number>();
  const lines = new Map<string, Line>();
  const open = (vault: string, name: string): Line => {
    const line = { name, node: btoa(`Line:${numbers()}`), vault: `https://toy.example/vaults/${vault}` };
    lines.set(`${vault} ${name}`, line);
    return line;
  };
  return toy({
    'POST /vaults': ({ body }) => {
      const name = String(body.name);
      known.set(name, ids());
      open(name, 'lines/first');
      return created({ id: known.get(name), name });
    },
    'GET /vaults/{name}': ({ params }) =>
      known.has(params['name']!) ? ok({ id: known.get(params['name']!), name: params['name'] }) : notFound,
    'POST /vaults/{name}/lines': ({ params, body }) =>
      known.has(params['name']!) ? created(open(params['name']!, String(body.name))) : notFound,
    'GET /vaults/{name}/lines/{line}': ({ params }) => {
      const line = lines.get(`${params['name']} lines/${params['line']}`);
      return line === undefined ? notFound : ok(line);
    },
    'DELETE /vaults/{name}/lines/{line}': ({ params }) =>
      lines.delete(`${params['name']} lines/${params['line']}`) ? noContent : notFound,
  });
};

const visit =
  (seed: number): Script =>
  (client) => {
    const dice = new Dice(seed);
    for (let round = 0; round < 7; round++) {
      const vault = `${dice.word()}-${seed}-${round}`;
      const line = `${dice.word()}-${round}`;
      client.post('/vaults', { name: vault });
      client.get(`/vaults/${vault}/lines/first`);
      client.get(`/vaults/${vault}`);
      client.post(`/vaults/${vault}/lines`, { name: `lines/${line}` });
      client.get(`/vaults/${vault}/lines/${line}`);
      client.get(`/vaults/${vault}/lines/none-${round}`);
      if (!dice.chance(0.5)) continue;
      client.delete(`/vaults/${vault}/lines/${line}`);
      client.get(`/vaults/${vault}/lines/${line}`);
    }
  };

describe('a clone behaves as its original', () => {
  it('that makes a first thing along with another, counts in encoded ids, and shortens names in paths', () => {
    expect(mistakes(vaults, visit(1), visit(2))).toEqual([]);
  });
});
