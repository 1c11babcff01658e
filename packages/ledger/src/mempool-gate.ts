import type { CheckTxResult, IdentityId, Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { ChainContext } from './chain-context.ts';
import type { CheckState } from './check-state.ts';
import { judgeMessages } from './judge-transactions.ts';
import { invalidTransaction, rejection } from './invalid-transaction.ts';
import type { OpenedTransaction } from './opened-transaction.ts';
import type { VerificationLane } from './verification-lane.ts';

/** Lets transactions into the mempool: verified in parallel, admitted in the order in which they came. */
export interface MempoolGate {
  check(opened: OpenedTransaction): Promise<CheckTxResult>;
  /** The state after a block: what was admitted before is forgotten, the mempool shows its transactions again. */
  reset(state: CheckState): void;
}

export const createMempoolGate = (lane: VerificationLane, chain: ChainContext, first: CheckState): MempoolGate => {
  let state = first;
  let inFlight = 0n;
  let turn: Promise<unknown> = Promise.resolve();
  /** Keys of first transactions on their way: the sender's second one may be right behind. The sender owns them all. */
  const arriving = new Map<IdentityId, { readonly key: Uint8Array; count: number }>();

  const arrive = ({ transaction: { sender, publicKey } }: OpenedTransaction): (() => void) => {
    if (O.isNone(publicKey)) return () => undefined;
    const entry = arriving.get(sender) ?? { key: publicKey.value, count: 0 };
    entry.count += 1;
    arriving.set(sender, entry);
    return () => {
      entry.count -= 1;
      if (entry.count === 0) arriving.delete(sender);
    };
  };

  const arrivingKey = (sender: IdentityId): Option<Uint8Array> => O.fromNullable(arriving.get(sender)?.key);

  const verifyAndAdmit = async (opened: OpenedTransaction, publicKey: Uint8Array): Promise<CheckTxResult> => {
    const leave = arrive(opened);
    inFlight += 1n;
    const before = turn;
    const verdict = new Promise<Validity>((resolve) => {
      lane.judgeSigned(opened, publicKey, 'inTurn', resolve);
    });
    const messages = new Promise<readonly Validity[]>((resolve) => {
      judgeMessages(lane, chain, state.keys, opened, 'inTurn', resolve);
    });
    const admission = (async (): Promise<CheckTxResult> => {
      const validity = await verdict;
      const messageValidity = await messages;
      await before;
      inFlight -= 1n;
      leave();
      const admitted = state.admit({ ...opened, messageValidity, verdict: { _tag: 'Judged', publicKey, validity } });
      return E.isLeft(admitted) ? rejection(admitted.left) : admitted.right;
    })();
    // A broken invariant in one must not keep the others waiting: each caller sees its own.
    turn = admission.then(
      () => undefined,
      () => undefined,
    );
    return admission;
  };

  return {
    check: async (opened) => {
      const prechecked = state.precheck(opened, inFlight);
      if (E.isLeft(prechecked)) return rejection(prechecked.left);
      const { sender } = opened.transaction;
      const key = O.isSome(prechecked.right) ? prechecked.right : arrivingKey(sender);
      return O.isNone(key)
        ? rejection(
            invalidTransaction(
              'KeyMissing',
              `publicKey is missing: the first transaction of account ${sender} must carry its key`,
            ),
          )
        : verifyAndAdmit(opened, key.value);
    },
    reset: (next) => {
      state = next;
    },
  };
};
