// Recordings written down line by line, for tests of the compiler's passes.
import { analyse } from '../../src/core/compiler/analyse.ts';
import { normaliseCalls } from '../../src/core/compiler/calls/call.ts';
import type { Evidence } from '../../src/core/compiler/evidence.ts';
import { inferRoutes } from '../../src/core/compiler/entities/routes.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { TOY_ORIGIN, TOY_START } from './toy-recording.ts';

export interface Line {
  /** `POST /notes?draft=1`. */
  readonly ask: string;
  readonly body?: unknown;
  /** 200 unless told otherwise. */
  readonly status?: number;
  readonly answer?: unknown;
  /** Answer that is not JSON. */
  readonly text?: string;
  readonly session?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

/** One line a second. */
export function recordingOf(lines: readonly Line[]): Recording {
  const names = [...new Set(lines.map(({ session = 'one' }) => session))];
  return {
    formatVersion: 1,
    toolVersion: 'test',
    createdAt: TOY_START,
    sessions: names.map((name) => ({ name, start: 'continues' })),
    exchanges: lines.map(({ ask, body, status = 200, answer, text, session = 'one', headers, answerHeaders }, at) => {
      const [method, target] = ask.split(' ') as [string, string];
      const printed = text ?? (answer === undefined ? undefined : JSON.stringify(answer));
      return {
        id: `x${at + 1}`,
        session,
        origin: TOY_ORIGIN,
        startedAt: TOY_START + at * 1000,
        endedAt: TOY_START + at * 1000 + 1,
        request: {
          method,
          target,
          headers: [
            ...Object.entries(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...Object.entries(headers ?? {}),
          ],
          ...(body === undefined ? {} : { body: { text: JSON.stringify(body) } }),
        },
        response: {
          status,
          headers: [
            ...Object.entries({ 'content-type': text === undefined ? 'application/json' : 'text/plain' }),
            ...Object.entries(answerHeaders ?? {}),
          ],
          ...(printed === undefined ? {} : { body: { text: printed } }),
        },
      };
    }),
  };
}

/** Everything that the analysing passes find in the lines. */
export const analysed = (lines: readonly Line[]): Evidence => analyse([recordingOf(lines)], TOY_ORIGIN);

/** Route of every line. */
export const routesOf = (lines: readonly Line[]): string[] =>
  inferRoutes(normaliseCalls([recordingOf(lines)], TOY_ORIGIN)).map(({ id }) => id);
