// The few requests that would settle the most: what to record next, judged by what is thin, never seen or answered wrong.
import { NO_ROUTE } from '../fidelity/score.ts';
import { EXAMPLES_MIN, type RouteReport } from './clone-report.ts';

const HINTS_MAX = 15;

interface Hint {
  readonly text: string;
  /** Exchanges that it may make right, roughly. */
  readonly gain: number;
}

/** Sentences, the most useful first. */
export function recordingRecipe(routes: readonly RouteReport[]): readonly string[] {
  const hints = routes.filter(({ route }) => route !== NO_ROUTE).flatMap(hintsFor);
  hints.sort((a, b) => b.gain - a.gain || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return hints.slice(0, HINTS_MAX).map(({ text }) => text);
}

function hintsFor(report: RouteReport): readonly Hint[] {
  const { route, exchanges, statuses } = report;
  const [method = '', path = ''] = route.split(' ');
  const hints: Hint[] = [];
  const succeeded = statuses.filter(({ status }) => status < 400);
  if (succeeded.length === 0)
    hints.push({ text: `\`${route}\` was never recorded with success: send one that succeeds.`, gain: exchanges });
  for (const { status, exchanges: count } of statuses) {
    if (count >= EXAMPLES_MIN) continue;
    const more = EXAMPLES_MIN - count;
    hints.push({
      text: `\`${route}\` answered ${status} ${times(count)}: bring that about ${more} more ${more === 1 ? 'time' : 'times'}, with other values.`,
      gain: status < 400 ? more * 2 : more,
    });
  }
  const wrong = report.held_out === null ? 0 : Math.round((1 - report.held_out) * report.held_out_exchanges);
  if (wrong >= EXAMPLES_MIN && exchanges < 10 * EXAMPLES_MIN)
    hints.push({
      text: `\`${route}\` was wrong in ${wrong} of ${report.held_out_exchanges} held-out exchanges: record more of it, each member of its body or query changed alone.`,
      gain: wrong,
    });
  if (path.includes('{') && !statuses.some(({ status }) => status === 404 || status === 410))
    hints.push({ text: `\`${route}\` was never asked for something that does not exist.`, gain: Math.sqrt(exchanges) });
  if (
    /^(?:POST|PUT|PATCH)$/.test(method) &&
    !statuses.some(({ status }) => status === 400 || status === 409 || status === 422)
  )
    hints.push({
      text: `\`${route}\` was never sent a body that it refuses: leave out a required member, break a type, repeat a unique value.`,
      gain: Math.sqrt(exchanges) * 0.9,
    });
  return hints;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
