// A service of the package `emulate` in a process of its own; prints one line with its address when it listens.
//   node emulator.mjs SERVICE BASE-URL [SEED as JSON]
import { Server } from 'node:net';
import { createEmulator } from 'emulate';

// The emulator binds every interface. Nobody but this machine has business here.
const listen = Server.prototype.listen;
Server.prototype.listen = function () {
  this.once('listening', () => process.stdout.write(`listening on http://127.0.0.1:${this.address().port}\n`));
  return listen.call(this, 0, '127.0.0.1');
};

const [service, baseUrl, seed = '{}'] = process.argv.slice(2);
await createEmulator({ service, port: 0, baseUrl, seed: JSON.parse(seed) });
