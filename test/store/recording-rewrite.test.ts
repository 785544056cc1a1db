import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import { rewriteRecording, type RecordingChanges } from '../../src/store/recording-rewrite.ts';
import {
  openRecordingForAppend,
  readRecordedRuns,
  readRecordedWrites,
  readRecording,
  readRedactionCounts,
} from '../../src/store/recording-store.ts';
import { rejectionOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

const meta = { toolVersion: '1', startedAt: 1000, target: 'http://a' };
const run = { toolVersion: '2', startedAt: 5000, target: 'redact', endedAt: () => 6000 };
const hidden = (text: string) => text.replaceAll('secret', 'public');

const exchange = (id: string, more: Partial<Exchange> = {}): Exchange => ({
  id,
  session: 'secret session',
  origin: 'http://a',
  startedAt: 1,
  endedAt: 2,
  request: { method: 'GET', target: '/secret', headers: [] },
  response: { status: 200, headers: [], body: { text: 'a secret' } },
  ...more,
});

const changes: RecordingChanges = {
  exchange: (it) => ({ exchange: JSON.parse(hidden(JSON.stringify(it))) as Exchange, counts: { rule: 1 } }),
  body: () => ({ push: hidden, end: () => '', counts: () => ({ rule: 10 }) }),
  sessionName: hidden,
  write: (write) => ({ ...write, target: hidden(write.target) }),
};

async function secretRecording(): Promise<string> {
  const path = join(temporaryFolder(), 'r.mynah');
  const writer = openRecordingForAppend(path, meta);
  writer.useSession({ name: 'secret session', start: 'fresh' });
  await writer.append(exchange('1.1'), { email: 2 });
  await writer.append(
    exchange('1.2', { messages: [{ sender: 'client', at: 3, opcode: 1, body: { text: 'secret' } }] }),
  );
  await writer.appendWrite({ exchange: '1.1', at: 1, method: 'PUT', origin: 'http://a', target: '/secret' });
  const long = writer.beginBody();
  for (let i = 0; i < 34; i++) await long.write(Buffer.from('secret  '.repeat(131_072)));
  await writer.append(exchange('1.3'), {}, { response: await long.end() });
  writer.close(2000);
  return path;
}

const bytesOf = (path: string) =>
  ['', '-wal', '-shm']
    .map((ending) => (existsSync(path + ending) ? readFileSync(path + ending, 'latin1') : ''))
    .join('');

describe('a recording written anew', () => {
  it('holds everything, changed, and nothing of what it was', async () => {
    const from = await secretRecording();
    const before = readFileSync(from);
    const to = join(dirname(from), 'new.mynah');
    expect(await rewriteRecording(from, to, changes, run)).toEqual({ rule: 13 });
    const { sessions, exchanges } = readRecording(to);
    expect(sessions).toEqual([{ name: 'public session', start: 'fresh' }]);
    expect(exchanges.map(({ id, session, request }) => [id, session, request.target])).toEqual(
      ['1.1', '1.2', '1.3'].map((id) => [id, 'public session', '/public']),
    );
    expect(exchanges[1]?.messages?.[0]?.body).toEqual({ text: 'public' });
    expect(exchanges[2]?.truncated).toMatchObject({ length: 34 * 1_048_576 });
    expect(readRedactionCounts(to)).toEqual({ email: 2, rule: 13 });
    expect(readRecordedWrites(to)).toMatchObject([{ exchange: '1.1', target: '/public' }]);
    expect(readRecordedRuns(to)).toMatchObject([
      { id: 1, ...meta, endedAt: 2000 },
      { id: 2, target: 'redact', endedAt: 6000 },
    ]);
    expect(bytesOf(to)).not.toContain('secret');
    expect(bytesOf(to)).toContain('public  public  ');
    expect(readFileSync(from).equals(before)).toBe(true);
  });

  it('takes the place of the old one when it is whole, and leaves nothing beside it', async () => {
    const path = await secretRecording();
    await rewriteRecording(path, path, changes, run);
    expect(bytesOf(path)).not.toContain('secret');
    expect(readdirSync(dirname(path)).filter((name) => name.includes('draft'))).toEqual([]);
    const writer = openRecordingForAppend(path, meta);
    expect(writer.nextId()).toBe('3.1');
    const failure = await rejectionOf(rewriteRecording(path, path, changes, run));
    expect([failure.code, failure.message]).toEqual(['ERR_USAGE', expect.stringContaining('is in use')]);
    writer.close(1);
  });

  it('is not written over another file, and not half', async () => {
    const from = await secretRecording();
    const failing = {
      ...changes,
      exchange: () => {
        throw new Error('broken');
      },
    };
    const to = join(dirname(from), 'new.mynah');
    await expect(rewriteRecording(from, to, failing, run)).rejects.toThrow('broken');
    expect(readdirSync(dirname(from)).filter((name) => !name.startsWith('r.mynah'))).toEqual([]);
    await rewriteRecording(from, to, changes, run);
    expect((await rejectionOf(rewriteRecording(from, to, changes, run))).code).toBe('ERR_USAGE');
  });
});
