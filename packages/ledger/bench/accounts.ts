import { taggedHash } from '@zhtp/crypto';
import {
  DEFAULT_CHAIN_PARAMETERS,
  encode,
  hash,
  identityId,
  type Genesis,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import {
  accountRecordCodec,
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  genesisState,
  ledgerAppState,
  mapFrom,
  transactionIdOf,
  transactionSignBytes,
  type ChainContext,
  type ExecutableBlock,
  type JudgedTransaction,
  type LedgerState,
  type Transaction,
} from '@zhtp/ledger';

export const must = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result))
    throw new Error(
      JSON.stringify(result.left, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
  return result.right;
};

const digest = (n: number): Hash => must(hash(taggedHash('bench/person', Uint8Array.of(n >> 24, n >> 16, n >> 8, n))));
export const person = (n: number): IdentityId => must(identityId(digest(n)));

export const ALGORITHM = 'ML-DSA-65';
export const chain: ChainContext = { chainId: 'bench', genesisHash: digest(0), algorithm: ALGORITHM };
export const KEY = Uint8Array.of(1);
export const START_MS = 1_700_000_000_000n;

export const genesis: Genesis = {
  formatVersion: 1,
  chainId: 'bench',
  genesisTime: START_MS,
  initialHeight: 1n,
  signatureAlgorithm: ALGORITHM,
  parameters: {
    ...DEFAULT_CHAIN_PARAMETERS,
    // Its blocks need no proofs.
    consensus: { ...DEFAULT_CHAIN_PARAMETERS.consensus, consensusType: 'ByzantineFaultTolerance' },
  },
  validators: [],
  appState: ledgerAppState({ ...DEFAULT_FIRST_POLICY, accounts: [], parameters: DEFAULT_LEDGER_PARAMETERS }),
};

const encodeRecord = encode(accountRecordCodec);
const BALANCE = 1_000_000_000n;

/** A state of so many accounts, the first of them with keys. */
export const stateOf = (accounts: number, withKeys = accounts): LedgerState => {
  const record = encodeRecord({ balance: BALANCE, nonce: 0n });
  const people = Array.from({ length: accounts }, (_, n) => person(n));
  const balances = BigInt(accounts) * BALANCE;
  return {
    ...must(genesisState(genesis, { ...DEFAULT_FIRST_POLICY, accounts: [], parameters: DEFAULT_LEDGER_PARAMETERS })),
    accounts: mapFrom(people.map((who) => [who, record])),
    keys: mapFrom(people.slice(0, withKeys).map((who) => [who, KEY])),
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

/** A block of transfers between so many pairs of different accounts, signatures taken as verified. */
export const blockOfTransfers = (
  count: number,
  pair: (i: number) => readonly [number, number] = (i) => [2 * i, 2 * i + 1],
): ExecutableBlock => ({
  height: 1n,
  timeMs: START_MS + 10_000n,
  proposer: person(0),
  signers: new Uint8Array(0),
  evidence: [],
  transactions: Array.from({ length: count }, (_, i) => {
    const [from, to] = pair(i);
    return judged(person(from), person(to));
  }),
});
