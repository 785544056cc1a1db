import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { FromWorker, ToWorker } from '../../../src/server/workers/messages.ts';
import { ownerOf } from '../../../src/server/workers/ownership.ts';
import { WorkerPool } from '../../../src/server/workers/worker-pool.ts';
import { notesRequest } from '../../support/notes-clone.ts';

/** The process of a worker, as the pool sees it. */
class FakeChild extends EventEmitter {
  connected = true;
  exitCode = null;
  signalCode = null;
  readonly received: ToWorker[] = [];

  send(message: ToWorker): boolean {
    this.received.push(message);
    return true;
  }

  says(message: FromWorker): void {
    this.emit('message', message);
  }

  dies(): void {
    this.connected = false;
    this.emit('exit', null, 'SIGKILL');
  }

  get answers(): readonly ToWorker[] {
    return this.received.filter(({ kind }) => kind === 'answered');
  }
}

/** A pool of two that serve; every process that it starts, in order. */
function poolOfTwo(): readonly FakeChild[] {
  const children: FakeChild[] = [];
  const spawn = (): ChildProcess => {
    const child = new FakeChild();
    children.push(child);
    return child as unknown as ChildProcess;
  };
  new WorkerPool({ count: 2, agentPort: 1, spawn, onFailure: () => undefined });
  for (const child of children) child.says({ kind: 'ready', controlPort: 1 });
  return children;
}

const ofSecond = ['a', 'b', 'c', 'd'].find((id) => ownerOf(id, 2) === 1) as string;
const question = (number: number): FromWorker => ({
  kind: 'ask',
  number,
  episode: ofSecond,
  request: notesRequest('GET', '/notes'),
});
const numberOf = (message: ToWorker | undefined): number => (message as { number: number }).number;

describe('a question between workers', () => {
  it('is answered as unavailable when its owner dies over it, and only once', () => {
    const [first, second] = poolOfTwo() as [FakeChild, FakeChild];
    first.says(question(7));
    const asked = second.received.at(-1);
    expect(asked).toMatchObject({ kind: 'ask', episode: ofSecond });
    second.dies();
    second.says({ kind: 'answered', number: numberOf(asked), answer: { kind: 'finished' } });
    expect(first.answers).toEqual([{ kind: 'answered', number: 7, answer: { kind: 'unavailable' } }]);
  });

  it('is not answered to the successor of who asked', () => {
    const children = poolOfTwo();
    const [first, second] = children as [FakeChild, FakeChild];
    first.says(question(1));
    first.dies();
    const successor = children[2] as FakeChild;
    successor.says(question(1));
    const [before, after] = second.received.slice(-2);
    second.says({ kind: 'answered', number: numberOf(before), answer: { kind: 'finished' } });
    second.says({ kind: 'answered', number: numberOf(after), answer: { kind: 'no-episode' } });
    expect(successor.answers).toEqual([{ kind: 'answered', number: 1, answer: { kind: 'no-episode' } }]);
  });
});
