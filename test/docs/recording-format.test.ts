import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';
import { codeBlocks, tables } from '../support/markdown.ts';
import { temporaryFolder } from '../support/recorder.ts';
import { ROOT } from '../support/source-tree.ts';

const page = readFileSync(join(ROOT, 'docs/formats/recording.md'), 'utf8');

async function recordingWithTwoExchanges() {
  const path = join(temporaryFolder(), 'r.mynah');
  const writer = openRecordingForAppend(path, { toolVersion: '1', startedAt: 0, target: 'x' });
  writer.useSession({ name: 's', start: 'continues' });
  const exchange = { session: 's', origin: 'http://a', request: { method: 'GET', target: '/', headers: [] } };
  await writer.append({ ...exchange, id: '1.1', startedAt: 0, endedAt: 5 });
  await writer.append({ ...exchange, id: '1.2', startedAt: 0, endedAt: 9, response: { status: 200, headers: [] } });
  writer.close(1);
  return new Database(path, { readonly: true });
}

describe('docs/formats/recording.md', () => {
  it('names every table and column, and no other', async () => {
    const database = await recordingWithTwoExchanges();
    const inFile = database
      .prepare(
        "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
      )
      .pluck()
      .all();
    const documented = tables(page)[0]?.rows.map(([table, column]) => `${table}.${column}`);
    expect([...(documented ?? [])].sort()).toEqual([...(inFile as string[])].sort());
  });

  it('shows a query that works', async () => {
    const database = await recordingWithTwoExchanges();
    const [query] = codeBlocks(page).filter(({ language }) => language === 'sql');
    expect(database.prepare(query?.text ?? '').all()).toEqual([
      { name: 's', method: 'GET', target: '/', status: 200, ms: 9 },
      { name: 's', method: 'GET', target: '/', status: null, ms: 5 },
    ]);
  });
});
