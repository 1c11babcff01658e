import { emptyCertificate, genesisHashOf } from '@zhtp/chain';
import { accountCodec, type Account, type LedgerApplication, type SignedTransaction } from '@zhtp/ledger';
import { decode, hashToBytes, type IdentityId, type KeyPair, type PrepareProposalRequest } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  alice,
  bob,
  carol,
  countingVerifier,
  funded,
  genesisWith,
  identityOfPair,
  memoryStore,
  openLedger,
  right,
  run,
  type CountingVerifier,
  type MemoryStore,
} from './chain.ts';
import { pay, type Payment } from './wallet.ts';

/** micro-ZHTP that alice, bob and carol begin with. */
export const FUNDS = 10_000_000n;
export const GENESIS = genesisWith([alice, bob, carol].map((pair) => funded(pair, FUNDS)));
export const GENESIS_HASH = genesisHashOf(GENESIS);

export const signed = (payment: Payment): SignedTransaction => pay(GENESIS_HASH, payment);
export const bytesOf = (payment: Payment): Uint8Array => signed(payment).bytes;

export interface StartedLedger {
  readonly store: MemoryStore;
  readonly verifier: CountingVerifier;
  readonly ledger: LedgerApplication;
}

/** A ledger before its first block. */
export const startLedger = async (): Promise<StartedLedger> => {
  const [store, verifier] = [memoryStore(), countingVerifier()];
  const ledger = await openLedger(store, verifier);
  await run(ledger.initChain(GENESIS));
  return { store, verifier, ledger };
};

/** What a query says of an account; undefined where it says nothing. */
export const accountOf = async (ledger: LedgerApplication, who: KeyPair | IdentityId): Promise<Account | undefined> => {
  const identity = typeof who === 'string' ? who : identityOfPair(who);
  const answer = await run(ledger.query({ path: 'account', data: hashToBytes(identity) }));
  return O.isSome(answer) ? right(decode(accountCodec)(answer.value)) : undefined;
};

/** A proposal of the first block, with room for all. */
export const proposalOf = (
  transactions: readonly Uint8Array[],
  more: Partial<PrepareProposalRequest> = {},
): PrepareProposalRequest => ({
  height: 1n,
  time: 1_700_000_010_000n,
  proposer: identityOfPair(alice),
  transactions,
  maxBytes: 1_000_000,
  maxTransactions: 1_000,
  voteExtensions: [],
  lastCommit: emptyCertificate(),
  evidence: [],
  ...more,
});
