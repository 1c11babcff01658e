import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';

let url: string;
let folder: string;
let team: string;

const at = (name: string): string => join(folder, name);
const keyOf = (name: string): string => join(folder, 'net', 'accounts', `${name}.json`);
const identityOf = async (path: string): Promise<string> =>
  (JSON.parse(await succeed('keys', 'show', path, '--json')) as { readonly identity: string }).identity;
const balanceOf = async (identity: string): Promise<string | undefined> =>
  ((await getJson(`${url}/accounts/${identity}`)) as { readonly balance: string } | undefined)?.balance;
const sign = (file: string, name: string, ...args: readonly string[]): readonly string[] => [
  'tx',
  'sign',
  '--file',
  file,
  '--key',
  keyOf(name),
  ...args,
];
const send = (from: string, ...args: readonly string[]): readonly string[] => [
  'tx',
  'send',
  '--node',
  url,
  '--from',
  from,
  ...args,
];
const broadcast = (file: string): readonly string[] => ['tx', 'broadcast', '--node', url, '--file', file, '--wait'];

beforeAll(async () => {
  folder = await newFolder();
  await succeed('testnet', '--validators', '1', '--accounts', '5', '--output', at('net'), '--balance', '100');
  const apiPort = await freePort();
  url = `http://127.0.0.1:${String(apiPort)}`;
  const home = at('net/node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  const node = start(['start', '--home', home, '--log-file', at('log')]);
  // What a holder hands on of its key: nothing secret, and enough.
  await writeFile(at('carol.pub.json'), await succeed('keys', 'show', keyOf('carol'), '--json'));
  team = at('team.json');
  await succeed(
    'keys',
    'multisig',
    '--threshold',
    '2',
    '--output',
    team,
    '--key',
    keyOf('alice'),
    '--key',
    keyOf('bob'),
    '--key',
    at('carol.pub.json'),
  );
  await until(
    () => `a first block: ${node.stderr()}`,
    () => getJson(`${url}/blocks/1`),
  );
}, 60_000);
afterAll(cleanUp);

describe('an account of several keys', () => {
  test('pays when as many holders as must have signed, apart from each other', async () => {
    await succeed(...send(keyOf('alice'), '--to', team, '--amount', '50', '--wait'));
    expect(await refused(send(team, '--to', keyOf('dave'), '--amount', '1'))).toMatch(/--output/);
    expect(await refused(send(team, '--to', keyOf('dave'), '--amount', '9999', '--output', at('x.json')))).toMatch(
      /chain would refuse this.*nothing was written/,
    );
    await succeed(...send(team, '--to', keyOf('dave'), '--amount', '1.5', '--output', at('pay.json')));
    await copyFile(at('pay.json'), at('for-carol.json'));
    expect(await refused(broadcast(at('pay.json')))).toMatch(/0 of the 2 signatures it needs are there/);

    expect(await refused(sign(at('pay.json'), 'dave'))).toMatch(
      /no key of the account, which has 3.*nothing was signed/,
    );
    expect(await refused(sign(at('pay.json'), 'alice', '--chain-id', 'other'))).toMatch(
      /for chain zhtp-local, not other/,
    );
    expect(await succeed(...sign(at('pay.json'), 'alice'))).toMatch(/1\.5 ZHTP to [^]*1 of 2 signatures/);
    expect(await refused(sign(at('pay.json'), 'alice'))).toMatch(/key 0 of the account, which has signed already/);
    expect(await refused(broadcast(at('pay.json')))).toMatch(/1 of the 2 signatures.*let 1 more of its 3 holders/);
    await succeed(...sign(at('for-carol.json'), 'carol', '--output', at('by-carol.json')));
    await succeed('tx', 'combine', at('pay.json'), at('by-carol.json'), at('pay.json'), '--output', at('all.json'));

    const before = BigInt((await balanceOf(await identityOf(keyOf('dave')))) ?? '0');
    expect(await succeed(...broadcast(at('all.json')))).toMatch(/in block [0-9]+/);
    expect(await balanceOf(await identityOf(keyOf('dave')))).toBe((before + 1_500_000n).toString());
    expect(await refused(broadcast(at('all.json')))).toMatch(/nonce/i);
  }, 120_000);

  test('takes an account over from a single key, and gives it to another single key', async () => {
    const dave = await identityOf(keyOf('dave'));
    const change = ['tx', 'change-account-key', '--node', url, '--wait'];
    await succeed(...change, '--from', keyOf('dave'), '--new-key', team);
    expect(await refused(send(keyOf('dave'), '--to', team, '--amount', '1'))).toMatch(/has another key/);
    await succeed(
      'tx',
      'change-account-key',
      '--node',
      url,
      '--output',
      at('change.json'),
      '--from',
      team,
      '--account',
      dave,
      '--new-key',
      keyOf('erin'),
    );
    await succeed(...sign(at('change.json'), 'bob'));
    await succeed(...sign(at('change.json'), 'carol'));
    await succeed(...broadcast(at('change.json')));
    const before = await balanceOf(dave);
    await succeed(...send(keyOf('erin'), '--account', dave, '--to', team, '--amount', '1', '--wait'));
    expect(await balanceOf(dave)).not.toBe(before);
    expect(await refused(send(keyOf('erin'), '--account', 'dave', '--to', team, '--amount', '1'))).toMatch(/--account/);
  }, 120_000);
});

describe('a file that somebody else wrote', () => {
  test('is refused when its signatures do not hold, are of strangers, or are there twice', async () => {
    const whole = JSON.parse(await readFile(at('all.json'), 'utf8')) as {
      readonly genesisHash: string;
      readonly accountKey: string;
      readonly body: { readonly fee: string };
      readonly signatures: readonly { readonly publicKey: string; readonly signature: string }[];
    };
    const [first, second] = whole.signatures;
    if (first === undefined || second === undefined) throw new Error('two signatures');
    const stranger = JSON.parse(await readFile(keyOf('dave'), 'utf8')) as { readonly publicKey: string };
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ ...whole, signatures: [first, first] }, /signatures\.1: key 0 signed twice/],
      [{ ...whole, signatures: [{ ...first, signature: second.signature }] }, /signatures\.0\.signature: not by key 0/],
      [
        { ...whole, signatures: [{ ...first, publicKey: stranger.publicKey }] },
        /signatures\.0\.publicKey: no key of the/,
      ],
      [{ ...whole, body: { ...whole.body, fee: '1' } }, /signatures\.0\.signature: not by key 0/],
      [{ ...whole, genesisHash: '00'.repeat(32) }, /signatures\.0\.signature: not by key 0/],
      [{ ...whole, accountKey: stranger.publicKey, signatures: [] }, /one key alone/],
      [{ ...whole, accountKey: `01${whole.accountKey.slice(2, 400)}` }, /accountKey: 200 bytes/],
      [{ ...whole, signatures: Array.from({ length: 17 }, () => first) }, /signatures/],
      [{ ...whole, formatVersion: 2 }, /format version 2; this program reads version 1/],
      [{ ...whole, more: 1 }, /more/],
      [{ ...whole, body: null }, /body/],
      [[], /no transaction to sign/],
    ];
    const { readSharedTransaction } = await import('../src/shared-transaction.ts');
    const reasonOf = async (text: string): Promise<string> => {
      await writeFile(at('hostile.json'), text);
      const read = await readSharedTransaction(at('hostile.json'));
      return read._tag === 'Left' ? read.left.message : 'read';
    };
    expect(await reasonOf(JSON.stringify(whole))).toBe('read');
    for (const [json, reason] of cases) expect(await reasonOf(JSON.stringify(json))).toMatch(reason);
    for (const text of ['', '{', 'null', '7', '"x"', '\u0000\u001b[2J', '[[[[[['])
      expect(await reasonOf(text)).toMatch(/is not JSON|no transaction to sign/);
  });

  test('is no account with too many keys, the same one twice, a threshold that nobody can reach, or of another format', async () => {
    const { readAccountFile } = await import('../src/account-file.ts');
    const whole = JSON.parse(await readFile(team, 'utf8')) as { readonly publicKeys: readonly string[] };
    const { publicKeys } = whole;
    const [key = ''] = publicKeys;
    for (const [json, reason] of [
      [{ ...whole, threshold: 4 }, /threshold of 4, it must be from 1 to the 3 keys/],
      [{ ...whole, threshold: 0 }, /threshold of 0/],
      [{ ...whole, publicKeys: [...publicKeys, key] }, /key 3 stands twice/],
      [{ ...whole, publicKeys: Array.from({ length: 17 }, () => key) }, /publicKeys/],
      [{ ...whole, publicKeys: [] }, /policy of 0 keys/],
      [{ ...whole, threshold: 1, publicKeys: [key.slice(2)] }, /key 0 of the policy has 1951 bytes/],
      [{ ...whole, algorithm: 'RSA' }, /algorithm/],
      [{ ...whole, formatVersion: 9 }, /format version 9/],
      [{ ...whole, account: 'alice' }, /account/],
    ] as const) {
      await writeFile(at('hostile.json'), JSON.stringify(json));
      const read = await readAccountFile(at('hostile.json'));
      expect(read._tag === 'Left' ? read.left.message : 'read').toMatch(reason);
    }
    expect(
      await refused(['keys', 'multisig', '--threshold', '3', '--key', keyOf('alice'), '--output', at('y.json')]),
    ).toMatch(/threshold of 3/);
  });
});
