import { expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { recordToy, type MakeToy } from '../../../support/toy-recording.ts';

it('makes nothing above where the recording shows nothing made there', () => {
  // Labels that look like paths: `a/b` needs no `a`.
  const labels: MakeToy = () => {
    const names = new Set<string>();
    return (method, { target }) => {
      const name = target.replace('/labels/', '');
      if (method === 'PUT') names.add(name);
      return names.has(name) ? { status: 200, body: { label: { name } } } : { status: 404, body: { error: 'none' } };
    };
  };
  const { model } = compile([
    recordToy(labels, (client) => {
      for (let at = 0; at < 12; at++) {
        client.put(`/labels/k${at % 3}/${'x/'.repeat(at % 3)}v${at}`);
        client.get(`/labels/k${at % 3}/${'x/'.repeat(at % 3)}v${at}`);
        client.get(`/labels/k${at % 3}`);
      }
    }),
  ]);
  const effects = model.services[0]!.routes.flatMap(({ cases }) => cases.flatMap((rule) => rule.effects ?? []));
  expect(effects.filter(({ kind }) => kind === 'each')).toEqual([]);
});
