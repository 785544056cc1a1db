// GitHub's API after a careless release: a reverse proxy that hands on every request and answer, except that issues call their
// `state_reason` now `close_reason`, and that a new comment is answered with 202 instead of 201. Prints one line with its address.
//   node changed-api.mjs ORIGIN
import { createServer, request } from 'node:http';

const original = new URL(process.argv[2]);

const server = createServer((asked, answer) => {
  const { method, url, headers } = asked;
  const handedOn = request(
    { host: original.hostname, port: original.port, method, path: url, headers },
    async (given) => {
      const isNewComment = method === 'POST' && /\/comments$/.test(url) && given.statusCode === 201;
      const body = (await given.toArray()).join('').replaceAll('"state_reason":', '"close_reason":');
      const { 'content-length': _length, 'transfer-encoding': _coding, ...rest } = given.headers;
      answer.writeHead(isNewComment ? 202 : given.statusCode, rest);
      answer.end(body);
    },
  );
  handedOn.on('error', () => answer.destroy());
  asked.pipe(handedOn);
});
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
