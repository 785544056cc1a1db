// One line for an exchange while it is being recorded.
import type { Body, Exchange } from '../core/exchange/exchange.ts';
import { bytesText, durationText } from './text-table.ts';

const TARGET_MAX = 100;

/** Time of day, outcome, method and URL, size, duration, session: secrets in it are pseudonyms already. */
export function followLine({
  session,
  origin,
  startedAt,
  endedAt,
  request,
  response,
  error,
  truncated,
}: Exchange): string {
  const time = new Date(startedAt).toISOString().slice(11, 23);
  const url = `${origin}${request.target}`;
  const outcome = response === undefined ? (error?.code ?? 'no answer') : String(response.status);
  const sizes = `${sizeText(request.body)} up, ${sizeText(response?.body)} down`;
  const notes = [error && response ? error.code : '', truncated ? 'not whole' : ''].filter((note) => note !== '');
  return [
    time,
    outcome.padEnd(3),
    request.method.padEnd(6),
    url.length > TARGET_MAX ? `${url.slice(0, TARGET_MAX - 1)}…` : url,
    `(${[sizes, durationText(endedAt - startedAt), session, ...notes].join('; ')})`,
  ].join(' ');
}

function sizeText(body: Body | undefined): string {
  if (body === undefined) return '0 B';
  return bytesText('text' in body ? Buffer.byteLength(body.text) : Buffer.byteLength(body.base64, 'base64'));
}
