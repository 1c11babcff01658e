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
 * thread executes and closes the block, some 13 ms of their time, which is what a file sync waits behind them at most.
 */
const AHEAD_PER_LANE = 32;

/** Has the transactions of one block verified while they are executed. */
export interface BlockJudge {
  /** Starts with the next one; answers how it is if its signatures hold. */
  take(opened: OpenedTransaction): JudgedTransaction;
  /** To be waited for before the next is taken; undefined: there is room now. */
  room(): Promise<void> | undefined;
  /** All that were taken, in their order, with their verdicts. */
  verdicts(): Promise<readonly JudgedTransaction[]>;
}

/** By keys and sets of the state before the block. */
export const createBlockJudge = (lane: VerificationLane, chain: ChainContext, state: LedgerState): BlockJudge => {
  const proposeKey = createKeyProposer((identity) => keyOf(state, identity));
  const of = judgingKeys(state);
  const aheadMax = AHEAD_PER_LANE * Math.max(1, lane.concurrency);
  const taken: JudgedTransaction[] = [];
  let waiting = 0;
  let waiter: { readonly atMost: number; readonly resume: () => void } | undefined;

  const settled = (): void => {
    waiting -= 1;
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
      const presumed = presumeValid(opened, key);
      const index = taken.push(presumed) - 1;
      waiting += 1;
      let signature: Validity = 'invalid';
      let messageValidity = presumed.messageValidity;
      let open = 2;
      const settle = (): void => {
        open -= 1;
        if (open > 0) return;
        if (signature === 'invalid' || messageValidity.includes('invalid'))
          taken[index] = judgedWith(opened, key, signature === 'valid', messageValidity);
        settled();
      };
      judgeMessages(lane, chain, of, opened, 'now', (validity) => {
        messageValidity = validity;
        settle();
      });
      if (O.isNone(key)) settle();
      else
        lane.judgeSigned(opened, key.value, 'now', (validity) => {
          signature = validity;
          settle();
        });
      return presumed;
    },
    // Half of them later: one turn for many, and the verifier still has work.
    room: () => (waiting < aheadMax ? undefined : untilWaiting(floorDivCount(aheadMax, 2))),
    verdicts: async () => {
      if (waiting > 0) await untilWaiting(0);
      return taken;
    },
  };
};

/** Whether every signature in and around it holds. */
export const isAsPresumed = ({ verdict, messageValidity }: JudgedTransaction): boolean =>
  verdict._tag === 'Judged' && verdict.validity === 'valid' && !messageValidity.includes('invalid');

/** Verifies all signatures at once. */
export const judgeTransactions = async (
  lane: VerificationLane,
  chain: ChainContext,
  state: LedgerState,
  transactions: readonly OpenedTransaction[],
): Promise<readonly JudgedTransaction[]> => {
  const judge = createBlockJudge(lane, chain, state);
  for (const opened of transactions) {
    judge.take(opened);
    const room = judge.room();
    if (room !== undefined) await room;
  }
  return judge.verdicts();
};
