// A page in a headless Chromium that trusts the recorder as a user's browser would: fetch, server-sent events and a WebSocket,
// each exchange recorded whole.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { pseudonymHash } from '../../src/store/mynah-home.ts';
import { readRecording } from '../../src/store/recording-store.ts';
import { browserUser, openChromium } from '../support/chromium.ts';
import { printedLine, startMynah } from '../support/mynah-command.ts';
import { portOf, temporaryFolder } from '../support/recorder.ts';
import { differencesFromWitnessed, startWitness } from '../support/witness.ts';

const HOST = 'app.example.test';
const TOKEN = 'tok-en-of-the-page-1234567890';

const PAGE = `<!doctype html><meta charset="utf-8"><title>Roof</title><link rel="icon" href="data:,"><script src="/app.js"></script>`;

const SCRIPT = `
const events = () => new Promise((resolve) => {
  const seen = [];
  const source = new EventSource('/events');
  source.onmessage = ({ data }) => seen.push(data);
  source.addEventListener('done', () => { source.close(); resolve(seen); });
});
const socket = () => new Promise((resolve, reject) => {
  const seen = [];
  const socket = new WebSocket('wss://${HOST}/socket');
  socket.binaryType = 'arraybuffer';
  socket.onerror = reject;
  socket.onopen = () => { socket.send('hällo'); socket.send(new Uint8Array([0, 255, 7])); };
  socket.onmessage = ({ data }) => {
    seen.push(typeof data === 'string' ? data : [...new Uint8Array(data)]);
    if (seen.length === 2) socket.close(1000, 'enough');
  };
  socket.onclose = ({ code }) => resolve([...seen, code]);
});
window.done = (async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + token };
  const posted = await fetch('/notes', { method: 'POST', headers, body: JSON.stringify({ title: 'ünï' }) });
  const missing = await fetch('/missing');
  const form = new FormData();
  form.append('photo', new Blob([new Uint8Array(5000).fill(200)], { type: 'image/png' }), 'roof.png');
  const uploaded = await fetch('/photos', { method: 'POST', body: form });
  const streamed = await (await fetch('/stream')).text();
  return [posted.status, await posted.json(), missing.status, uploaded.status, streamed, await events(), await socket()];
})();
`;

/** The page's server; a socket gives back what it is sent. */
async function startServer(): Promise<string> {
  const server = createServer((request, response) => {
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    request.once('end', () => {
      switch (request.url) {
        case '/':
          return response.setHeader('content-type', 'text/html').end(PAGE);
        case '/app.js':
          return response.setHeader('content-type', 'text/javascript').end(SCRIPT);
        case '/notes':
          return response.writeHead(201, { 'content-type': 'application/json' }).end(Buffer.concat(sent));
        case '/photos':
          return response.writeHead(204).end();
        case '/stream':
          for (const part of ['one ', 'two ']) response.write(part);
          return response.end('three');
        case '/events':
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          return response.write('data: 1\n\ndata: 2\n\nevent: done\ndata: 3\n\n');
        default:
          return response.writeHead(404).end();
      }
    });
  });
  const sockets = new WebSocketServer({ server, path: '/socket' });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  return `http://127.0.0.1:${await portOf(server)}`;
}

it('records a page with fetch, server-sent events and a WebSocket whole', async () => {
  const folder = temporaryFolder();
  const environment = await browserUser(folder);
  const witness = await startWitness(await startServer());
  const path = join(folder, 'page.mynah');
  const recorder = startMynah(
    ['record', '--listen', '127.0.0.1:0', '--out', path, '--include', HOST, '--upstream', `${HOST}=${witness.origin}`],
    environment,
  );
  const [, proxy = ''] = await printedLine(recorder, /on (http:\S+)/);
  const browser = await openChromium(environment, proxy);
  const page = await browser.newPage();
  await page.addInitScript(`window.token = '${TOKEN}'`);
  await page.goto(`https://${HOST}/`);
  const done = await page.evaluate('window.done');
  expect(done).toEqual([201, { title: 'ünï' }, 404, 204, 'one two three', ['1', '2'], ['hällo', [0, 255, 7], 1000]]);
  await browser.close();
  recorder.kill('SIGTERM');
  await once(recorder, 'exit');

  const recording = readRecording(path);
  const isSocket = (target: string) => target === '/socket';
  const requests = {
    ...recording,
    exchanges: recording.exchanges.filter(({ request }) => !isSocket(request.target)),
  };
  expect(differencesFromWitnessed(requests, { [HOST]: witness }, pseudonymHash(environment.MYNAH_DATA))).toEqual([]);
  expect(requests.exchanges.map(({ request }) => request.target).sort()).toEqual(
    ['/', '/app.js', '/events', '/missing', '/notes', '/photos', '/stream'].sort(),
  );
  const [socket] = recording.exchanges.filter(({ request }) => isSocket(request.target));
  expect(socket?.response?.status).toBe(101);
  const messages = ['client', 'server'].map((sender) =>
    socket?.messages?.filter((each) => each.sender === sender && each.opcode !== 8).map(({ body }) => body),
  );
  const sent = [{ text: 'hällo' }, { base64: Buffer.from([0, 255, 7]).toString('base64') }];
  expect(messages).toEqual([sent, sent]);
  expect(JSON.stringify(recording)).not.toContain(TOKEN);
});
