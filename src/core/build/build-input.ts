// The recordings of a build: fit to be compiled, with exchanges that can be told apart, and what was to be said about them.
import type { Exchange } from '../exchange/exchange.ts';
import type { Recording } from '../recording/recording.ts';
import { MynahError } from '../std/errors.ts';
import type { Diagnostic } from './diagnostic.ts';

/** The world at reset: before everything, after everything, or before a session. */
export type StartMoment = 'beginning' | 'end' | { readonly session: string };

const SESSIONS_SHOWN = 10;
const EXAMPLES_SHOWN = 5;

/**
 * Exchange ids are unique in their recording only: where there are several, `2#1.17` is exchange 1.17 of the second.
 *
 * @throws {MynahError} ERR_NO_EXCHANGES when nothing was answered
 */
export function preparedRecordings(recordings: readonly Recording[]): readonly Recording[] {
  const exchanges = exchangesOf(recordings);
  if (!exchanges.some(({ response }) => response !== undefined)) {
    const what = exchanges.length === 0 ? 'no exchange' : `${exchanges.length} exchanges but not one answer`;
    throw new MynahError(
      'ERR_NO_EXCHANGES',
      `there is nothing to compile: the recordings hold ${what}; record some traffic first`,
      { exchanges: exchanges.length },
    );
  }
  if (recordings.length === 1) return recordings;
  return recordings.map((recording, index) => ({
    ...recording,
    exchanges: recording.exchanges.map((exchange) => ({ ...exchange, id: `${index + 1}#${exchange.id}` })),
  }));
}

/**
 * Id of the exchange before which a clone starts; undefined for the beginning and the end.
 *
 * @throws {MynahError} ERR_USAGE for a session that nobody recorded
 */
export function startExchange(recordings: readonly Recording[], start: StartMoment): string | undefined {
  if (typeof start === 'string') return undefined;
  const first = exchangesOf(recordings).find(({ session }) => session === start.session);
  if (first !== undefined) return first.id;
  const names = recordings.flatMap(({ sessions }) => sessions.map(({ name }) => name));
  const shown = names.slice(0, SESSIONS_SHOWN).join(', ') + (names.length > SESSIONS_SHOWN ? ', …' : '');
  throw new MynahError('ERR_USAGE', `no session "${start.session}" was recorded; there are ${shown}`, {
    session: start.session,
  });
}

/** What taught the compiler nothing. */
export function inputDiagnostics(recordings: readonly Recording[]): readonly Diagnostic[] {
  const exchanges = exchangesOf(recordings);
  return [
    ...leftOut('unanswered', 'note', 'ended without an answer', '', exchanges.filter(isUnanswered)),
    ...leftOut(
      'truncated',
      'warning',
      'have bodies that were cut',
      '; record with a larger --body-max',
      exchanges.filter((exchange) => !isUnanswered(exchange) && exchange.truncated !== undefined),
    ),
  ];
}

function leftOut(
  code: Diagnostic['code'],
  severity: Diagnostic['severity'],
  what: string,
  advice: string,
  exchanges: readonly Exchange[],
): readonly Diagnostic[] {
  if (exchanges.length === 0) return [];
  const ids = exchanges.slice(0, EXAMPLES_SHOWN).map(({ id }) => id);
  const message = `${exchanges.length} exchanges ${what} and taught nothing (${ids.join(', ')})${advice}.`;
  return [{ code, severity, message, exchanges: ids }];
}

const isUnanswered = ({ response }: Exchange): boolean => response === undefined;

export const exchangesOf = (recordings: readonly Recording[]): readonly Exchange[] =>
  recordings.flatMap(({ exchanges }) => exchanges);
