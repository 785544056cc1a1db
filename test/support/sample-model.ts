// A small model that uses every part of the format once: what tests of files, store and drift share.
import type { CloneModel } from '../../src/core/model/clone-model.ts';

export const sampleModel: CloneModel = {
  formatVersion: 1,
  clock: { startMs: 1_700_000_000_000, stepMs: 1000 },
  services: [
    {
      name: 'notes',
      origins: ['https://notes.example'],
      principals: [
        { id: 'ada', credential: { header: 'authorization', value: 'Bearer x9' }, attributes: { login: 'ada' } },
        { id: 'anonymous', attributes: {} },
      ],
      generators: {
        noteId: { kind: 'sequence', start: 3, step: 1 },
        noteKey: { kind: 'text', pattern: [{ literal: 'n_' }, { alphabet: '0123456789abcdef', length: 12 }] },
      },
      entities: [
        {
          name: 'Note',
          key: ['id'],
          aliases: [['key']],
          derived: { url: "'https://notes.example/notes/' + string(it.id)" },
          views: {
            full: {
              id: 'it.id',
              title: 'it.title',
              url: 'it.url',
              tags: { $each: 'it.tags', as: 't', do: { name: 't' } },
            },
          },
        },
      ],
      routes: [
        {
          id: 'notes.list',
          method: 'GET',
          path: '/notes',
          cases: [
            {
              id: 'notes.list/page',
              query: {
                type: 'Note',
                where: '!x.archived',
                filters: [{ param: 'title', operator: 'contains-ci', attributes: ['title'], any: ['', '*'] }],
                order: [{ by: 'x.id', descending: true }],
                page: { style: 'page', at: 'page', size: 'per_page', first: 1, sizeDefault: 30, sizeMax: 100 },
              },
              reply: { status: 200, body: { $each: 'list.items', as: 'note', do: { $view: 'full', of: 'note' } } },
            },
          ],
        },
        {
          id: 'notes.get',
          method: 'GET',
          path: '/notes/{id}',
          bindings: [{ name: 'note', type: 'Note', key: ['int(path.id)'] }],
          guards: [
            {
              id: 'notes.get/missing',
              when: '!has(note)',
              reply: { status: 404, body: { message: "'Not Found'" } },
              provenance: 'pooled',
            },
          ],
          cases: [{ id: 'notes.get/ok', reply: { status: 200, body: { $view: 'full', of: 'note' } } }],
        },
      ],
      errors: [{ id: 'unknown-path', reply: { status: 404, body: { $literal: { message: 'Not Found', code: 4.5 } } } }],
      seed: {
        Note: [
          { id: 1, key: 'n_1', title: 'milk', tags: [], archived: false },
          { id: 2, key: 'n_2', title: 'eggs', tags: ['a'], archived: true },
        ],
      },
    },
  ],
};
