import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';

afterAll(cleanUp);

interface StatusJson {
  readonly peerId: string;
  readonly height: string;
  readonly blockId: string;
  readonly appHash: string;
}

const statusAt = async (url: string, height: bigint): Promise<StatusJson> =>
  until(
    `height ${String(height)} at ${url}`,
    async () => {
      const status = (await getJson(`${url}/status`)) as StatusJson | undefined;
      return status !== undefined && BigInt(status.height) >= height ? status : undefined;
    },
    60,
  );

const blockAt = async (url: string, height: bigint): Promise<string> =>
  JSON.stringify((await getJson(`${url}/blocks/${height.toString()}`)) ?? null);

test('a new home joins by a snapshot of a running network, from what zhtp status prints, and has blocks from there on only', async () => {
  const folder = join(await newFolder(), 'net');
  await succeed('testnet', '--preset', 'development', '--validators', '1', '--accounts', '0', '--output', folder);
  const home0 = join(folder, 'node0');
  const apiPort = await freePort();
  const listening = `/ip4/127.0.0.1/tcp/${String(await freePort())}`;
  await reconfigure(home0, { apiPort, listenAddresses: [listening] });
  const url = `http://127.0.0.1:${String(apiPort)}`;
  start(['start', '--home', home0, '--snapshot-every', '5', '--log-file', join(home0, 'data', 'node.log')]);
  const { height, blockId, peerId } = await statusAt(url, 12n);
  const trust = ['--trust-height', height, '--trust-block', blockId];
  expect(await succeed('status', '--node', url)).toMatch(/to trust +--trust-height [0-9]+ --trust-block [0-9a-f]{64}/);

  const home = join(await newFolder(), 'joining');
  const peer = `${listening}/p2p/${peerId}`;
  const ports = ['--base-port', String(await freePort())];
  const made = await succeed(
    'init',
    '--home',
    home,
    '--network',
    folder,
    '--peer',
    peer,
    ...ports,
    '--development',
    '--json',
  );
  const own = `http://127.0.0.1:${String((JSON.parse(made) as { readonly apiPort: number }).apiPort)}`;
  const joining = start(['start', '--home', home, ...trust]);
  const joined = await statusAt(own, BigInt(height) + 2n);
  expect(joining.stdout()).toMatch(/state sync: block [0-9]+ is the first one of this node/);
  expect(await blockAt(own, BigInt(joined.height))).toBe(await blockAt(url, BigInt(joined.height)));
  expect(await blockAt(own, 2n)).toBe('null');
  const metrics = await (await fetch(`${own}/metrics`)).text();
  expect(Number(/^zhtp_state_sync_height ([0-9]+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(5);
  expect(Number(/^zhtp_state_sync_chunks ([0-9]+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);

  // What one validator alone decides goes on, and the home starts again as any other.
  joining.child.kill('SIGKILL');
  await joining.ended;
  expect(await refused(['start', '--home', home, ...trust])).toMatch(/--trust-height is for a home without blocks/);
  const again = start(['start', '--home', home]);
  await statusAt(own, BigInt(joined.height) + 1n);
  again.child.kill('SIGTERM');
  expect((await again.ended).code).toBe(0);
}, 150_000);

test('what is no block to trust is refused before anything is opened', async () => {
  const at = ['start', '--home', join(await newFolder(), 'none')];
  expect(await refused([...at, '--trust-height', '5'])).toMatch(/--trust-height and --trust-block belong together/);
  expect(await refused([...at, '--trust-height', 'x', '--trust-block', 'ab'])).toMatch(/--trust-height is "x"/);
  expect(await refused([...at, '--trust-height', '5', '--trust-block', 'ab'])).toMatch(
    /--trust-block is "ab"; give the id/,
  );
  expect(await refused([...at, '--snapshot-every', '-1'])).toMatch(/--snapshot-every is "-1"/);
});
