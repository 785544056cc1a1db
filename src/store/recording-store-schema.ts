// The tables of a recording file, and the way from older formats. docs/formats/recording.md describes them for readers of
// the file.

/** Version of the file format, kept in SQLite's user_version. */
export const RECORDING_FORMAT = 3;

/** Marks a SQLite file as a recording of Mynah: the bytes "Mynh". */
export const RECORDING_APPLICATION_ID = 0x4d796e68;

/** Bodies are stored in parts, so that no row grows beyond this many bytes. */
export const BODY_PART_BYTES = 1024 * 1024;

const BODY_TABLES = `
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY, sha256 BLOB UNIQUE, length INTEGER
);
CREATE TABLE body_parts (
  body INTEGER NOT NULL REFERENCES bodies (id), part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (body, part)
);
`;

/** Messages of WebSockets, and the requests that may have changed a server. */
const MESSAGE_TABLES = `
CREATE TABLE messages (
  exchange TEXT NOT NULL, number INTEGER NOT NULL, sender TEXT NOT NULL, at REAL NOT NULL, opcode INTEGER NOT NULL,
  body BLOB, truncated TEXT, PRIMARY KEY (exchange, number)
) WITHOUT ROWID;
CREATE TABLE writes (
  number INTEGER PRIMARY KEY, exchange TEXT, at REAL NOT NULL, method TEXT NOT NULL, origin TEXT NOT NULL,
  target TEXT NOT NULL
);
`;

export const RECORDING_SCHEMA = `
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, tool_version TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL, target TEXT, rules TEXT
);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, start TEXT NOT NULL
);
CREATE TABLE exchanges (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session INTEGER NOT NULL REFERENCES sessions (id),
  origin TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL NOT NULL,
  method TEXT NOT NULL, target TEXT NOT NULL, request_headers TEXT NOT NULL, request_body BLOB,
  status INTEGER, response_headers TEXT, response_body BLOB, trailers TEXT,
  error_code TEXT, error_message TEXT, truncated TEXT,
  http_version TEXT, request_arrivals TEXT, response_arrivals TEXT,
  request_trailers TEXT, reason TEXT, interim TEXT
);
${BODY_TABLES}
CREATE TABLE redactions (
  kind TEXT PRIMARY KEY, count INTEGER NOT NULL
) WITHOUT ROWID;
${MESSAGE_TABLES}`;

/** From each older format to the next one. */
export const RECORDING_MIGRATIONS: Readonly<Record<number, string>> = {
  // Bodies were keyed by their hash, which is not known before the last byte of a body that is stored as it comes.
  1: `
ALTER TABLE runs ADD COLUMN rules TEXT;
ALTER TABLE exchanges ADD COLUMN http_version TEXT;
ALTER TABLE exchanges ADD COLUMN request_arrivals TEXT;
ALTER TABLE exchanges ADD COLUMN response_arrivals TEXT;
ALTER TABLE bodies RENAME TO bodies_by_hash;
${BODY_TABLES}
INSERT INTO bodies (sha256, length) SELECT sha256, sum(length(bytes)) FROM bodies_by_hash GROUP BY sha256;
INSERT INTO body_parts (body, part, bytes)
  SELECT b.id, o.part, o.bytes FROM bodies_by_hash o JOIN bodies b ON b.sha256 = o.sha256;
DROP TABLE bodies_by_hash;
${MESSAGE_TABLES}`,
  2: `
ALTER TABLE exchanges ADD COLUMN request_trailers TEXT;
ALTER TABLE exchanges ADD COLUMN reason TEXT;
ALTER TABLE exchanges ADD COLUMN interim TEXT;
`,
};
