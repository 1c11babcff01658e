import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createEventReaders, type EventReader, type EventReaders } from '../src/api/event-readers.ts';
import { until } from './support/cli.ts';

const servers: Server[] = [];
const opened: EventReaders[] = [];
afterEach(() => {
  for (const readers of opened.splice(0)) readers.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Hub {
  readonly readers: EventReaders;
  readonly added: readonly (EventReader | undefined)[];
  readonly connect: () => Promise<IncomingMessage>;
}

const hub = async (): Promise<Hub> => {
  const readers = createEventReaders();
  opened.push(readers);
  const added: (EventReader | undefined)[] = [];
  const server = createServer((_, response) => {
    const reader = readers.add(response);
    if (reader === undefined) response.writeHead(503).end();
    added.push(reader);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    readers,
    added,
    connect: () =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
      }),
  };
};

test('a reader is sent messages in order, and is forgotten when it goes', async () => {
  const { readers, added, connect } = await hub();
  const incoming = await connect();
  expect(incoming.headers['content-type']).toBe('text/event-stream');
  let text = '';
  incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  expect([added[0]?.send('7', 'block', '{"a":1}'), added[0]?.send('8', 'block', '{}')]).toEqual([true, true]);
  await until('both messages', () => (text.includes('id: 8') ? true : undefined));
  expect(text).toBe('id: 7\nevent: block\ndata: {"a":1}\n\nid: 8\nevent: block\ndata: {}\n\n');
  incoming.destroy();
  await until('the reader to be gone', () => (readers.counts().open === 0 ? true : undefined));
  expect(added[0]?.send('9', 'block', '{}')).toBe(false);
  expect(readers.counts()).toEqual({ open: 0, droppedSlow: 0, refused: 0 });
});

test('a reader that takes nothing is dropped and counted, and costs no more than what may wait for it', async () => {
  const { readers, added, connect } = await hub();
  const slow = await connect();
  slow.pause();
  slow.on('error', () => undefined);
  const piece = JSON.stringify('x'.repeat(1024 * 1024));
  let sent = 0;
  await until('the reader to be dropped', () => {
    if (added[0]?.send(String(sent), 'block', piece) !== true) return true;
    sent += 1;
    return undefined;
  });
  expect(sent).toBeGreaterThan(3);
  expect(sent).toBeLessThan(40); // the system's own buffers take some
  expect(readers.counts()).toEqual({ open: 0, droppedSlow: 1, refused: 0 });
});

test('the thirty-third reader at once is refused and counted', async () => {
  const { readers, connect } = await hub();
  for (let i = 0; i < 32; i++) expect((await connect()).statusCode).toBe(200);
  expect((await connect()).statusCode).toBe(503);
  expect(readers.counts()).toEqual({ open: 32, droppedSlow: 0, refused: 1 });
  readers.close();
  expect(readers.counts().open).toBe(0);
});
