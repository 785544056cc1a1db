// Members of a parsed archive, in which everything that can be missing may be.
import { parseTime } from '../std/clock.ts';
import { MynahError } from '../std/errors.ts';

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Milliseconds since the epoch. */
export function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseTime(value) : undefined;
}

/** ERR_HAR_SHAPE, with the place in the archive and what should be there. */
export function shapeError(place: string, wanted: string): MynahError {
  return new MynahError('ERR_HAR_SHAPE', `this is no HTTP Archive: ${place} is not ${wanted}`, { place });
}
