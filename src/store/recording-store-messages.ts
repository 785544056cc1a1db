// Rows of the messages that went over WebSockets, from and to the values they hold.
import type { SocketMessage } from '../core/exchange/exchange.ts';
import { bytesFromBody } from './body-bytes.ts';
import type { BodyInserts } from './recording-store-bodies.ts';
import type { RecordingDatabase } from './recording-store-file.ts';
import type { BodyReader } from './recording-store-rows.ts';

/** Statements that write messages, to be run within a transaction. `number` is from 1, in the order of the connection. */
export function prepareMessageInserts(database: RecordingDatabase, bodies: BodyInserts) {
  const insert = database.prepare(
    'INSERT INTO messages (exchange, number, sender, at, opcode, body, truncated) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return (exchangeId: string, number: number, { sender, at, opcode, body, truncated }: SocketMessage): void => {
    const cut = truncated === undefined ? null : JSON.stringify(truncated);
    insert.run(exchangeId, number, sender, at, opcode, bodies.whole(bytesFromBody(body)), cut);
  };
}

interface MessageRow {
  readonly exchange: string;
  readonly sender: SocketMessage['sender'];
  readonly at: number;
  readonly opcode: number;
  readonly body: Buffer | null;
  readonly truncated: string | null;
}

/** Messages by the id of their exchange, in order. */
export function readMessages(
  database: RecordingDatabase,
  bodyOf: BodyReader,
): ReadonlyMap<string, readonly SocketMessage[]> {
  const found = new Map<string, SocketMessage[]>();
  const rows = database.prepare('SELECT * FROM messages ORDER BY exchange, number').all() as readonly MessageRow[];
  for (const row of rows) {
    const earlier = found.get(row.exchange);
    if (earlier === undefined) found.set(row.exchange, [messageOf(row, bodyOf)]);
    else earlier.push(messageOf(row, bodyOf));
  }
  return found;
}

function messageOf({ sender, at, opcode, body, truncated }: MessageRow, bodyOf: BodyReader): SocketMessage {
  const read = bodyOf(body);
  const cut = truncated === null ? read.tooLong : (JSON.parse(truncated) as NonNullable<SocketMessage['truncated']>);
  return { sender, at, opcode, ...(read.body ? { body: read.body } : {}), ...(cut ? { truncated: cut } : {}) };
}
