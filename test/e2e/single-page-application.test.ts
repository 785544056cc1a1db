// A single-page application with its API, recorded in Chromium and driven in Chromium against its clone, with the original
// gone: files are the original's bytes, and what the page does was never recorded.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { browserUser, openChromium } from '../support/chromium.ts';
import { send } from '../support/environment-client.ts';
import { callMynah, printedLine, startMynah } from '../support/mynah-command.ts';
import { portOf, temporaryFolder } from '../support/recorder.ts';

const HOST = 'notes.example.test';

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>Notes</title><link rel="icon" href="/logo.png">
<link rel="stylesheet" href="/style.css"></head><body><img id="logo" src="/logo.png" alt="">
<form id="new"><input id="title"><button>add</button></form><ul id="list"></ul><script type="module" src="/app.js"></script></body></html>
`;

const STYLE = 'body { background: rgb(1, 2, 3) }\n';

const SCRIPT = `// ünïcode stays as it is
const list = document.querySelector('#list');
const api = async (method, path, body) => {
  const response = await fetch('/api' + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  return response.status === 204 ? undefined : response.json();
};
async function show() {
  const notes = await api('GET', '/notes');
  list.replaceChildren(...notes.map(({ id, title, done }) => {
    const item = document.createElement('li');
    item.textContent = title + (done ? ' ✓' : '');
    for (const [name, act] of [
      ['done', () => api('PATCH', '/notes/' + id, { done: !done })],
      ['rename', () => api('PATCH', '/notes/' + id, { title: window.newTitle })],
      ['delete', () => api('DELETE', '/notes/' + id)],
    ]) {
      const button = document.createElement('button');
      button.className = name;
      button.addEventListener('click', async () => { await act(); await show(); });
      item.append(button);
    }
    return item;
  }));
  document.body.dataset.shown = Number(document.body.dataset.shown ?? 0) + 1;
}
document.querySelector('#new').addEventListener('submit', async (event) => {
  event.preventDefault();
  await api('POST', '/notes', { title: document.querySelector('#title').value });
  await show();
});
await show();
`;

/** Bytes that are no text. */
const LOGO = Buffer.concat([
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  randomBytes(500),
]);

interface Note {
  readonly id: number;
  title: string;
  done: boolean;
}

/** The page, its files with validators, and the API behind it. */
async function startOriginal() {
  const notes = new Map<number, Note>();
  let last = 0;
  const files: Readonly<Record<string, readonly [type: string, body: string | Buffer]>> = {
    '/': ['text/html; charset=utf-8', PAGE],
    '/app.js': ['text/javascript', SCRIPT],
    '/style.css': ['text/css', STYLE],
    '/logo.png': ['image/png', LOGO],
  };
  const server = createServer((request, response) => {
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    request.once('end', () => {
      const path = request.url ?? '/';
      const file = files[path];
      if (file !== undefined) {
        const etag = `"${createHash('sha256').update(file[1]).digest('hex').slice(0, 12)}"`;
        const headers = { 'content-type': file[0], etag, 'cache-control': 'no-cache' };
        const isKnown = request.headers['if-none-match'] === etag;
        return response.writeHead(isKnown ? 304 : 200, headers).end(isKnown ? undefined : file[1]);
      }
      const json = (status: number, value: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      const body = (sent.length === 0 ? {} : JSON.parse(Buffer.concat(sent).toString())) as Partial<Note>;
      if (path === '/api/notes' && request.method === 'GET') return json(200, [...notes.values()]);
      if (path === '/api/notes') {
        const note = { id: ++last, title: body.title ?? '', done: false };
        notes.set(note.id, note);
        return json(201, note);
      }
      const note = notes.get(Number(/^\/api\/notes\/(\d+)$/.exec(path)?.[1]));
      if (note === undefined) return json(404, { error: 'not found' });
      if (request.method === 'DELETE') {
        notes.delete(note.id);
        return response.writeHead(204).end();
      }
      return json(200, Object.assign(note, body));
    });
  });
  return { origin: `http://127.0.0.1:${await portOf(server)}`, stop: () => void server.close() };
}

/** Resolves when the page shows its list anew, after what is done meanwhile. */
async function shownAfter(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = Number(await page.evaluate('document.body.dataset.shown ?? 0'));
  await act();
  await page.waitForFunction(`Number(document.body.dataset.shown) > ${before}`);
}

const titles = (page: Page) => page.locator('#list li').allTextContents();

async function add(page: Page, title: string): Promise<void> {
  await page.locator('#title').fill(title);
  await shownAfter(page, () => page.locator('#new button').click());
}

const press = (page: Page, title: string, name: string) =>
  shownAfter(page, () => page.locator('#list li', { hasText: title }).locator(`.${name}`).click());

async function rename(page: Page, title: string, to: string): Promise<void> {
  await page.evaluate((text) => Object.assign(globalThis, { newTitle: text }), to);
  await press(page, title, 'rename');
}

async function open(page: Page): Promise<void> {
  await page.goto(`https://${HOST}/`);
  await page.waitForFunction('Number(document.body.dataset.shown) > 0');
}

it('lets a recorded page work in Chromium against its clone, offline', async () => {
  const folder = temporaryFolder();
  const user = await browserUser(folder);
  const original = await startOriginal();
  const [recording, clone] = [join(folder, 'page.mynah'), join(folder, 'clone')];
  const recorder = startMynah(
    [
      'record',
      '--listen',
      '127.0.0.1:0',
      '--out',
      recording,
      '--include',
      HOST,
      '--upstream',
      `${HOST}=${original.origin}`,
    ],
    user,
  );
  const [, recordingProxy = ''] = await printedLine(recorder, /on (http:\S+)/);
  const first = await openChromium(user, recordingProxy);
  const recorded = await first.newPage();
  await open(recorded);
  for (const title of ['bread', 'milk', 'rope', 'nails']) await add(recorded, title);
  for (const title of ['milk', 'nails']) await press(recorded, title, 'done');
  await press(recorded, 'milk', 'done');
  await rename(recorded, 'bread', 'brown bread');
  await rename(recorded, 'rope', 'long rope');
  await press(recorded, 'milk', 'delete');
  await recorded.reload();
  await add(recorded, 'tea');
  await press(recorded, 'nails', 'delete');
  await first.close();
  recorder.kill('SIGTERM');
  await once(recorder, 'exit');
  original.stop();

  const compiled = await callMynah(['compile', recording, '--out', clone, '--folds', '0'], user);
  expect(compiled).toMatchObject({ code: 0, stdout: expect.stringContaining('100.0 % reproduced') as string });
  const server = startMynah(
    ['serve', clone, '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--data', 'none'],
    user,
  );
  const [, agent = '', control = ''] = await printedLine(server, /agents on (\S+), control on (\S+)\n/);
  const { id } = (await send(`${control}/episodes`, { method: 'POST', body: { seed: 5 } })).json as { id: string };
  const second = await openChromium(user, agent);
  const page = await second.newPage({ extraHTTPHeaders: { 'mynah-episode': id } });
  await open(page);
  expect(await titles(page)).toEqual([]);
  for (const title of ['saw', 'glue', 'paint']) await add(page, title);
  await press(page, 'glue', 'done');
  await rename(page, 'saw', 'hand saw');
  await press(page, 'paint', 'delete');
  expect(await titles(page)).toEqual(['hand saw', 'glue ✓']);

  const answers: string[] = [];
  page.on('response', (response) => answers.push(`${response.status()} ${new URL(response.url()).pathname}`));
  await page.reload();
  await page.waitForFunction('Number(document.body.dataset.shown) > 0');
  expect(await titles(page)).toEqual(['hand saw', 'glue ✓']);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(1, 2, 3)');
  expect(await page.evaluate('document.querySelector("#logo").naturalWidth')).toBe(1);

  const got = async (path: string, headers = {}) => send(`${agent}/~/${id}${path}`, { headers });
  const script = await got('/app.js');
  expect([script.text, script.headers['content-type'], script.headers['cache-control']]).toEqual([
    SCRIPT,
    'text/javascript',
    'no-cache',
  ]);
  expect(await got('/app.js', { 'if-none-match': script.headers.etag })).toMatchObject({ status: 304, text: '' });
  expect((await got('/app.js', { 'if-none-match': '"another"' })).status).toBe(200);
  const logo = await page.evaluate(
    'fetch("/logo.png").then((r) => r.arrayBuffer()).then((b) => [...new Uint8Array(b)])',
  );
  expect(Buffer.from(logo as number[]).equals(LOGO)).toBe(true);

  const log = (await send(`${control}/episodes/${id}/log`)).text.trim().split('\n').slice(1);
  const steps = log.map(
    (line) => JSON.parse(line) as { request: { target: string }; response: { status: number }; provenance: string },
  );
  expect(steps.filter(({ provenance }) => provenance === 'unknown')).toEqual([]);
  expect(steps.filter(({ response }) => response.status === 304).length, answers.join('\n')).toBeGreaterThan(1);
  const provenances = (path: string) =>
    new Set(steps.filter(({ request }) => request.target === path).map(({ provenance }) => provenance));
  expect([provenances('/app.js'), provenances('/api/notes')]).toEqual([
    new Set(['replayed']),
    new Set(['synthesised']),
  ]);
});
