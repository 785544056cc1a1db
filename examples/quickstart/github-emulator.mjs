// The original of this example: GitHub's REST API by the emulator `emulate` (https://emulate.dev), with nothing but two users
// in it. Prints one line with its address when it listens.
//   node github-emulator.mjs [PORT]
import { Server } from 'node:net';
import { createEmulator } from 'emulate';

// The emulator binds every interface. Nobody but this machine has business here.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port) {
  this.once('listening', () => console.log(`listening on http://127.0.0.1:${this.address().port}`));
  return listen.call(this, port, '127.0.0.1');
};

await createEmulator({
  service: 'github',
  port: Number(process.argv[2] ?? 0),
  // The URLs in its answers are those that clients ask for.
  baseUrl: 'https://api.github.com',
  seed: {
    tokens: {
      'token-octocat': { login: 'octocat', scopes: ['repo', 'user'] },
      'token-hubot': { login: 'hubot', scopes: ['repo', 'user'] },
    },
    github: {
      users: [
        { login: 'octocat', name: 'The Octocat' },
        { login: 'hubot', name: 'Hubot' },
      ],
    },
  },
});
