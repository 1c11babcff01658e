import type { ServerResponse } from 'node:http';

/** Readers at once; another one is refused. */
const READERS_MAX = 32;
/** What may wait for a reader that does not take it; with more it is dropped. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** A line that means nothing, so that a connection without blocks is not taken for a dead one. */
const HEARTBEAT_MS = 15_000;

/** Why readers went or never came, counted since the start. */
export interface ReaderCounts {
  readonly open: number;
  readonly droppedSlow: number;
  readonly refused: number;
}

/** One connection that is told of blocks. */
export interface EventReader {
  /** False: it has gone, or is dropped now because it does not keep up. */
  send(id: string, event: string, json: string): boolean;
  end(): void;
}

/** The connections that are told of blocks, as Server-Sent Events. */
export interface EventReaders {
  /** Undefined: there are too many, and nothing was written. */
  add(response: ServerResponse): EventReader | undefined;
  counts(): ReaderCounts;
  close(): void;
}

export const createEventReaders = (): EventReaders => {
  const open = new Set<ServerResponse>();
  let droppedSlow = 0;
  let refused = 0;

  const write = (response: ServerResponse, text: string): boolean => {
    if (!open.has(response)) return false;
    if (response.writableLength > WAITING_BYTES_MAX) {
      droppedSlow += 1;
      open.delete(response);
      response.destroy();
      return false;
    }
    response.write(text);
    return true;
  };

  const heartbeat = setInterval(() => {
    for (const response of open) write(response, ':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    add: (response) => {
      if (open.size >= READERS_MAX) {
        refused += 1;
        return undefined;
      }
      open.add(response);
      const gone = (): void => {
        open.delete(response);
      };
      response.on('close', gone);
      response.on('error', gone);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.flushHeaders();
      return {
        send: (id, event, json) => write(response, `id: ${id}\nevent: ${event}\ndata: ${json}\n\n`),
        end: () => {
          open.delete(response);
          response.end();
        },
      };
    },
    counts: () => ({ open: open.size, droppedSlow, refused }),
    close: () => {
      clearInterval(heartbeat);
      for (const response of open) response.end();
      open.clear();
    },
  };
};
