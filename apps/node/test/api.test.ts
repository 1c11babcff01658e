import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountProofCodec, HOSTED_KEY_BYTES_MAX, HOSTED_PAYLOAD_BYTES_MAX, verifyAccountProof } from '@zhtp/ledger';
import { fromJson, hash, identityId } from '@zhtp/types';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';
import { right } from './support/right.ts';

let url: string;
let accounts: string;

interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}
const ask = async (path: string, init: RequestInit = {}): Promise<Reply> => {
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, json: (await response.json()) as Reply['json'] };
};
const post = (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<Reply> =>
  ask('/transactions', { method: 'POST', body, headers: { 'content-type': type } });
/** A refusal has exactly a name, what is wrong and what to do. */
const expectProblem = ({ status, json }: Reply, code: number, error: string): void => {
  expect([status, json['error']]).toEqual([code, error]);
  expect(Object.keys(json).sort()).toEqual(['action', 'error', 'message']);
};
const keyFile = (name: string): string => join(accounts, `${name}.json`);
const identityOf = async (name: string): Promise<string> =>
  (JSON.parse(await succeed('keys', 'show', keyFile(name), '--json')) as { readonly identity: string }).identity;
const send = (...args: readonly string[]): readonly string[] => [
  'tx',
  'send',
  '--node',
  url,
  '--from',
  keyFile('alice'),
  ...args,
];
const height = async (): Promise<bigint> =>
  BigInt(((await getJson(`${url}/status`)) as { readonly height: string } | undefined)?.height ?? '-1');

beforeAll(async () => {
  const folder = join(await newFolder(), 'net');
  await succeed('testnet', '--validators', '1', '--output', folder, '--balance', '100');
  const apiPort = await freePort();
  url = `http://127.0.0.1:${String(apiPort)}`;
  accounts = join(folder, 'accounts');
  const home = join(folder, 'node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  const node = start(['start', '--home', home, '--log-file', join(folder, 'log')]);
  await until(
    () => `a first block: ${node.stderr()}`,
    async () => ((await height()) >= 1n ? true : undefined),
  );
}, 60_000);
afterAll(cleanUp);

describe('the HTTP API', () => {
  test('answers with status, health, blocks, validators, parameters, mempool', async () => {
    expect((await ask('/status')).json).toMatchObject({
      name: 'node0',
      chainId: 'zhtp-local',
      halted: null,
      isValidatorNow: true,
    });
    expect(await ask('/health')).toMatchObject({ status: 200, json: { healthy: true } });
    const latest = await ask('/blocks/latest');
    expect(latest.json['height']).toMatch(/^[1-9][0-9]*$/);
    const first = await ask('/blocks/1');
    const validators = (await ask('/validators')).json['validators'] as readonly { readonly identity: string }[];
    expect(first.json['signers']).toEqual(validators.map(({ identity }) => identity));
    expect((await ask('/parameters')).json).toMatchObject({ ledger: { minFeePerByte: '1' } });
    expect(await ask('/mempool')).toEqual({ status: 200, json: { transactions: 0, bytes: '0' } });
  });

  test('refuses what it cannot answer, with a name, the reason and what to do', async () => {
    expectProblem(await ask('/blocks/first'), 400, 'BadHeight');
    expectProblem(await ask('/blocks/18446744073709551616'), 400, 'BadHeight');
    expectProblem(await ask('/blocks/999999999'), 404, 'UnknownBlock');
    expectProblem(await ask('/accounts/ABC'), 400, 'BadIdentity');
    expectProblem(await ask(`/accounts/${'ab'.repeat(32)}`), 404, 'UnknownAccount');
    expectProblem(await ask('/transactions/xyz'), 400, 'BadTransactionId');
    expectProblem(await ask(`/transactions/${'ab'.repeat(32)}`), 404, 'UnknownTransaction');
    expectProblem(await ask('/nothing/here'), 404, 'NoSuchEndpoint');
    for (const method of ['DELETE', 'OPTIONS', 'PUT', 'POST'])
      expectProblem(await ask('/status', { method }), 405, 'MethodNotAllowed');
    expectProblem(await ask('/transactions'), 405, 'MethodNotAllowed');
    expectProblem(
      await ask(`/blocks/1`, { method: 'POST', body: '{', headers: { 'content-type': 'a/b' } }),
      415,
      'UnknownContentType',
    );
    const options = await fetch(`${url}/transactions`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${url}/status`, { method: 'HEAD' })).status).toBe(200);
  });

  test('names a path that is no path, or too long, without repeating it', async () => {
    const bad = await ask('/blocks/%zz');
    expectProblem(bad, 400, 'BadRequest');
    expect(JSON.stringify(bad.json)).not.toContain('zz');
    const long = await ask(`/accounts/${'a'.repeat(3 * HOSTED_KEY_BYTES_MAX + 1)}`);
    expectProblem(long, 414, 'PathTooLong');
    expectProblem(await ask(`/accounts/${'a'.repeat(100)}`), 400, 'BadIdentity');
  });

  test('says of entries that the chain hosts no application, instead of that there is no such entry', async () => {
    expectProblem(await ask('/application/colour'), 404, 'NoApplication');
    expect(await refused(['query', 'entry', 'colour', '--node', url])).toContain('this chain hosts no application');
  });

  test('refuses transactions that are none, and bodies that are too long', async () => {
    expectProblem(await post('abc', 'text/plain'), 400, 'BadHex');
    expectProblem(await post('{"transaction":5}', 'application/json'), 400, 'BadBody');
    expectProblem(await post('{', 'application/json'), 400, 'BadRequest');
    expectProblem(await post('<a/>', 'application/xml'), 415, 'UnknownContentType');
    expectProblem(await post(new Uint8Array(0), 'application/octet-stream'), 400, 'BadLength');
    expectProblem(await post(new Uint8Array(7), 'application/octet-stream'), 422, 'Undecodable');
    expectProblem(await post(new Uint8Array(1024 * 1024 + 1), 'application/octet-stream'), 400, 'BadLength');
    expectProblem(await post(new Uint8Array(3 * 1024 * 1024), 'application/octet-stream'), 413, 'TooLarge');
    expect((await ask('/health')).status).toBe(200);
  });

  test('repeats nothing of a request as a page', async () => {
    const response = await fetch(`${url}/<script>alert(1)</script>`, {
      headers: { 'x-name': '<b>', accept: 'text/html' },
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.text()).not.toContain('script');
  });

  test('proves an account against the app hash of the next header', async () => {
    const alice = await identityOf('alice');
    const { json } = await ask(`/accounts/${alice}/proof`);
    const proof = right(fromJson(accountProofCodec)(json['proof']));
    const appHash = right(hash(json['appHash']));
    expect(verifyAccountProof(appHash, right(identityId(alice)), proof)).toBe('valid');
    // Every block changes the state: only the header of the next height has this hash.
    const next = BigInt(String(json['height'])) + 1n;
    await until('the next block', async () => ((await height()) >= next ? true : undefined));
    const { block } = (await ask(`/blocks/${String(next)}`)).json as {
      readonly block: { readonly header: { readonly appHash: string } };
    };
    expect(block.header.appHash).toBe(appHash);
  });

  test('shows metrics of height, peers, journal, signatures and memory', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const name of [
      'zhtp_height',
      'zhtp_round',
      'zhtp_block_interval_seconds',
      'zhtp_peers',
      'zhtp_mempool_transactions',
      'zhtp_journal_syncs',
      'process_resident_memory_bytes',
    ])
      expect(text).toMatch(new RegExp(`^${name} [0-9]`, 'm'));
    expect(text).toMatch(/^zhtp_signatures\{state="valid"\} [0-9]/m);
  });
});

describe('a transaction that waits for a block', () => {
  test('is pending to whoever asks for its id, and not unknown', async () => {
    const folder = join(await newFolder(), 'net');
    await succeed('testnet', '--validators', '4', '--output', folder);
    const home = join(folder, 'node0');
    const apiPort = await freePort();
    // Its three fellows never run: no block is ever decided.
    await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'], persistentPeers: [] });
    const node = start(['start', '--home', home, '--log-file', join(folder, 'log')]);
    const lonely = `http://127.0.0.1:${String(apiPort)}`;
    await until(
      () => `a status: ${node.stderr()}`,
      () => getJson(`${lonely}/status`),
    );
    const accountOf = (name: string): string => join(folder, 'accounts', `${name}.json`);
    const transfer = (name: string): readonly string[] => [
      'tx',
      'send',
      '--node',
      lonely,
      '--amount',
      '1',
      '--from',
      accountOf(name),
      '--to',
      home,
    ];
    const sent = JSON.parse(await succeed(...transfer('alice'), '--json')) as { readonly id: string };
    const answer = await fetch(`${lonely}/transactions/${sent.id}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      id: sent.id,
      status: 'pending',
      location: null,
      transaction: { nonce: '0' },
    });
    expect(await succeed('query', 'tx', sent.id, '--node', lonely)).toMatch(/block +none yet: it waits in the mempool/);
    expect(await refused([...transfer('bob'), '--wait', '--wait-seconds', '1'])).toMatch(
      /is in no block after 1 s, it waits in the mempool/,
    );
    expect((await fetch(`${lonely}/transactions/${'ab'.repeat(32)}`)).status).toBe(404);
    expect((await getJson(`${lonely}/mempool`)) as object).toMatchObject({ transactions: 2 });
  }, 60_000);
});

describe('a transfer from the command line', () => {
  test('is refused, with a reason, when it could not succeed', async () => {
    const bob = keyFile('bob');
    expect(await refused(send('--to', bob, '--amount', '1.0000001'))).toMatch(
      /--amount: an amount is ZHTP with at most 6 decimals/,
    );
    expect(await refused(send('--to', bob, '--amount', '-1'))).toMatch(/--amount/);
    expect(await refused(send('--to', bob, '--amount', '101'))).toMatch(
      /the chain would refuse this: balance is 99\.[0-9]+ ZHTP after the fee, the transfer needs 101; nothing was sent/,
    );
    expect(await refused(send('--to', 'AB12', '--amount', '1'))).toMatch(
      /"AB12" is no identity: it needs 64 lowercase hex characters/,
    );
    expect(await refused(send('--to', bob, '--amount', '1', '--nonce', '5'))).toMatch(
      /nonce is 5, the account's next one is 0/,
    );
    expect(await refused(send('--to', bob, '--amount', '1', '--chain-id', 'other'))).toMatch(
      /is on chain zhtp-local, not other; nothing was sent/,
    );
    expect(await refused(send('--to', bob, '--amount', '1', '--fee', '0.000001'))).toMatch(/fee is 1 micro-ZHTP/);
    expect(await refused(send('--to', bob, '--amount', '1', '--node', 'http://127.0.0.1:9'))).toMatch(
      /127\.0\.0\.1:9 cannot be asked: bad port/,
    );
    expect(
      await refused([
        'tx',
        'send',
        '--node',
        url,
        '--from',
        join(accounts, 'passphrase'),
        '--to',
        bob,
        '--amount',
        '1',
      ]),
    ).toMatch(/is not JSON/);
    expect(await refused(send('--to', bob, '--amount', '1', '--passphrase-file', bob))).toMatch(
      /the passphrase does not open/,
    );
  }, 60_000);

  test('costs nothing as a dry run; several in a row take nonces in a row; receipts add up', async () => {
    const bob = await identityOf('bob');
    const dry = JSON.parse(await succeed(...send('--to', bob, '--amount', '1', '--dry-run'))) as {
      readonly id: string;
      readonly fee: string;
    };
    expect(dry).toMatchObject({ sent: false, applies: true, refusal: null });
    expect(dry.id).toMatch(/^[0-9a-f]{64}$/);
    expect(dry.fee).toMatch(/^[0-9]{4}$/);
    expect(await succeed('query', 'account', bob, '--node', url)).toMatch(/balance +100 ZHTP/);
    const first = await succeed(...send('--to', bob, '--amount', '0.5', '--memo', 'first'));
    const second = await succeed(...send('--to', bob, '--amount', '0.000001', '--wait'));
    expect([first, second].map((text) => /nonce +([0-9]+)/.exec(text)?.[1])).toEqual(['0', '1']);
    expect(await succeed('query', 'account', bob, '--node', url)).toMatch(/balance +100\.500001 ZHTP/);
    expect(await refused(send('--to', bob, '--amount', '1', '--nonce', '0'))).toMatch(
      /nonce is 0, the account's next one is 2: it was used already/,
    );
    const unknown = await refused([
      'tx',
      'send',
      '--node',
      url,
      '--from',
      keyFile('carol'),
      '--to',
      bob,
      '--amount',
      '1',
    ]);
    expect(unknown).toMatch(/carol\.json does not exist/);
  }, 60_000);

  test('comes from an account of this chain', async () => {
    const stranger = join(await newFolder(), 'stranger.json');
    const passphrase = { ZHTP_PASSPHRASE: 'only a test' };
    expect(await refused(['keys', 'new', '--output', stranger])).toMatch(
      /no passphrase was given; use --passphrase-file/,
    );
    const made = start(['keys', 'new', '--output', stranger, '--development'], passphrase);
    expect(await made.ended).toEqual({ code: 0, signal: null });
    expect(await refused(['keys', 'new', '--output', stranger], passphrase)).toMatch(
      /exists already; choose another name, nothing was overwritten/,
    );
    const sent = ['tx', 'send', '--node', url, '--from', stranger, '--to', keyFile('bob'), '--amount', '1'];
    expect(await refused(sent, passphrase)).toMatch(
      /account [0-9a-f]{64} does not exist on chain zhtp-local; it must receive a transfer before it can send/,
    );
  }, 60_000);
});

describe('a call of the application that a chain hosts', () => {
  const call = (...args: readonly string[]): readonly string[] => [
    'tx',
    'call',
    '--node',
    url,
    '--from',
    keyFile('alice'),
    ...args,
  ];
  const fileOf = async (bytes: number): Promise<string> => {
    const path = join(await newFolder(), 'payload');
    await writeFile(path, new Uint8Array(bytes));
    return path;
  };
  const dry = async (...args: readonly string[]) => JSON.parse(await succeed(...call(...args, '--dry-run'))) as object;

  test('carries text, bytes or a file, and is refused before it is sent where the chain hosts none', async () => {
    expect(await dry('--text', 'grün')).toMatchObject({
      applies: false,
      refusal: 'this chain hosts no application',
      transaction: { messages: [{ _tag: 'CallApplication', payload: '6772c3bc6e' }] },
    });
    expect(await dry('--hex', '00ff')).toMatchObject({ transaction: { messages: [{ payload: '00ff' }] } });
    expect(await dry('--text', '')).toMatchObject({ transaction: { messages: [{ payload: '' }] } });
    const longest = await dry('--file', await fileOf(HOSTED_PAYLOAD_BYTES_MAX));
    expect(longest).toMatchObject({ refusal: 'this chain hosts no application' });
    expect(await refused(call('--text', 'a'))).toMatch(/would refuse this: this chain hosts no app.*nothing was sent/);
  }, 60_000);

  test('takes one payload, well formed and no longer than a call may be', async () => {
    expect(await refused(call())).toMatch(/--text, --hex or --file, one of the three/);
    expect(await refused(call('--text', '', '--hex', ''))).toMatch(/one of the three/);
    expect(await refused(call('--hex', '0'))).toMatch(/--hex: hex is an even number of lowercase hex digits, got "0"/);
    expect(await refused(call('--file', join(accounts, 'none')))).toMatch(/none does not exist/);
    expect(await refused(call('--file', await fileOf(HOSTED_PAYLOAD_BYTES_MAX + 1)))).toMatch(
      /the payload has 65537 bytes; a call takes at most 65536/,
    );
  }, 60_000);
});
