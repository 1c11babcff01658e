import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';

afterAll(cleanUp);

interface StatusJson {
  readonly height: string;
}
interface ValidatorsJson {
  readonly validators: readonly { readonly consensusKey: string }[];
}

const net = async (): Promise<{
  readonly home: string;
  readonly url: string;
  readonly key: (name: string) => string;
}> => {
  const folder = join(await newFolder(), 'net');
  await succeed('testnet', '--preset', 'development', '--validators', '1', '--accounts', '0', '--output', folder);
  const apiPort = await freePort();
  const home = join(folder, 'node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  return { home, url: `http://127.0.0.1:${String(apiPort)}`, key: (name) => join(home, 'keys', `${name}.json`) };
};

test('a validator of genesis changes its key: it signs with the old one until the epoch ends and with the new one from there, and the old one starts nothing any more', async () => {
  const { home, url, key } = await net();
  const run = () => start(['start', '--home', home, '--log-file', join(home, 'data', 'node.log')]);
  const height = async (): Promise<bigint | undefined> => {
    const status = (await getJson(`${url}/status`)) as StatusJson | undefined;
    return status === undefined ? undefined : BigInt(status.height);
  };
  const untilHeight = (least: bigint): Promise<bigint> =>
    until(`block ${least.toString()}`, async () => {
      const now = await height();
      return now !== undefined && now >= least ? now : undefined;
    });
  const acting = async (): Promise<string | undefined> =>
    ((await getJson(`${url}/validators`)) as ValidatorsJson | undefined)?.validators[0]?.consensusKey;
  const publicKey = async (path: string): Promise<string> =>
    (JSON.parse(await succeed('keys', 'show', path, '--json')) as { readonly publicKey: string }).publicKey;

  const passphrase = ['--passphrase-file', join(home, 'keys', 'passphrase')];
  await succeed('keys', 'new', '--development', ...passphrase, '--output', key('consensus-next'));
  const [oldKey, newKey] = [await publicKey(key('consensus')), await publicKey(key('consensus-next'))];
  const node = run();
  await untilHeight(1n);
  await succeed('tx', 'rotate-key', '--from', home, '--consensus-key', key('consensus-next'), '--node', url, '--wait');
  const known = JSON.parse(await succeed('query', 'validator', home, '--node', url, '--json')) as {
    readonly consensusKey: string;
    readonly nextConsensusKey: string | null;
  };
  // Waiting for the epoch, or over it already.
  expect([known.consensusKey, known.nextConsensusKey]).toContain(newKey);
  // One validator alone decides: a block under the new key is its signature.
  await until('a set with the new key', async () => ((await acting()) === newKey ? true : undefined));
  const changed = await untilHeight(1n);
  await untilHeight(changed + 2n);
  node.child.kill('SIGTERM');
  await node.ended;

  // The new key alone, as the only one of the home from now on.
  await mkdir(join(home, 'old'));
  await rename(key('consensus'), join(home, 'old', 'consensus.json'));
  expect(await refused(['start', '--home', home])).toMatch(/consensus-next\.json is there and .* is not; rename it/);
  await rename(key('consensus-next'), key('consensus'));
  const before = changed + 2n;
  const again = run();
  await untilHeight(before + 2n);
  expect(await acting()).not.toBe(oldKey);
  again.child.kill('SIGTERM');
  await again.ended;

  await cp(join(home, 'old', 'consensus.json'), key('consensus'));
  expect(await refused(['start', '--home', home])).toMatch(
    new RegExp(
      `is a key that validator [0-9a-f]{64} gave up: the chain acts with key ${newKey.slice(0, 16)}… now.*put the new`,
    ),
  );
}, 120_000);

test('a key that genesis does not know starts no new home before its operator says that the chain does', async () => {
  const { home, url, key } = await net();
  await rm(key('consensus'));
  const passphrase = ['--passphrase-file', join(home, 'keys', 'passphrase')];
  await succeed('keys', 'new', '--development', ...passphrase, '--output', key('consensus'));
  expect(await refused(['start', '--home', home])).toMatch(
    /key of no validator in .*start with --rotated-key if the chain/,
  );
  const log = join(home, 'data', 'node.log');
  const node = start(['start', '--home', home, '--rotated-key', '--log-file', log]);
  await until('its API', () => getJson(`${url}/status`));
  expect(((await getJson(`${url}/status`)) as StatusJson).height).toBe('0');
  node.child.kill('SIGTERM');
  expect(await node.ended).toEqual({ code: 0, signal: null });
}, 120_000);
