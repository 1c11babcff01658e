import { mulDivFloor, type CheckTxResult, type IdentityId } from '@zhtp/types';
import type { BlockPoint } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ChainContext } from './chain-context.ts';
import { executeTransaction } from './execute.ts';
import type { InvalidTransaction } from './invalid-transaction.ts';
import type { LedgerState } from './ledger-state.ts';
import { judgingKeys, type JudgingKeys } from './messages/judging-keys.ts';
import type { JudgedTransaction, OpenedTransaction } from './opened-transaction.ts';
import { checkKey, checkNonce, checkPayer, checkSignature } from './transaction-rules.ts';
import { openWorkingState, type WorkingState } from './working-state.ts';

type Accepted = Extract<CheckTxResult, { readonly _tag: 'Accepted' }>;

/** Priority is the fee per byte, in millionths of a micro-ZHTP. */
const PRIORITY_SCALE = 1_000_000n;

/**
 * What the state would be with the waiting transactions applied in the order they were admitted. A guess about the next
 * blocks, for the mempool alone: every block is judged by the committed state.
 */
export interface CheckState {
  /** Of the committed state, which signatures inside messages are judged by. */
  readonly keys: JudgingKeys;
  /**
   * What can be refused before a signature is verified; otherwise the key to verify with, where it is known.
   * @param lead how many transactions of the same sender may be under way before this one
   */
  precheck(opened: OpenedTransaction, lead: bigint): Either<InvalidTransaction, Option<Uint8Array>>;
  /** Takes the transaction in, or says why not. A nonce that waits already may come again: the mempool replaces by fee. */
  admit(judged: JudgedTransaction): Either<InvalidTransaction, Accepted>;
}

const NO_RECORD = { balance: 0n, nonce: 0n };

/** A view that the first transaction opens: many a block is followed by the next before one comes. */
const openedLater = (state: LedgerState): (() => WorkingState) => {
  let view: WorkingState | undefined;
  return () => (view ??= openWorkingState(state));
};

/** @param at the next block: its height, and the time of the last one, which is all that is known of its time */
export const openCheckState = (state: LedgerState, chain: ChainContext, at: BlockPoint): CheckState => {
  const { height } = at;
  const committed = openedLater(state);
  const pending = openedLater(state);
  const nonceIn = (view: WorkingState, sender: IdentityId): bigint =>
    O.getOrElse(() => NO_RECORD)(view.record(sender)).nonce;
  /** Fees are judged by the committed balance: the waiting transactions that lowered the other one may be replaced. */
  const payerView = (sender: IdentityId): WorkingState =>
    O.isSome(committed().record(sender)) ? committed() : pending();

  /** What waits may change keys: before the transaction with this nonce the account's key was that. */
  const changes = new Map<IdentityId, { readonly nonce: bigint; readonly before: Option<Uint8Array> }[]>();
  const keyAt = (sender: IdentityId, nonce: bigint): Option<Uint8Array> =>
    changes.get(sender)?.find((change) => nonce <= change.nonce)?.before ?? pending().key(sender);

  const apply = (judged: JudgedTransaction): Either<InvalidTransaction, unknown> => {
    const { sender, nonce } = judged.transaction;
    const before = pending().key(sender);
    const executed = executeTransaction(pending(), chain, at, judged);
    if (O.toUndefined(pending().key(sender)) !== O.toUndefined(before))
      changes.set(sender, [...(changes.get(sender) ?? []), { nonce, before }]);
    return executed;
  };

  const replace = (judged: JudgedTransaction): Either<InvalidTransaction, void> => {
    const { sender, nonce } = judged.transaction;
    const next = nonceIn(committed(), sender);
    if (nonce < next) return checkNonce(nonce, next);
    return pipe(
      checkPayer(payerView(sender), height, judged),
      E.chain(() => checkKey(keyAt(sender, nonce), chain, judged)),
      E.chain((key) => checkSignature(judged, key)),
    );
  };

  const accepted = ({ transaction: { sender, nonce, fee }, byteLength }: OpenedTransaction): Accepted => ({
    _tag: 'Accepted',
    sender,
    sequence: nonce,
    priority: mulDivFloor(fee, PRIORITY_SCALE, BigInt(byteLength)),
  });

  return {
    keys: judgingKeys(state),
    precheck: (opened, lead) => {
      const { sender, nonce, publicKey } = opened.transaction;
      const lowest = nonceIn(committed(), sender);
      const highest = nonceIn(pending(), sender) + lead;
      return pipe(
        checkPayer(payerView(sender), height, opened),
        E.chain(() => (nonce < lowest ? checkNonce(nonce, lowest) : E.right(undefined))),
        E.chain(() => (nonce > highest ? checkNonce(nonce, highest) : E.right(undefined))),
        E.chain(() => (O.isSome(publicKey) ? checkKey(committed().key(sender), chain, opened) : E.right(undefined))),
        E.map(() => (O.isSome(publicKey) ? publicKey : keyAt(sender, nonce))),
      );
    },
    admit: (judged) => {
      const { sender, nonce } = judged.transaction;
      const taken: Either<InvalidTransaction, unknown> =
        nonce < nonceIn(pending(), sender) ? replace(judged) : apply(judged);
      if (E.isRight(taken)) return E.right(accepted(judged));
      // Behind waiting transactions the key is a guess.
      return nonce === nonceIn(committed(), sender) ? taken : E.left({ ...taken.left, depends: true });
    },
  };
};
