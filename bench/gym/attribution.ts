// Which behaviour is to blame for a wrong answer. A behaviour that decided the status is to blame for a wrong status; one that
// decided the rows of a list for wrong rows; one that decided a member or header for that member or header; and what nobody
// decided falls back to those that decided the outcome.
import type { Judgement } from '../../src/core/fidelity/session-replay.ts';
import type { Mark } from './service/turn.ts';

/** The marks whose part of the answer is wrong; none when all of it is right. */
export function blame(judgement: Judgement, marks: readonly Mark[]): readonly Mark[] {
  const { comparison } = judgement;
  if (judgement.isExact && comparison.headers) return [];
  if (!comparison.status)
    return orAll(
      marks.filter(({ part }) => part === 'outcome'),
      marks,
    );
  const paths = comparison.differences.map(({ path }) => path);
  const rowsDiffer = paths.some(isOfRows);
  const blamed = new Set<Mark>();
  for (const path of paths) {
    const owners = ownersOf(path, rowsDiffer, marks);
    for (const mark of owners) blamed.add(mark);
  }
  return [...blamed];
}

function ownersOf(path: string, rowsDiffer: boolean, marks: readonly Mark[]): readonly Mark[] {
  if (path.startsWith('header ')) {
    const name = path.slice('header '.length);
    return marks.filter(({ part }) => typeof part === 'object' && 'headers' in part && part.headers.includes(name));
  }
  const ofRows = marks.filter(({ part }) => part === 'rows');
  if (rowsDiffer && ofRows.length > 0 && path.includes('[')) return ofRows;
  const names = path.split(/[.[\]]+/);
  const owners = marks.filter(
    ({ part }) => typeof part === 'object' && 'members' in part && part.members.some((name) => names.includes(name)),
  );
  // The innermost names decide: an envelope is to blame for itself, not for all that is in it.
  const inner = owners.filter(({ behaviour }) => behaviour !== 'envelopes');
  if (inner.length > 0) return inner;
  const isWrapper = owners.some(
    ({ part }) => typeof part === 'object' && 'members' in part && part.members.includes(names.at(-1) ?? ''),
  );
  if (isWrapper) return owners;
  return orAll(
    marks.filter(({ part }) => part === 'outcome'),
    marks,
  );
}

/** An element of a list that is another one, missing, or too many. */
const isOfRows = (path: string): boolean => /\](?:\.id)?$|^\$(?:\.\w+)?$/.test(path);

const orAll = (some: Mark[], all: readonly Mark[]): readonly Mark[] => (some.length > 0 ? some : all);
