// Run by programs.ts in a process of its own: the server that is asked, or a plain pass-through in front of it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxyServer } from 'http-proxy';

const [role, upstream = ''] = process.argv.slice(2);
const server = role === 'server' ? items() : passThrough(upstream);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

/** `/items/BYTES` answers with JSON of about that size, each time another; `/events` with one event that says when it was sent. */
function items(): Server {
  const pages = new Map<string, string>();
  let asked = 0;
  return createServer((request, response) => {
    request.resume();
    const path = request.url ?? '/';
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      setTimeout(() => response.write(`data: ${performance.timeOrigin + performance.now()}\n\n`), 20);
      return void response.once('close', () => response.end());
    }
    let page = pages.get(path);
    if (page === undefined) pages.set(path, (page = JSON.stringify(itemsOf(Number(path.split('/').at(-1)))).slice(1)));
    response.setHeader('content-type', 'application/json');
    response.end(`{"request_id":"req_${(++asked).toString(36).padStart(8, '0')}",${page}`);
  });
}

function itemsOf(bytes: number) {
  const count = Math.max(1, Math.round(bytes / 170));
  const items = Array.from({ length: count }, (_none, id) => ({
    id,
    title: 'write the report',
    state: id % 3 === 0 ? 'closed' : 'open',
    owner: { login: 'ada', url: `https://api.example.com/users/${id % 7}` },
    created_at: '2026-01-02T03:04:05Z',
    labels: ['roof', 'urgent'],
  }));
  return { total: count, items };
}

function passThrough(target: string): Server {
  const proxy = createProxyServer({ target });
  return createServer((request, response) => proxy.web(request, response));
}
