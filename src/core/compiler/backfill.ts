// Pass "backfill": attributes that the answer to a creation did not show. What the first read after it shows, with no write
// to the entity in between, was so from the beginning.
import type { Json } from '../std/json.ts';
import type { Evidence } from './evidence.ts';
import { writtenBetween } from './states.ts';
import type { Life } from './timeline.ts';

/** Completes the first states of what the recording saw being made. */
export function backfillBirths(evidence: Evidence): void {
  for (const life of evidence.timeline.lives) if (life.origin === 'created') backfill(evidence, life);
}

function backfill(evidence: Evidence, life: Life): void {
  const late: Record<string, Json> = {};
  for (const { at, attributes } of life.versions) {
    const isFirst = at === life.versions[0]?.at;
    if (!isFirst && writtenBetween(evidence, life, life.firstSeen + 1, at)) break;
    for (const [name, value] of Object.entries(attributes)) if (!(name in late)) late[name] = value;
  }
  life.complete(late);
}
