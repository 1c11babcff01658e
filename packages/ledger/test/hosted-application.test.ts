import { genesisHashOf } from '@zhtp/chain';
import { decode, decodeUtf8, encode, encodeUtf8, type Genesis } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  buildTransaction,
  entryPathCodec,
  entryProofCodec,
  HOSTED_KEY_BYTES_MAX,
  HOSTED_VALUE_BYTES_MAX,
  LedgerApplication,
  ledgerAppState,
  signTransaction,
  tryMessages,
  verifyEntryProof,
  type HostedApplication,
  type LedgerMessage,
  type LedgerState,
} from '@zhtp/ledger';
import {
  alice,
  blockOf,
  bob,
  CHAIN_ID,
  countingVerifier,
  failure,
  funded,
  genesisWith,
  identityOfPair,
  memoryStore,
  PARAMETERS,
  right,
  run,
  type MemoryStore,
} from './support/chain.ts';

/** `key=value` sets, `-key` deletes, and `!…` misbehaves. */
const board: HostedApplication = {
  name: 'board/1',
  call: (state, payload, { sender, height, atSeconds, chain }) => {
    const line = decodeUtf8(payload);
    state.set('last', encodeUtf8(`${sender} ${String(height)} ${String(atSeconds)}`));
    if (line === '!refuse') return 'not today';
    if (line === '!throw') throw new Error('oops');
    if (line === '!throw nothing') throw Object.create(null);
    if (line === '!long key') state.set('k'.repeat(HOSTED_KEY_BYTES_MAX + 1), payload);
    if (line === '!longest') state.set('k'.repeat(HOSTED_KEY_BYTES_MAX), new Uint8Array(HOSTED_VALUE_BYTES_MAX));
    if (line === '!half a character') state.set('a\u{1f600}'.slice(0, 2), payload);
    if (line === '!long value') state.set('k', new Uint8Array(HOSTED_VALUE_BYTES_MAX + 1));
    if (line === '?treasury') state.set('treasury', encodeUtf8(String(chain.governance.treasury.balance)));
    const [key = '', value] = line.split('=');
    if (line.startsWith('-')) state.delete(line.slice(1));
    else if (value !== undefined) state.set(key, encodeUtf8(value));
    return undefined;
  },
};

const genesisHosting = (name: string | undefined): Genesis =>
  genesisWith([], {
    appState: ledgerAppState({
      accounts: [funded(alice, 10_000_000n), funded(bob, 10_000_000n)],
      parameters: PARAMETERS,
      chainParameters: [],
      difficulty: O.none,
      treasury: 5_000n,
      budgets: [],
      storage: [],
      allowList: O.none,
      hosted: O.fromNullable(name),
    }),
  });

const GENESIS = genesisHosting(board.name);

const open = (store: MemoryStore, hosted: HostedApplication | undefined = board) =>
  LedgerApplication.open({
    store,
    verifier: countingVerifier(),
    ...(hosted === undefined ? {} : { hosted }),
  });

const stateOf = (ledger: LedgerApplication): LedgerState => {
  const state = ledger.committedState();
  if (O.isNone(state)) throw new Error('no genesis yet');
  return state.value;
};

const call = (line: string): LedgerMessage => ({ _tag: 'CallApplication', payload: encodeUtf8(line) });

/** A chain that hosts the board, and transactions of alice with what they do. */
const chainOf = async () => {
  const store = memoryStore();
  let ledger = await run(open(store));
  await run(ledger.initChain(GENESIS));
  let height = 0n;
  return {
    store,
    ledger: () => ledger,
    restart: async () => {
      ledger = await run(open(store));
    },
    /** One block with a transaction of these messages; what its receipt says. */
    block: async (...messages: readonly LedgerMessage[]) => {
      const body = buildTransaction({
        chainId: CHAIN_ID,
        sender: alice,
        account: { nonce: height, publicKey: height === 0n ? O.none : O.some(alice.publicKey) },
        messages,
        parameters: PARAMETERS,
      });
      height += 1n;
      const { bytes } = signTransaction(right(body), alice, genesisHashOf(GENESIS));
      const finalized = await run(ledger.finalizeBlock(blockOf(height, [bytes])));
      await run(ledger.commit());
      return { appHash: finalized.appHash, said: finalized.results[0]?.message };
    },
    entry: async (key: string): Promise<string | undefined> => {
      const data = encode(entryPathCodec)({ map: 'hosted', key });
      const found = await run(ledger.query({ path: 'entry', data }));
      // The length of the bytes stands in front of them.
      return O.isSome(found) ? decodeUtf8(found.value.slice(4)) : undefined;
    },
  };
};

describe('an application that a chain hosts', () => {
  test('writes, reads, deletes, and knows who calls, where and when', async () => {
    const chain = await chainOf();
    expect((await chain.block(call('a=1'), call('b=2'))).said).toBe('');
    expect(await chain.entry('a')).toBe('1');
    expect(await chain.entry('last')).toBe(`${identityOfPair(alice)} 1 1700000010`);
    await chain.block(call('-a'));
    expect([await chain.entry('a'), await chain.entry('b')]).toEqual([undefined, '2']);
  });

  test('stands beside governance: it sees what a message before it did', async () => {
    const chain = await chainOf();
    const { said } = await chain.block({ _tag: 'DepositToTreasury', amount: 700n }, call('?treasury'));
    expect([said, await chain.entry('treasury')]).toEqual(['', '5700']);
  });

  test.each([
    ['!refuse', 'message 1: board/1: not today'],
    ['!throw', 'message 1: board/1 threw: oops'],
    ['!throw nothing', 'message 1: board/1 threw: it gave no sentence'],
    ['!long key', 'message 1: board/1 threw: a key of 1025 bytes, it may have 1024'],
    ['!half a character', 'message 1: board/1 threw: a key must be well-formed text'],
    ['!long value', 'message 1: board/1 threw: a value of 65537 bytes, it may have 65536'],
  ])('%s undoes the whole transaction, which pays all the same', async (line, sentence) => {
    const chain = await chainOf();
    const before = stateOf(chain.ledger());
    const { said } = await chain.block(call('a=1'), call(line));
    expect(said).toBe(sentence);
    const after = stateOf(chain.ledger());
    expect([...after.hosted.entries()]).toEqual([]);
    expect(after.totals.feePool).toBeGreaterThan(before.totals.feePool);
  });

  test('keys and values of the greatest length are taken', async () => {
    const chain = await chainOf();
    expect((await chain.block(call('!longest'))).said).toBe('');
  });

  test('has its entries in the app hash, proven present and absent', async () => {
    const chain = await chainOf();
    const { appHash } = await chain.block(call('a=1'));
    const proofOf = async (key: string) => {
      const data = encode(entryPathCodec)({ map: 'hosted', key });
      const bytes = await run(chain.ledger().query({ path: 'entry-proof', data }));
      return right(decode(entryProofCodec)(O.isSome(bytes) ? bytes.value : new Uint8Array(0)));
    };
    const [there, absent] = [await proofOf('a'), await proofOf('b')];
    expect(O.map((value: Uint8Array) => decodeUtf8(value.slice(4)))(there.value)).toEqual(O.some('1'));
    expect(absent.value).toEqual(O.none);
    expect(verifyEntryProof(appHash, 'hosted', 'a', there)).toBe('valid');
    expect(verifyEntryProof(appHash, 'hosted', 'b', absent)).toBe('valid');
    expect(verifyEntryProof(appHash, 'hosted', 'b', there)).toBe('invalid');
  });

  test('goes on after a restart, and gives the same hashes as without one', async () => {
    const [one, other] = [await chainOf(), await chainOf()];
    await one.block(call('a=1'));
    await other.block(call('a=1'));
    await other.restart();
    expect(await other.entry('a')).toBe('1');
    expect((await other.block(call('b=2'))).appHash).toBe((await one.block(call('b=2'))).appHash);
  });

  test('is asked before a transaction is signed, too', async () => {
    const chain = await chainOf();
    const state = stateOf(chain.ledger());
    const trial = { sender: identityOfPair(bob), fee: 1n, atSeconds: 0n };
    const refused = tryMessages(state, { ...trial, messages: [call('!refuse')], hosted: board });
    expect(refused).toMatchObject(O.some({ reason: 'ApplicationRefused', sentence: 'board/1: not today' }));
    expect(tryMessages(state, { ...trial, messages: [call('a=1')], hosted: board })).toEqual(O.none);
  });
});

describe('a node', () => {
  test.each([
    ['with none', undefined, 'the chain hosts the application "board/1", this node has none'],
    [
      'with another',
      { ...board, name: 'board/2' },
      'the chain hosts the application "board/1", this node has "board/2"',
    ],
  ])('%s refuses a chain that hosts one, at genesis and at a restart', async (_, hosted, sentence) => {
    const opened = await LedgerApplication.open({
      store: memoryStore(),
      verifier: countingVerifier(),
      ...(hosted === undefined ? {} : { hosted }),
    })();
    expect(await failure(right(opened).initChain(GENESIS))).toContain(sentence);
    const { store } = await chainOf();
    const again = LedgerApplication.open({
      store,
      verifier: countingVerifier(),
      ...(hosted === undefined ? {} : { hosted }),
    });
    expect(await failure(again)).toContain(sentence);
  });

  test('with one refuses a chain that hosts none', async () => {
    const ledger = await run(open(memoryStore()));
    expect(await failure(ledger.initChain(genesisHosting(undefined)))).toContain('the chain no application');
  });

  test('without one refuses calls on a chain that hosts none, by receipt', async () => {
    const genesis = genesisHosting(undefined);
    const ledger = await run(LedgerApplication.open({ store: memoryStore(), verifier: countingVerifier() }));
    await run(ledger.initChain(genesis));
    const body = buildTransaction({
      chainId: CHAIN_ID,
      sender: alice,
      account: { nonce: 0n, publicKey: O.none },
      messages: [call('a=1')],
      parameters: PARAMETERS,
    });
    const { bytes } = signTransaction(right(body), alice, genesisHashOf(genesis));
    const { results } = await run(ledger.finalizeBlock(blockOf(1n, [bytes])));
    expect(results[0]).toMatchObject({ ok: false, message: 'message 0: this chain hosts no application' });
  });

  test('cannot be given a name of nothing', async () => {
    const ledger = await run(open(memoryStore()));
    expect(await failure(ledger.initChain(genesisHosting('')))).toContain('appState.hosted');
  });
});
