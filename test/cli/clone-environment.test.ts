import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  agentHash,
  dataFolderOf,
  environmentOfLog,
  newEpisodeId,
  openCloneEnvironment,
  openData,
  readText,
} from '../../src/cli/clone-environment.ts';
import { failureOf, rejectionOf } from '../support/failure.ts';
import { notesFolder } from '../support/notes-clone.ts';

beforeEach(() => {
  vi.stubEnv('MYNAH_DATA', mkdtempSync(join(tmpdir(), 'mynah-home-')));
  return () => vi.unstubAllEnvs();
});

const overridden = {
  'overrides/wording.yaml': '- rule: notes.get/missing\n  reply: { status: 410, body: { message: "\'Gone\'" } }\n',
};

describe('the environment of a clone', () => {
  it('has the overrides, probes and tasks of its folder', async () => {
    const clone = notesFolder({
      ...overridden,
      'probes.yaml': 'probes: [{ id: p, reward: 1 }]',
      'tasks.yaml': 'tasks: [{ id: t, goal: Go. }]',
    });
    const { environment } = await openCloneEnvironment(clone, { onUnknown: 'continue' });
    expect(environment).toMatchObject({
      onUnknown: 'continue',
      probes: { probes: [{ id: 'p' }] },
      tasks: { tasks: [{ id: 't' }] },
    });
    const get = environment.loaded.model.services[0]?.routes.find(({ id }) => id === 'notes.get');
    expect(get?.guards?.[0]?.reply.status).toBe(410);
  });

  it('of a log is the clone as it was served, also when the clone has changed since', async () => {
    const clone = notesFolder(overridden);
    const opened = await openCloneEnvironment(clone);
    openData(dataFolderOf(clone), opened).end();
    const { digest } = opened.environment.loaded;
    writeFileSync(join(clone, 'overrides/wording.yaml'), '[]');
    for (const named of [clone, undefined])
      expect((await environmentOfLog(digest, { clone: named })).loaded.digest).toBe(digest);
    expect((await rejectionOf(environmentOfLog('0'.repeat(64), { clone: clone }))).code).toBe('ERR_MODEL_MISMATCH');
  });

  it('keeps its logs beside the clone, or nothing', async () => {
    const clone = notesFolder();
    const opened = await openCloneEnvironment(clone);
    expect(dataFolderOf(`${clone}/`)).toBe(`${clone}.episodes`);
    const stores = [openData(dataFolderOf(clone), opened), openData('none', opened)];
    expect(stores.map(({ path }) => path)).toEqual([join(`${clone}.episodes`, 'episodes.sqlite'), ':memory:']);
    for (const store of stores) store.end();
  });
});

describe('what runs a clone', () => {
  it('makes ids that are long and never the same', () => {
    const ids = new Set(Array.from({ length: 100 }, newEpisodeId));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("makes pseudonyms with the user's key, and with one for the process where none can be kept", () => {
    expect(agentHash()('x')).toBe(agentHash()('x'));
    const file = join(mkdtempSync(join(tmpdir(), 'mynah-home-')), 'file');
    writeFileSync(file, '');
    vi.stubEnv('MYNAH_DATA', file);
    const warned = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(agentHash()('x')).not.toBe(agentHash()('x'));
    expect(String(warned.mock.calls[0]?.[0])).toContain('mynah: warning: cannot use');
    warned.mockRestore();
  });

  it('says which file cannot be read', () => {
    expect(failureOf(() => readText('no/such/file')).message).toContain('cannot read no/such/file');
  });
});
