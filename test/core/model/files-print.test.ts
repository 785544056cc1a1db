import { describe, expect, it } from 'vitest';
import { printCloneFiles } from '../../../src/core/model/files-print.ts';
import { sampleModel } from '../../support/sample-model.ts';

const [notes] = sampleModel.services;

describe('printing a clone', () => {
  it('lays a model out as a folder of readable files, sorted by path', () => {
    expect([...printCloneFiles(sampleModel).keys()]).toEqual([
      'clone.yaml',
      'notes/entities/Note.yaml',
      'notes/errors.yaml',
      'notes/routes/notes.yaml',
      'notes/seed/Note.ndjson',
      'notes/service.yaml',
    ]);
  });

  it('writes one seed entity a line', () => {
    expect(printCloneFiles(sampleModel).get('notes/seed/Note.ndjson')).toBe(
      '{"id":1,"key":"n_1","title":"milk","tags":[],"archived":false}\n{"id":2,"key":"n_2","title":"eggs","tags":["a"],"archived":true}\n',
    );
  });

  it('gives the same bytes for a model whose routes, entity types and keys come in another order', () => {
    if (notes === undefined) throw new Error('the sample has one service');
    const shuffled = Object.fromEntries(Object.entries(notes).reverse()) as unknown as typeof notes;
    const routes = [...notes.routes].reverse().map((route) => Object.fromEntries(Object.entries(route).reverse()));
    const model = { ...sampleModel, services: [{ ...shuffled, routes: routes as unknown as typeof notes.routes }] };
    expect(printCloneFiles(model)).toEqual(printCloneFiles(sampleModel));
  });

  it('keeps the order of the keys in a template, because it is the order in which they are served', () => {
    const text = printCloneFiles(sampleModel).get('notes/entities/Note.yaml') ?? '';
    expect(text.indexOf('title: it.title')).toBeGreaterThan(text.indexOf('id: it.id'));
    expect(text.indexOf('url: it.url')).toBeGreaterThan(text.indexOf('title: it.title'));
  });

  it('refuses a seed of a type that the service does not have, which would be lost', () => {
    if (notes === undefined) throw new Error('the sample has one service');
    const model = { ...sampleModel, services: [{ ...notes, seed: { Nothing: [] } }] };
    expect(() => printCloneFiles(model)).toThrowError('Nothing');
  });
});
