// The process of one worker of `mynah serve --workers`: not for people. Its options stand in its arguments, as JSON, all but the
// token, which stands in its environment.
import type { Socket } from 'node:net';
import { runWorker, type RouterChannel } from '../server/workers/worker.ts';
import type { ToWorker } from '../server/workers/messages.ts';
import { reportFailure } from './clone-environment.ts';
import { servedEnvironment, type ServeOptions } from './serve-options.ts';
import { openWorkerData } from './worker-data.ts';

const [clone = '', options = '{}'] = process.argv.slice(2);

const channel: RouterChannel = {
  send: (message) => void process.send?.(message),
  onMessage: (receive) => {
    process.on('message', (message, handle) => receive(message as ToWorker, handle as Socket | undefined));
  },
};

// The router decides when it is over; when it dies, so do its workers.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(1));

const { MYNAH_TOKEN: token } = process.env;
const parsed: ServeOptions = { ...(JSON.parse(options) as ServeOptions), ...(token === undefined ? {} : { token }) };
const { opened, served, agentHost } = await servedEnvironment(clone, parsed);
await runWorker(channel, {
  ...served,
  agentHost,
  openStore: (index, count) => openWorkerData(parsed.data, clone, opened, index, count),
  onFailure: reportFailure,
});
process.exit(0);
