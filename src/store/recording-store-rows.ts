// Rows of a recording's tables, from and to the values they hold.
import type { Body, Exchange, Header, HttpRequest, HttpResponse, SocketMessage } from '../core/exchange/exchange.ts';
import type { Session, SessionStart } from '../core/recording/recording.ts';
import { heldBodyBytesMax } from '../core/std/limits.ts';
import { bodyFromBytes, bytesFromBody } from './body-bytes.ts';
import { prepareBodyInserts, type StoredBody } from './recording-store-bodies.ts';
import { prepareMessageInserts } from './recording-store-messages.ts';
import { prepareWriteInserts } from './recording-store-writes.ts';
import type { RecordingDatabase } from './recording-store-file.ts';

/** What a run of the recorder says about itself. Times are milliseconds since the epoch. */
export interface RunMeta {
  readonly toolVersion: string;
  readonly startedAt: number;
  /** What was recorded, for people: an upstream's URL, or `forward proxy`. */
  readonly target: string;
  /** The rules that the recording was made under: what was redacted, and what was left out. JSON. */
  readonly rules?: Readonly<Record<string, unknown>>;
}

/** A run as its recording tells of it. */
export interface RecordedRun extends RunMeta {
  readonly id: number;
  /** Absent when the run was killed, or goes on. */
  readonly endedAt?: number;
}

/** Counts of replaced secrets by kind, for example `{ 'authorization': 12 }`. */
export type RedactionCounts = Readonly<Record<string, number>>;

/** Bodies in place of those in the value of an exchange: stored as they came, or bytes that are stored as they are. */
export interface BodiesApart {
  readonly request?: StoredBody | Uint8Array;
  readonly response?: StoredBody | Uint8Array;
}

/** Prepared statements that write each kind of row. */
export function prepareInserts(database: RecordingDatabase) {
  const run = database.prepare('INSERT INTO runs (tool_version, started_at, target, rules) VALUES (?, ?, ?, ?)');
  const runEnd = database.prepare('UPDATE runs SET ended_at = ? WHERE id = ?');
  const session = database.prepare('INSERT INTO sessions (name, start) VALUES (?, ?) ON CONFLICT (name) DO NOTHING');
  const bodies = prepareBodyInserts(database);
  const redaction = database.prepare(
    'INSERT INTO redactions (kind, count) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count',
  );
  const exchange = database.prepare(
    `INSERT INTO exchanges (id, session, origin, started_at, ended_at, method, target, request_headers, request_body,
       status, response_headers, response_body, trailers, error_code, error_message, truncated,
       http_version, request_arrivals, response_arrivals, request_trailers, reason, interim)
     VALUES (?, (SELECT id FROM sessions WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const message = prepareMessageInserts(database, bodies);
  /** Of this transaction; few kinds, met by many exchanges. */
  const counts = new Map<string, number>();
  const count = (redactions: RedactionCounts) => {
    for (const [kind, times] of Object.entries(redactions)) counts.set(kind, (counts.get(kind) ?? 0) + times);
  };

  const bodyKey = (body: Body | undefined, apart: StoredBody | Uint8Array | undefined) => {
    if (apart === undefined) return bodies.whole(bytesFromBody(body));
    return apart instanceof Uint8Array ? bodies.whole(apart) : Buffer.from(apart.sha256, 'hex');
  };

  return {
    bodies,
    write: prepareWriteInserts(database),
    run: ({ toolVersion, startedAt, target, rules }: RunMeta) =>
      Number(run.run(toolVersion, startedAt, target, jsonOrNull(rules)).lastInsertRowid),
    runEnd: (endedAt: number, id: number) => void runEnd.run(endedAt, id),
    session: ({ name, start }: Session) => void session.run(name, start),
    exchange: (it: Exchange, redactions: RedactionCounts, apart: BodiesApart) => {
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
        bodyKey(request.body, apart.request),
        response?.status ?? null,
        jsonOrNull(response?.headers),
        bodyKey(response?.body, apart.response),
        jsonOrNull(response?.trailers),
        error?.code ?? null,
        error?.message ?? null,
        jsonOrNull(it.truncated),
        it.httpVersion ?? null,
        jsonOrNull(request.arrivals),
        jsonOrNull(response?.arrivals),
        jsonOrNull(request.trailers),
        response?.reason ?? null,
        jsonOrNull(response?.interim),
      );
      it.messages?.forEach((each, index) => message(it.id, index + 1, each));
      count(redactions);
    },
    /** Begins a transaction: what one that failed has counted is forgotten. */
    begin: () => counts.clear(),
    /** Writes what the transaction has counted. */
    end: () => {
      for (const [kind, times] of counts) redaction.run(kind, times);
    },
    count,
    message: (exchangeId: string, number: number, it: SocketMessage, redactions: RedactionCounts) => {
      message(exchangeId, number, it);
      count(redactions);
    },
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
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
  readonly http_version: string | null;
  readonly request_arrivals: string | null;
  readonly response_arrivals: string | null;
  readonly request_trailers: string | null;
  readonly reason: string | null;
  readonly interim: string | null;
}

/** A body as it was read: its value, or that it is too long to be one. */
export interface ReadBody {
  readonly body?: Body;
  readonly tooLong?: StoredBody;
}

export type BodyReader = (sha256: Buffer | null) => ReadBody;

/** The exchange that a row holds, with what went over its WebSocket. */
export function exchangeOf(
  row: ExchangeRow,
  bodyOf: BodyReader,
  messages: readonly SocketMessage[] | undefined,
): Exchange {
  const asked = bodyOf(row.request_body);
  const answered = bodyOf(row.response_body);
  const request: HttpRequest = {
    method: row.method,
    target: row.target,
    headers: JSON.parse(row.request_headers) as Header[],
    ...(asked.body ? { body: asked.body } : {}),
    ...parsed<HttpRequest, 'trailers'>('trailers', row.request_trailers),
    ...parsed<HttpRequest, 'arrivals'>('arrivals', row.request_arrivals),
  };
  const response: HttpResponse | undefined =
    row.status === null
      ? undefined
      : {
          status: row.status,
          headers: JSON.parse(row.response_headers ?? '[]') as Header[],
          ...(answered.body ? { body: answered.body } : {}),
          ...parsed<HttpResponse, 'trailers'>('trailers', row.trailers),
          ...(row.reason === null ? {} : { reason: row.reason }),
          ...parsed<HttpResponse, 'interim'>('interim', row.interim),
          ...parsed<HttpResponse, 'arrivals'>('arrivals', row.response_arrivals),
        };
  return {
    id: row.id,
    session: row.session_name,
    origin: row.origin,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    ...(row.http_version === null ? {} : { httpVersion: row.http_version }),
    request,
    ...(response ? { response } : {}),
    ...(row.error_code === null ? {} : { error: { code: row.error_code, message: row.error_message ?? '' } }),
    ...(row.truncated === null
      ? (notHeld('response', answered.tooLong) ?? notHeld('request', asked.tooLong))
      : parsed<Exchange, 'truncated'>('truncated', row.truncated)),
    ...(messages ? { messages } : {}),
  };
}

/** The mark of an exchange one of whose bodies is in the file, but too long to be a value. */
function notHeld(side: 'request' | 'response', body: StoredBody | undefined): Pick<Exchange, 'truncated'> | undefined {
  if (body === undefined) return undefined;
  const reason = `${side} body is over ${heldBodyBytesMax} bytes: it is whole in the recording, but not read from there`;
  return { truncated: { reason, ...body } };
}

/** An optional member from its JSON. */
function parsed<Target, Name extends keyof Target>(name: Name, text: string | null): Pick<Target, Name> | undefined {
  return text === null ? undefined : ({ [name]: JSON.parse(text) as Target[Name] } as unknown as Pick<Target, Name>);
}

/** Reads bodies by their hash; equal bodies are one value, as they are stored once. */
export function bodyReader(database: RecordingDatabase): BodyReader {
  const body = database.prepare('SELECT id, length FROM bodies WHERE sha256 = ?');
  const parts = database.prepare('SELECT bytes FROM body_parts WHERE body = ? ORDER BY part').pluck();
  const known = new Map<string, ReadBody>();
  const read = (sha256: Buffer): ReadBody => {
    const found = body.get(sha256) as { id: number; length: number } | undefined;
    if (found === undefined) return {};
    if (found.length > heldBodyBytesMax) return { tooLong: { sha256: sha256.toString('hex'), length: found.length } };
    const value = bodyFromBytes(Buffer.concat(parts.all(found.id) as Buffer[]));
    return value === undefined ? {} : { body: value };
  };
  return (sha256) => {
    if (sha256 === null) return {};
    const key = sha256.toString('latin1');
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = read(sha256)));
    return found;
  };
}

/** Sessions in order of first use. */
export function readSessions(database: RecordingDatabase): readonly Session[] {
  const rows = database.prepare('SELECT name, start FROM sessions ORDER BY id').all();
  return (rows as { name: string; start: SessionStart }[]).map(({ name, start }) => ({ name, start }));
}

/** Runs in order of their beginning. */
export function readRuns(database: RecordingDatabase): readonly RecordedRun[] {
  const rows = database.prepare('SELECT * FROM runs ORDER BY id').all() as {
    id: number;
    tool_version: string;
    started_at: number;
    ended_at: number | null;
    target: string | null;
    rules: string | null;
  }[];
  return rows.map((row) => ({
    id: row.id,
    toolVersion: row.tool_version,
    startedAt: row.started_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    target: row.target ?? '',
    ...parsed<RecordedRun, 'rules'>('rules', row.rules),
  }));
}
