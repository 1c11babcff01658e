import { keyPairFromSeed, taggedHash, verifyMessage } from '@zhtp/crypto';
import { DEFAULT_CHAIN_PARAMETERS, encode, hash, identityId, type Hash, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import {
  accountRecordCodec,
  buildTransfer,
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  executeBlock,
  genesisState,
  mapFrom,
  mapRoot,
  openTransaction,
  signTransaction,
  transactionIdOf,
  transactionSignBytes,
  updateMap,
  type ChainContext,
  type ChainGenesis,
  type JudgedTransaction,
  type LedgerState,
  type Transaction,
} from '@zhtp/ledger';
import { print, secondsOf } from './measure.ts';

const must = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result))
    throw new Error(
      JSON.stringify(result.left, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
  return result.right;
};
const digest = (n: number): Hash => must(hash(taggedHash('bench/person', Uint8Array.of(n >> 24, n >> 16, n >> 8, n))));
const person = (n: number): IdentityId => must(identityId(digest(n)));

const ALGORITHM = 'ML-DSA-65';
const chain: ChainContext = { chainId: 'bench', genesisHash: digest(0), algorithm: ALGORITHM };
const KEY = Uint8Array.of(1);
const encodeRecord = encode(accountRecordCodec);

const genesis: ChainGenesis = {
  chainId: 'bench',
  genesisTime: 0n,
  initialHeight: 1n,
  signatureAlgorithm: ALGORITHM,
  parameters: DEFAULT_CHAIN_PARAMETERS,
  validators: [],
};

const stateOf = (accounts: number): LedgerState => {
  const people = Array.from({ length: accounts }, (_, n) => person(n));
  const balances = BigInt(accounts) * 1_000_000_000n;
  return {
    ...must(genesisState(genesis, { ...DEFAULT_FIRST_POLICY, accounts: [], parameters: DEFAULT_LEDGER_PARAMETERS })),
    accounts: mapFrom(people.map((who) => [who, encodeRecord({ balance: 1_000_000_000n, nonce: 0n })])),
    keys: mapFrom(people.map((who) => [who, KEY])),
    totals: { balances, feePool: 0n, ubiPool: 0n, governancePool: 0n, supply: balances, emitted: 0n, burned: 0n },
  };
};

const judged = (sender: IdentityId, recipient: IdentityId): JudgedTransaction => {
  const transaction: Transaction = {
    chainId: 'bench',
    sender,
    nonce: 0n,
    fee: 4_000n,
    expiryHeight: 0n,
    memo: '',
    publicKey: O.none,
    messages: [{ _tag: 'Transfer', recipient, amount: 5n }],
    signature: { algorithm: ALGORITHM, signature: new Uint8Array(0), publicKey: O.none },
  };
  const signBytes = transactionSignBytes(chain.genesisHash, transaction);
  return {
    transaction,
    id: transactionIdOf(signBytes),
    signBytes,
    byteLength: 3_500,
    verdict: { _tag: 'Judged', publicKey: KEY, validity: 'valid' },
    messageValidity: ['valid'],
  };
};

const ACCOUNTS = 100_000;
print(
  `ledger: ${String(ACCOUNTS)} accounts, blocks of transfers between different ones, signatures taken as verified; CPU time`,
);

const builtSeconds = secondsOf(() => mapRoot(stateOf(ACCOUNTS).accounts), 2);
const state = stateOf(ACCOUNTS);
mapRoot(state.accounts);
mapRoot(state.keys);

for (const count of [100, 1_000, 10_000]) {
  const transactions = Array.from({ length: count }, (_, i) => judged(person(2 * i), person(2 * i + 1)));
  const block = {
    height: 1n,
    timeMs: 10_000n,
    proposer: person(0),
    signers: new Uint8Array(0),
    evidence: [],
    transactions,
  };
  const { changes } = must(executeBlock(state, chain, block));
  const seconds = secondsOf(() => must(executeBlock(state, chain, block)));
  const rootSeconds = secondsOf(() => mapRoot(updateMap(state.accounts, changes.accounts)));
  const [whole, withoutRoot] = [seconds, seconds - rootSeconds].map((s) => Math.round(count / s).toString());
  print(`${String(count)} transfers executed: ${withoutRoot} per second without the root, ${whole} with it`);
}

const rebuild = secondsOf(
  () => mapRoot(mapFrom(Array.from({ length: ACCOUNTS }, (_, n) => [person(n), KEY] as const))),
  2,
);
for (const changed of [1, 10, 100, 1_000, 10_000]) {
  let round = 0;
  const update = secondsOf(() => {
    round += 1;
    const value = Uint8Array.of(round >> 8, round);
    mapRoot(
      updateMap(
        state.accounts,
        new Map(Array.from({ length: changed }, (_, n) => [person(n * 7), O.some(value)] as const)),
      ),
    );
  });
  print(
    `root after ${String(changed)} changed keys: ${((update * 1e6) / changed).toFixed(1)} µs per key, ${(rebuild / update).toFixed(0)} times cheaper than a rebuild`,
  );
}
print(`state of ${String(ACCOUNTS)} accounts built and hashed at start: ${builtSeconds.toFixed(2)} s`);

const keyPair = keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(1));
const body = buildTransfer({
  chainId: 'bench',
  sender: keyPair,
  account: { nonce: 1n, publicKey: O.some(keyPair.publicKey) },
  recipient: person(1),
  amount: 5n,
  parameters: state.parameters,
});
const { bytes } = signTransaction(body, keyPair, chain.genesisHash);
const opened = must(openTransaction(chain, bytes));
const CALLS = 500;
const perCall = (work: () => unknown): number =>
  secondsOf(() => {
    for (let i = 0; i < CALLS; i++) work();
  }) / CALLS;
const openSeconds = perCall(() => openTransaction(chain, bytes));
const verifySeconds = perCall(() =>
  verifyMessage(
    ALGORITHM,
    keyPair.publicKey,
    'zhtp/transaction/v1',
    opened.signBytes,
    opened.transaction.signature.signature,
  ),
);
print(
  `opening a signed transfer of ${String(bytes.length)} bytes: ${(openSeconds * 1e6).toFixed(1)} µs, ${(verifySeconds / openSeconds).toFixed(0)} times less than verifying it`,
);
