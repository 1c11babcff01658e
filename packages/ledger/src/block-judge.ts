import { schemeOf } from '@zhtp/crypto';
import { floorDivCount, type Validity } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { ChainContext } from './chain-context.ts';
import { createKeyProposer, judgedWith, judgeMessages, presumeValid } from './judge-transactions.ts';
import { keyOf, type LedgerState } from './ledger-state.ts';
import { judgingKeys } from './messages/judging-keys.ts';
import type { JudgedTransaction, OpenedTransaction } from './opened-transaction.ts';
import type { VerificationLane } from './verification-lane.ts';

/**
 * Verifications of one block handed over at once, per one that keeps the verifier busy: enough for the other cores while this
 * thread executes and closes the block, some 13 ms of their time, which is what a file sync waits behind them at most, and
 * behind those of one transaction more.
 */
const AHEAD_PER_LANE = 32;

/** How many verifications a transaction takes at most, its messages' own included: so many signatures fit into its bytes. */
const verificationsOf = ({ byteLength, transaction }: OpenedTransaction): number =>
  Math.max(1, floorDivCount(byteLength, schemeOf(transaction.signature.algorithm).signatureBytes));

/** What was found out about a transaction whose signatures do not all hold. */
export interface Failure {
  readonly signature: Validity;
  readonly messageValidity: readonly Validity[];
}

/** By place in the block; whoever is not in here holds. */
export type Failures = ReadonlyMap<number, Failure>;

/** Has the transactions of one block verified while they are executed, and holds on to none longer than that takes. */
export interface BlockJudge {
  /** Starts with the next one; answers how it is if its signatures hold. */
  take(opened: OpenedTransaction): JudgedTransaction;
  /** To be waited for before the next is taken; undefined: there is room now. */
  room(): Promise<void> | undefined;
  /** Of all that were taken, once all are verified. */
  failures(): Promise<Failures>;
}

/** By keys and sets of the state before the block. */
export const createBlockJudge = (lane: VerificationLane, chain: ChainContext, state: LedgerState): BlockJudge => {
  const proposeKey = createKeyProposer((identity) => keyOf(state, identity));
  const of = judgingKeys(state);
  const aheadMax = AHEAD_PER_LANE * Math.max(1, lane.concurrency);
  const failures = new Map<number, Failure>();
  let taken = 0;
  /** Verifications. */
  let waiting = 0;
  let waiter: { readonly atMost: number; readonly resume: () => void } | undefined;

  const settled = (verifications: number): void => {
    waiting -= verifications;
    if (waiter === undefined || waiting > waiter.atMost) return;
    waiter.resume();
    waiter = undefined;
  };

  const untilWaiting = (atMost: number): Promise<void> =>
    new Promise((resume) => {
      waiter = { atMost, resume };
    });

  return {
    take: (opened) => {
      const key = proposeKey(opened);
      const index = taken;
      const verifications = verificationsOf(opened);
      taken += 1;
      waiting += verifications;
      judgeMessages(lane, chain, of, opened, 'now', (messageValidity) => {
        const settle = (signature: Validity): void => {
          if (signature === 'invalid' || messageValidity.includes('invalid'))
            failures.set(index, { signature, messageValidity });
          settled(verifications);
        };
        if (O.isNone(key)) settle('invalid');
        else lane.judgeSigned(opened, key.value, 'now', settle);
      });
      return presumeValid(opened, key);
    },
    // Half of them later: one turn for many, and the verifier still has work.
    room: () => (waiting < aheadMax ? undefined : untilWaiting(floorDivCount(aheadMax, 2))),
    failures: async () => {
      if (waiting > 0) await untilWaiting(0);
      return failures;
    },
  };
};

/** All transactions of a block by what was found out. Proposes the same keys again: they follow from state and order. */
export const judgedBy = (
  failures: Failures,
  state: LedgerState,
  transactions: readonly OpenedTransaction[],
): readonly JudgedTransaction[] => {
  const proposeKey = createKeyProposer((identity) => keyOf(state, identity));
  return transactions.map((opened, index) => {
    const key = proposeKey(opened);
    const failure = failures.get(index);
    return failure === undefined
      ? presumeValid(opened, key)
      : judgedWith(opened, key, failure.signature === 'valid', failure.messageValidity);
  });
};

/** What was found out about a selection that is to become a block, verified like one. */
export const judgeTransactions = async (
  lane: VerificationLane,
  chain: ChainContext,
  state: LedgerState,
  transactions: readonly OpenedTransaction[],
): Promise<Failures> => {
  const judge = createBlockJudge(lane, chain, state);
  for (const opened of transactions) {
    judge.take(opened);
    const room = judge.room();
    if (room !== undefined) await room;
  }
  return judge.failures();
};
