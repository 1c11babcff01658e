import { Writable } from 'node:stream';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { restartDelayMs, type Member } from '../src/devnet/fleet.ts';
import { terminalScreen } from '../src/devnet/screen.ts';
import { tableLines } from '../src/devnet/table.ts';
import { prettyLine } from '../src/log.ts';
import { freePortsFrom } from '../src/ports.ts';
import { freePort } from './support/cli.ts';

const member = (fields: Partial<Member>): Member => ({
  index: 0,
  name: 'node0',
  home: '/x',
  pid: 7,
  state: { _tag: 'Running' },
  status: undefined,
  apiPort: 26_601,
  restarts: 0,
  ...fields,
});

test('the table shows who is down, why, and when it is back', () => {
  const lines = tableLines({
    members: [
      member({}),
      member({ name: 'node1', pid: undefined, state: { _tag: 'Down', why: 'killed by SIGKILL', restartAtMs: 4_500 } }),
    ],
    nameOf: (identity) => identity,
    lastBlock: undefined,
    intervalMs: undefined,
    transactions: 0,
    nowMs: 2_000,
  });
  expect(lines[0]).toBe('waiting for the first block');
  expect(lines[3]).toMatch(/^node0 +running .* 7 +26601$/);
  expect(lines[4]).toMatch(/^node1 +down, back in 3 s/);
  expect(lines.at(-1)).toBe('node1: killed by SIGKILL');
});

test('the screen redraws in place and cuts lines that would wrap', () => {
  let text = '';
  const out = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    }),
    { columns: 24 },
  );
  const screen = terminalScreen(out);
  screen.draw(['a', 'b'.repeat(100)]);
  screen.print(['note']);
  screen.draw(['c']);
  expect(text).toBe(
    `a\n${'b'.repeat(23)}\n\r${'\u001b[1A\u001b[2K'.repeat(2)}note\na\n${'b'.repeat(23)}\n\r${'\u001b[1A\u001b[2K'.repeat(2)}c\n`,
  );
});

test('a validator that keeps failing is started less and less often', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(restartDelayMs)).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]);
});

test('ports that are taken are passed over', async () => {
  const taken = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  const found = await freePortsFrom(taken, 4);
  server.close();
  expect(found).toBeGreaterThanOrEqual(taken + 4);
  expect(await freePortsFrom(65_534, 4)).toBeUndefined();
});

test('a log line is readable on a terminal', () => {
  expect(prettyLine('{"level":30,"time":0,"height":"7","msg":"block committed"}')).toBe(
    '00:00:00.000 INFO  block committed height=7\n',
  );
});
