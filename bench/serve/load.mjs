// A load generator that costs little itself: kept-alive sockets that write prepared requests and wait for each answer. Run as a
// process of its own: reads one job as JSON from its parent, sends back what happened.
import { connect } from 'node:net';

/**
 * @typedef {{ port: number, connections: number, requests: { method: string, path: string, headers: object, body?: string }[][] }} Job
 * `requests[i]` are those of the i-th conversation, in their order; conversations are spread over the connections, and take turns.
 */

/** The requests of one connection as bytes: the first of each of its conversations, then the second of each, and so on. */
function scheduled(job, connection) {
  const mine = job.requests.filter((_one, at) => at % job.connections === connection);
  const longest = Math.max(0, ...mine.map((requests) => requests.length));
  const bytes = [];
  for (let turn = 0; turn < longest; turn += 1) {
    for (const requests of mine) if (turn < requests.length) bytes.push(encode(requests[turn], job.port));
  }
  return bytes;
}

function encode({ method, path, headers, body = '' }, port) {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection to the end of its requests; tells each status, size of body and time in milliseconds. */
function converse(port, requests, tell) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let at = 0;
    let received = Buffer.alloc(0);
    let sentAt = 0;
    const next = () => {
      if (at === requests.length) return void socket.end(resolve);
      sentAt = performance.now();
      socket.write(requests[at++]);
    };
    socket.once('connect', next);
    socket.once('error', reject);
    socket.once('close', () =>
      at < requests.length ? reject(new Error('the server closed the connection')) : resolve(),
    );
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf(HEAD_END);
      if (end < 0) return;
      const head = received.latin1Slice(0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      received = received.subarray(end + 4 + length);
      tell(Number(head.slice(9, 12)), length, performance.now() - sentAt);
      next();
    });
  });
}

async function run(job) {
  const times = [];
  const statuses = {};
  let bytes = 0;
  const tell = (status, length, ms) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    bytes += length;
    times.push(ms);
  };
  const queues = Array.from({ length: job.connections }, (_none, connection) => scheduled(job, connection));
  process.send({ ready: true });
  await new Promise((resolve) => process.once('message', resolve));
  const begun = performance.now();
  await Promise.all(queues.map((requests) => converse(job.port, requests, tell)));
  const seconds = (performance.now() - begun) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return {
    requests: times.length,
    seconds,
    statuses,
    bytesMean: bytes / times.length,
    p50: quantile(0.5),
    p99: quantile(0.99),
  };
}

process.once('message', (job) => {
  run(job).then(
    (result) => process.send({ result }, () => process.disconnect()),
    (error) => process.send({ error: String(error) }, () => process.disconnect()),
  );
});
