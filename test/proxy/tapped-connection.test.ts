import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TappedConnection, type Taps } from '../../src/proxy/tapped-connection.ts';
import { portOf } from '../support/recorder.ts';

const WATCH: Taps = { fromClient: async () => undefined, toClient: async () => undefined };

async function connected(taps: Partial<Taps>) {
  const server = createServer({ allowHalfOpen: true });
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ port: await portOf(server), host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = await accepted;
  return { client, connection: new TappedConnection(socket, { ...WATCH, ...taps }) };
}

describe('a tapped connection', () => {
  it('lets bytes on in both directions once they were seen, in order', async () => {
    const seen: string[] = [];
    const tap = (side: string) => async (bytes: Buffer) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${side} ${String(bytes)}`);
    };
    const { client, connection } = await connected({ fromClient: tap('from'), toClient: tap('to') });
    client.write('a');
    expect(String((await once(connection, 'data'))[0])).toBe('a');
    connection.write('b');
    connection.write('c');
    let text = '';
    while (text !== 'bc') text += String((await once(client, 'data'))[0]);
    expect(seen).toEqual(['from a', 'to b', 'to c']);
    client.destroy();
  });

  it('ends for both when one side has gone, and passes an end on', async () => {
    const { client, connection } = await connected({});
    const closed = Promise.all([once(client, 'close'), once(connection, 'close')]);
    connection.resume();
    client.end();
    await once(connection, 'end');
    connection.end('last');
    expect(String((await once(client, 'data'))[0])).toBe('last');
    await closed;
  });

  it('can be ended as a socket can', async () => {
    const { client, connection } = await connected({});
    connection.setTimeout(0).setNoDelay(true).setKeepAlive(true, 0);
    connection.write('bye');
    connection.destroySoon();
    expect(String((await once(client, 'data'))[0])).toBe('bye');
    client.end();
    await once(client, 'close');
    connection.destroySoon();
  });
});
