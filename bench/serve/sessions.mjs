// OpenEnv's public scaling pattern, as a process of its own: connect, reset, one step, a wait, close; all sessions at once.
import { WebSocket } from 'ws';

const STEP = { method: 'GET', path: '/user' };
/** Connections that are being opened at one time. */
const OPENING_MAX = 256;

async function session({ port, waitMs }, gate) {
  const times = {};
  const begun = performance.now();
  await gate.enter();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
  const opened = new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
  await opened.finally(() => gate.leave());
  const ask = (message) =>
    new Promise((resolve, reject) => {
      const sent = performance.now();
      socket.once('message', (bytes) => {
        times[message.type] = performance.now() - sent;
        const frame = JSON.parse(String(bytes));
        if (frame.type === 'observation') resolve(frame);
        else reject(new Error(String(bytes)));
      });
      socket.send(JSON.stringify(message));
    });
  await ask({ type: 'reset', data: { seed: 1 } });
  await gate.all();
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  await ask({ type: 'step', data: STEP });
  socket.close();
  return { ...times, total: performance.now() - begun };
}

/** Lets so many in at once; `all` resolves when every session has got so far or failed: then all are live together. */
function createGate(count) {
  let free = OPENING_MAX;
  const waiting = [];
  let arrived = 0;
  let open;
  const everybody = new Promise((resolve) => (open = resolve));
  const arrive = () => {
    if (++arrived === count) open();
  };
  return {
    arrive,
    enter: () => (free-- > 0 ? undefined : new Promise((resolve) => waiting.push(resolve))),
    leave: () => {
      free += 1;
      waiting.shift()?.();
    },
    all: () => {
      arrive();
      return everybody;
    },
  };
}

async function run(job) {
  const gate = createGate(job.sessions);
  process.send({ ready: true });
  await new Promise((resolve) => process.once('message', resolve));
  const begun = performance.now();
  const results = await Promise.allSettled(
    Array.from({ length: job.sessions }, () =>
      session(job, gate).catch((error) => {
        gate.arrive();
        throw error;
      }),
    ),
  );
  const done = results.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const quantile = (name, share) => {
    const sorted = done.map((one) => one[name]).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  };
  return {
    requests: job.sessions,
    seconds: (performance.now() - begun) / 1000,
    success: done.length / job.sessions,
    failure: String(results.find(({ status }) => status === 'rejected')?.reason ?? ''),
    reset: { p50: quantile('reset', 0.5), p99: quantile('reset', 0.99) },
    step: { p50: quantile('step', 0.5), p99: quantile('step', 0.99) },
  };
}

process.once('message', (job) => {
  run(job).then(
    (result) => process.send({ result }, () => process.exit(0)),
    (error) => process.send({ error: String(error) }, () => process.exit(1)),
  );
});
