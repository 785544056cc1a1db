// The yardstick: a node:http server that answers every request with one fixed body, and does nothing else.
//   node bare-server.mjs BYTES
import { createServer } from 'node:http';

const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(Math.max(0, Number(process.argv[2]) - 11)) }));
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };

const server = createServer((request, response) => {
  // A request with a body is over when its body is.
  request.resume();
  request.once('end', () => {
    response.writeHead(200, headers);
    response.end(body);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`));
