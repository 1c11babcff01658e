import { createServer } from 'node:net';

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

const HIGHEST_PORT = 65_535;

/** The first run of `count` free ports at `base` or above, searched in steps of `count`; undefined when there is none. */
export const freePortsFrom = async (base: number, count: number): Promise<number | undefined> => {
  for (let first = base; first + count - 1 <= HIGHEST_PORT; first += count) {
    let free = true;
    for (let port = first; free && port < first + count; port++) free = await isFree(port);
    if (free) return first;
  }
  return undefined;
};
