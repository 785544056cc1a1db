// Rows of a recording's tables, from and to the values they hold.
import { createHash } from 'node:crypto';
import type { Body, Exchange, Header, HttpRequest, HttpResponse } from '../core/exchange/exchange.ts';
import type { Session, SessionStart } from '../core/recording/recording.ts';
import { bodyFromBytes, bytesFromBody } from './body-bytes.ts';
import type { RecordingDatabase } from './recording-store-file.ts';
import { BODY_PART_BYTES } from './recording-store-schema.ts';

/** What a run of the recorder says about itself. Times are milliseconds since the epoch. */
export interface RunMeta {
  readonly toolVersion: string;
  readonly startedAt: number;
  /** What was recorded, for people: an upstream's URL, or `forward proxy`. */
  readonly target: string;
}

/** Counts of replaced secrets by kind, for example `{ 'authorization': 12 }`. */
export type RedactionCounts = Readonly<Record<string, number>>;

/** Prepared statements that write each kind of row. */
export function prepareInserts(database: RecordingDatabase) {
  const run = database.prepare('INSERT INTO runs (tool_version, started_at, target) VALUES (?, ?, ?)');
  const runEnd = database.prepare('UPDATE runs SET ended_at = ? WHERE id = ?');
  const session = database.prepare('INSERT INTO sessions (name, start) VALUES (?, ?) ON CONFLICT (name) DO NOTHING');
  const body = database.prepare('INSERT INTO bodies (sha256, part, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const redaction = database.prepare(
    'INSERT INTO redactions (kind, count) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count',
  );
  const exchange = database.prepare(
    `INSERT INTO exchanges (id, session, origin, started_at, ended_at, method, target, request_headers, request_body,
       status, response_headers, response_body, trailers, error_code, error_message, truncated)
     VALUES (?, (SELECT id FROM sessions WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function storeBody(value: Body | undefined): Buffer | null {
    const bytes = bytesFromBody(value);
    if (bytes.length === 0) return null;
    const sha256 = createHash('sha256').update(bytes).digest();
    for (let part = 0; part * BODY_PART_BYTES < bytes.length; part++) {
      body.run(sha256, part, bytes.subarray(part * BODY_PART_BYTES, (part + 1) * BODY_PART_BYTES));
    }
    return sha256;
  }

  return {
    run: (meta: RunMeta) => Number(run.run(meta.toolVersion, meta.startedAt, meta.target).lastInsertRowid),
    runEnd: (endedAt: number, id: number) => void runEnd.run(endedAt, id),
    session: ({ name, start }: Session) => void session.run(name, start),
    exchange: (it: Exchange, redactions: RedactionCounts) => {
      const { request, response, error } = it;
      exchange.run(
        it.id,
        it.session,
        it.origin,
        it.startedAt,
        it.endedAt,
        request.method,
        request.target,
        JSON.stringify(request.headers),
        storeBody(request.body),
        response?.status ?? null,
        response ? JSON.stringify(response.headers) : null,
        storeBody(response?.body),
        response?.trailers ? JSON.stringify(response.trailers) : null,
        error?.code ?? null,
        error?.message ?? null,
        it.truncated ? JSON.stringify(it.truncated) : null,
      );
      for (const [kind, count] of Object.entries(redactions)) redaction.run(kind, count);
    },
  };
}

/** A row of `exchanges` with the name of its session. */
export interface ExchangeRow {
  readonly id: string;
  readonly session_name: string;
  readonly origin: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly method: string;
  readonly target: string;
  readonly request_headers: string;
  readonly request_body: Buffer | null;
  readonly status: number | null;
  readonly response_headers: string | null;
  readonly response_body: Buffer | null;
  readonly trailers: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly truncated: string | null;
}

export type BodyReader = (sha256: Buffer | null) => { body?: Body };

/** The exchange that a row holds. */
export function exchangeOf(row: ExchangeRow, bodyOf: BodyReader): Exchange {
  const request: HttpRequest = {
    method: row.method,
    target: row.target,
    headers: JSON.parse(row.request_headers) as Header[],
    ...bodyOf(row.request_body),
  };
  const response: HttpResponse | undefined =
    row.status === null
      ? undefined
      : {
          status: row.status,
          headers: JSON.parse(row.response_headers ?? '[]') as Header[],
          ...bodyOf(row.response_body),
          ...(row.trailers === null ? {} : { trailers: JSON.parse(row.trailers) as Header[] }),
        };
  return {
    id: row.id,
    session: row.session_name,
    origin: row.origin,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    request,
    ...(response ? { response } : {}),
    ...(row.error_code === null ? {} : { error: { code: row.error_code, message: row.error_message ?? '' } }),
    ...(row.truncated === null ? {} : { truncated: JSON.parse(row.truncated) as NonNullable<Exchange['truncated']> }),
  };
}

/** Reads bodies by their hash; equal bodies are one value, as they are stored once. */
export function bodyReader(database: RecordingDatabase): BodyReader {
  const parts = database.prepare('SELECT bytes FROM bodies WHERE sha256 = ? ORDER BY part').pluck();
  const known = new Map<string, { body?: Body }>();
  return (sha256) => {
    if (sha256 === null) return {};
    const key = sha256.toString('latin1');
    let found = known.get(key);
    if (found === undefined) {
      const body = bodyFromBytes(Buffer.concat(parts.all(sha256) as Buffer[]));
      found = body === undefined ? {} : { body };
      known.set(key, found);
    }
    return found;
  };
}

/** Sessions in order of first use. */
export function readSessions(database: RecordingDatabase): readonly Session[] {
  const rows = database.prepare('SELECT name, start FROM sessions ORDER BY id').all();
  return (rows as { name: string; start: SessionStart }[]).map(({ name, start }) => ({ name, start }));
}
