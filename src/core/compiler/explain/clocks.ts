// The clock as an explanation: times near the moment of the answer, and times a fixed distance from it.
import { detectTimeFormat, parseTime } from '../../std/clock.ts';
import { quote } from './literal.ts';
import type { Sample } from './samples.ts';

export interface ClockCandidate {
  readonly text: string;
  readonly cost: number;
  /** The example's target is what the clock would say. */
  holds(sample: Sample): boolean;
}

/** A distance from now must show so often before it is one. */
const DISTANCE_COUNT_MIN = 3;

export function clocks(samples: readonly Sample[]): ClockCandidate[] {
  const formats = new Set<string>();
  const distances = new Map<string, Map<number, number>>();
  for (const sample of samples) {
    if (sample.target === undefined || sample.target === null) continue;
    const format = detectTimeFormat(sample.target, sample.from);
    if (format === undefined) continue;
    const at = parseTime(sample.target);
    if (at === undefined) continue;
    formats.add(format);
    const seconds = Math.round((at - sample.from) / 1000);
    const rounded = Math.round(seconds / 10) * 10;
    if (Math.abs(seconds) <= 30) continue;
    const tally = distances.get(format) ?? new Map<number, number>();
    distances.set(format, tally);
    tally.set(rounded, (tally.get(rounded) ?? 0) + 1);
  }
  const found = [...formats].map((format): ClockCandidate => ({
    text: `now(${quote(format)})`,
    cost: 3,
    holds: (sample) => isNow(sample, format, 0),
  }));
  for (const [format, tally] of distances) {
    const [distance, count] = [...tally].sort((a, b) => b[1] - a[1])[0] as [number, number];
    if (count < DISTANCE_COUNT_MIN) continue;
    const text = `addSeconds(now(${quote(format)}), ${distance})`;
    found.push({ text, cost: 8, holds: (sample) => isNow(sample, format, distance) });
  }
  return found;
}

/** The original's clock may run coarser than ours, so a second either way is now. */
function isNow(sample: Sample, format: string, distance: number): boolean {
  if (sample.target === undefined || sample.target === null || detectTimeFormat(sample.target, sample.from) !== format)
    return false;
  const at = parseTime(sample.target);
  return (
    at !== undefined &&
    at >= sample.from - 1500 + distance * 1000 - (distance === 0 ? 0 : 10_000) &&
    at <= sample.until + 1500 + distance * 1000 + (distance === 0 ? 0 : 10_000)
  );
}
