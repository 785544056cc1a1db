import { md5Hex, sha256Hex } from '../../../src/core/std/hashing.ts';
import { Dice } from '../dice.ts';
import { THINGS } from '../words.ts';
import type { Behaviour } from './behaviour.ts';

interface StoredFile {
  readonly text: string;
  readonly type: string;
}

export const storedBodies: Behaviour = {
  name: 'stored bodies',
  priority: 2,
  description: 'A body of any type is kept under a name as it comes, and read back with its type and its digest.',
  install(service) {
    const { collections, style } = service;
    const dice = new Dice(`stored bodies beside ${collections.map(({ noun }) => noun.many).join(' ')}`);
    const path = `${style.base}/${dice.pick(['files', 'blobs', 'attachments'])}`;
    const digest = dice.chance(0.5)
      ? (text: string): string => `"${md5Hex(text)}"`
      : (text: string): string => `sha256:${sha256Hex(text)}`;
    const header = dice.pick(['etag', 'content-digest']);
    const files = new Map<string, StoredFile>();
    const headers = ({ text, type }: StoredFile) => ({ 'content-type': type, [header]: digest(text) });
    const absent = { status: 404, code: 'not_found', message: 'There is no such file' };
    service.route('PUT', `${path}/{file}`, (turn) => {
      const { file = '' } = turn.params;
      const stored = { text: String(turn.request.body), type: turn.header('content-type') ?? '' };
      turn.exercise('stored bodies', 'outcome', files.has(file) ? 'overwrite' : 'write');
      turn.exercise('stored bodies', { headers: [header] }, 'digest');
      const status = files.has(file) ? 200 : 201;
      files.set(file, stored);
      return { status, headers: { [header]: digest(stored.text) } };
    });
    service.route('GET', `${path}/{file}`, (turn) => {
      const stored = files.get(turn.params['file'] ?? '');
      turn.exercise('stored bodies', 'outcome', stored === undefined ? 'absent' : 'read');
      if (stored === undefined) return service.refuse(absent);
      turn.exercise('stored bodies', { headers: ['content-type', header] }, 'digest');
      return { status: 200, headers: headers(stored), text: stored.text };
    });
    service.route('DELETE', `${path}/{file}`, (turn) => {
      turn.exercise('stored bodies', 'outcome', 'delete');
      return files.delete(turn.params['file'] ?? '') ? { status: 204 } : service.refuse(absent);
    });
    service.moves.push({
      weight: 6,
      run: (user) => {
        const words = Array.from({ length: 1 + user.dice.below(4) }, () => user.dice.pick(THINGS));
        const names = [...files.keys()];
        const isNew = names.length === 0 || user.dice.chance(0.3);
        const name = isNew ? `${user.dice.pick(THINGS)}-${user.dice.below(10_000)}.txt` : user.dice.pick(names);
        const at = `${path}/${name}`;
        const type = user.dice.pick(['text/plain', 'text/csv', 'text/markdown']);
        if (isNew || user.dice.chance(0.25))
          user.send('PUT', at, { text: words.join(' '), headers: { 'content-type': type } });
        else if (user.dice.chance(0.15)) user.send('DELETE', at);
        user.send('GET', at);
      },
    });
  },
};
