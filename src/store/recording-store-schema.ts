// The tables of a recording file. docs/formats/recording.md describes them for readers of the file.

/** Version of the file format, kept in SQLite's user_version. */
export const RECORDING_FORMAT = 1;

/** Marks a SQLite file as a recording of Mynah: the bytes "Mynh". */
export const RECORDING_APPLICATION_ID = 0x4d796e68;

/** Bodies are stored in parts, so that no row grows beyond this many bytes. */
export const BODY_PART_BYTES = 1024 * 1024;

export const RECORDING_SCHEMA = `
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, tool_version TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL, target TEXT
);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, start TEXT NOT NULL
);
CREATE TABLE exchanges (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session INTEGER NOT NULL REFERENCES sessions (id),
  origin TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL NOT NULL,
  method TEXT NOT NULL, target TEXT NOT NULL, request_headers TEXT NOT NULL, request_body BLOB,
  status INTEGER, response_headers TEXT, response_body BLOB, trailers TEXT,
  error_code TEXT, error_message TEXT, truncated TEXT
);
CREATE TABLE bodies (
  sha256 BLOB NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (sha256, part)
) WITHOUT ROWID;
CREATE TABLE redactions (
  kind TEXT PRIMARY KEY, count INTEGER NOT NULL
) WITHOUT ROWID;
`;
