// One line for an exchange while it is being recorded.
import type { Exchange } from '../core/exchange/exchange.ts';
import type { BodyLengths } from '../proxy/exchange-recorder.ts';
import { bytesText, durationText } from './text-table.ts';

const TARGET_MAX = 100;

/** Time of day, outcome, method and URL, size, duration, session: secrets in it are pseudonyms already. */
export function followLine(exchange: Exchange, lengths: BodyLengths): string {
  const { session, origin, startedAt, endedAt, request, response, error, truncated } = exchange;
  const time = new Date(startedAt).toISOString().slice(11, 23);
  const url = `${origin}${request.target}`;
  const outcome = response === undefined ? (error?.code ?? 'no answer') : String(response.status);
  const sizes = `${bytesText(lengths.request)} up, ${bytesText(lengths.response)} down`;
  const notes = [error && response ? error.code : '', truncated ? 'not whole' : ''].filter((note) => note !== '');
  return [
    time,
    outcome.padEnd(3),
    request.method.padEnd(6),
    url.length > TARGET_MAX ? `${url.slice(0, TARGET_MAX - 1)}…` : url,
    `(${[sizes, durationText(endedAt - startedAt), session, ...notes].join('; ')})`,
  ].join(' ');
}
