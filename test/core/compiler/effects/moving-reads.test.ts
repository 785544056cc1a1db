import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { movingReads } from '../../../../src/core/compiler/effects/moving-reads.ts';
import { created, mistakes, notFound, ok, recordToy, toy, TOY_ORIGIN } from '../../../support/toy-recording.ts';
import type { MakeToy, Script } from '../../../support/toy-recording.ts';

interface Wash {
  readonly id: string;
  looks: number;
}

/** Washes go on when they are looked at: soaking, rinsing twice, dry. */
const laundry: MakeToy = () => {
  const washes = new Map<string, Wash>();
  const phases = ['soaking', 'rinsing', 'rinsing', 'dry'];
  const show = ({ id, looks }: Wash): unknown => {
    const phase = phases[Math.min(looks, phases.length - 1)];
    return { id, phase, shelf: phase === 'dry' ? `shelf of ${id}` : null };
  };
  let next = 1;
  return toy({
    'POST /washes': () => {
      const wash = { id: `wash-${1000 + next++}`, looks: 0 };
      washes.set(wash.id, wash);
      return created(show(wash));
    },
    'GET /washes/{id}': ({ params }) => {
      const wash = washes.get(params['id'] ?? '');
      if (wash === undefined) return notFound;
      wash.looks++;
      return ok(show(wash));
    },
  });
};

const lookAtWashes: Script = (client) => {
  for (let at = 0; at < 8; at++) {
    const { id } = client.post('/washes', {}).body as { id: string };
    for (let look = 0; look < at % 6; look++) client.get(`/washes/${id}`);
  }
  client.get('/washes/wash-9999');
};

describe('reads that move what they show', () => {
  it('move it in the clone as often as it was looked at', () => {
    const exam: Script = (client) => {
      const [one, other] = [client.post('/washes', {}).body.id, client.post('/washes', {}).body.id] as [string, string];
      for (const id of [one, other, one, one, other, one, other, other]) client.get(`/washes/${id}`);
    };
    expect(mistakes(laundry, lookAtWashes, exam)).toEqual([]);
  });

  it('are told from reads of what a write elsewhere changed', () => {
    const bells: MakeToy = () => {
      const rows = new Map<string, { id: string; rung: number }>();
      let next = 1;
      return toy({
        'POST /bells': () => {
          const bell = { id: `bell-${next++}`, rung: 0 };
          rows.set(bell.id, bell);
          return created({ ...bell });
        },
        'POST /ring': () => {
          for (const bell of rows.values()) bell.rung++;
          return ok({ done: true });
        },
        'GET /bells/{id}': ({ params }) => ok({ ...rows.get(params['id'] ?? '') }),
      });
    };
    const recording = recordToy(bells, (client) => {
      for (let at = 0; at < 8; at++) {
        const { id } = client.post('/bells', {}).body as { id: string };
        client.post('/ring', {});
        client.get(`/bells/${id}`);
        client.get(`/bells/${id}`);
      }
    });
    expect(movingReads(analyse([recording], TOY_ORIGIN)).routes.size).toBe(0);
    const washing = movingReads(analyse([recordToy(laundry, lookAtWashes)], TOY_ORIGIN));
    expect([...washing.routes]).toEqual(['GET /washes/{wash}']);
  });
});
