import { describe, expect, it } from 'vitest';
import {
  entityFileNames,
  inFileOrder,
  isHumanFile,
  isServedFile,
  routeFileName,
  serviceFolders,
} from '../../../src/core/model/file-layout.ts';
import { sampleModel } from '../../support/sample-model.ts';

const named = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));

describe('the layout of a clone', () => {
  it.each([
    ['/', 'root'],
    ['/{id}', 'root'],
    ['/items', 'items'],
    ['/items/{id}', 'items'],
    ['/Items/{id}.json', 'items'],
    ['/repos/{owner}/{repo}/issues/{number}/comments', 'repos-issues-comments'],
    ['/api/v1/a/b/c/d', 'api-v1-a-b'],
    ['/..%2F..', 'unnamed'],
    ['/files/{path*}', 'files'],
  ])('the route %s stands in %s.yaml', (path, file) => {
    expect(routeFileName(path)).toBe(file);
  });

  it('gives every service a folder of its own on any file system', () => {
    expect(serviceFolders(named('api', 'API', 'a/b', 'overrides', '..'))).toEqual([
      'api',
      'API-2',
      'a-b',
      'overrides-2',
      'unnamed',
    ]);
  });

  it('gives every entity type a file of its own on any file system', () => {
    expect(entityFileNames(named('Issue', 'issue', 'é'))).toEqual(['Issue', 'issue-2', 'unnamed']);
  });

  it('knows what a person writes', () => {
    const files = ['probes.yaml', 'tasks.yaml', 'overrides/a.yaml', 'notes/overrides.yaml', 'clone.yaml'];
    expect(files.filter(isHumanFile)).toEqual(['probes.yaml', 'tasks.yaml', 'overrides/a.yaml']);
  });

  it('knows what a clone is served from', () => {
    const asset = `notes/assets/${'0'.repeat(64)}.txt`;
    const files = ['clone.yaml', 'notes/seed/Note.ndjson', asset, 'shapes.json', 'REPORT.md', 'evidence.jsonl'];
    expect([...files, 'latency.json'].filter(isServedFile)).toEqual([
      'clone.yaml',
      'notes/seed/Note.ndjson',
      asset,
      'latency.json',
    ]);
  });

  it('sorts what is sorted in files and nothing whose order means something', () => {
    const [notes] = sampleModel.services;
    if (notes === undefined) throw new Error('the sample has one service');
    const [list, get] = notes.routes;
    if (list === undefined || get === undefined) throw new Error('the sample has two routes');
    const ordered = inFileOrder({ ...sampleModel, services: [{ ...notes, routes: [get, list] }] });
    expect(ordered).toEqual(sampleModel);
    expect(inFileOrder(ordered).services[0]?.seed['Note']?.map(({ id }) => id)).toEqual([1, 2]);
  });
});
