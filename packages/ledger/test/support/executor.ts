import { encode, hash, identityId, type Hash, type IdentityId } from '@zhtp/types';
import { taggedHash } from '@zhtp/crypto';
import { option as O } from 'fp-ts';
import {
  executeBlock,
  genesisState,
  type ExecutableBlock,
  mapFrom,
  transactionIdOf,
  transactionSignBytes,
  accountRecordCodec,
  type JudgedTransaction,
  type LedgerMessage,
  type LedgerState,
  type Transaction,
} from '@zhtp/ledger';
import { ALGORITHM, CHAIN_ID, CONTEXT, GENESIS_TIME_MS, genesisWith, PARAMETERS, right } from './chain.ts';

/** Any number of accounts without making keys: the executor takes verdicts, and compares keys byte by byte. */
export const personOf = (n: number): IdentityId => right(identityId(digestOf(n)));
const digestOf = (n: number): Hash => right(hash(taggedHash('test/person', Uint8Array.of(n >> 16, n >> 8, n))));

export const STAND_IN_KEY = Uint8Array.of(1, 2, 3);

const encodeRecord = encode(accountRecordCodec);

export interface Holding {
  readonly who: IdentityId;
  readonly balance: bigint;
  readonly nonce?: bigint;
}

/** A state whose accounts all have the stand-in key, on a chain without validators. */
export const stateOf = (holdings: readonly Holding[], parameters = PARAMETERS): LedgerState => {
  const first = right(genesisState(genesisWith([]), { ...NO_POLICY, accounts: [], parameters }));
  const balances = holdings.reduce((sum, { balance }) => sum + balance, 0n);
  return {
    ...first,
    accounts: mapFrom(holdings.map(({ who, balance, nonce = 0n }) => [who, encodeRecord({ balance, nonce })])),
    keys: mapFrom(holdings.map(({ who }) => [who, STAND_IN_KEY])),
    totals: { ...first.totals, balances, supply: balances },
  };
};

/** So that money moves by transactions alone. */
const NO_REWARDS = [{ name: 'baseRewardMicro', value: 0n }];
const NO_POLICY = {
  chainParameters: NO_REWARDS,
  difficulty: O.none,
  treasury: 0n,
  budgets: [],
  storage: [],
  hosted: O.none,
  allowList: O.none,
};

export const transferTo = (recipient: IdentityId, amount: bigint): LedgerMessage => ({
  _tag: 'Transfer',
  recipient,
  amount,
});

/** Length every transaction of these tests is taken to have. */
export const BYTE_LENGTH = 100;
/** What that costs at least under {@link PARAMETERS}. */
export const LEAST_FEE = 200n;

export const transactionOf = (
  fields: Partial<Transaction> & Pick<Transaction, 'sender' | 'messages'>,
): Transaction => ({
  chainId: CHAIN_ID,
  nonce: 0n,
  fee: LEAST_FEE,
  expiryHeight: 0n,
  memo: '',
  publicKey: O.none,
  signature: { algorithm: ALGORITHM, signature: new Uint8Array(0), publicKey: O.none },
  ...fields,
});

/** The transaction with a good signature, without making one. */
export const trusted = (transaction: Transaction, publicKey: Uint8Array = STAND_IN_KEY): JudgedTransaction => {
  const signBytes = transactionSignBytes(CONTEXT.genesisHash, transaction);
  return {
    transaction,
    id: transactionIdOf(signBytes),
    signBytes,
    byteLength: BYTE_LENGTH,
    verdict: { _tag: 'Judged', publicKey, validity: 'valid' },
    messageValidity: transaction.messages.map(() => 'valid'),
  };
};

export const HEIGHT = 10n;

/** The next block of a chain without validators, {@link HEIGHT} where there was none. */
export const blockWith = (state: LedgerState, transactions: readonly JudgedTransaction[]): ExecutableBlock => {
  const height = state.previous === undefined ? HEIGHT : state.previous.height + 1n;
  return {
    height,
    timeMs: GENESIS_TIME_MS + height * 10_000n,
    proposer: personOf(0),
    signers: new Uint8Array(0),
    evidence: [],
    transactions,
  };
};

export const execute = (state: LedgerState, transactions: readonly Transaction[]) =>
  executeBlock(
    state,
    CONTEXT,
    blockWith(
      state,
      transactions.map((tx) => trusted(tx)),
    ),
  );
