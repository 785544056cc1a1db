// Loaded into a process that must not talk to anybody (`node --import`): every TCP connection that it opens is refused, and the
// attempt is written into the file that REFUSED_CONNECTS names.
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  const [first] = args;
  // Node itself calls with an array whose first element is the options.
  const options = Array.isArray(first) ? first[0] : first;
  const isLocalPipe = typeof options === 'string' || options?.path !== undefined;
  if (isLocalPipe) return connect.apply(this, args);
  appendFileSync(process.env.REFUSED_CONNECTS, `${JSON.stringify(options)}\n`);
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
};
