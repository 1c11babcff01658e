import { formatZhtp, type IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { applyMessage } from './apply-message.ts';
import type { HostedApplication } from './hosted/hosted-application.ts';
import type { LedgerState } from './ledger-state.ts';
import type { LedgerMessage } from './messages/message.ts';
import type { MessageFailure } from './receipt.ts';
import { openWorkingState } from './working-state.ts';

/** Messages of a transaction that nobody has included yet. */
export interface Trial {
  readonly sender: IdentityId;
  /** micro-ZHTP. */
  readonly fee: bigint;
  readonly messages: readonly LedgerMessage[];
  /** The key that the transaction brings, where it is the account's first. */
  readonly publicKey?: Option<Uint8Array>;
  /** When the block would be, unix seconds; not before the last one. */
  readonly atSeconds: bigint;
  /** What the chain hosts, to ask it too. */
  readonly hosted?: HostedApplication;
}

/** The message that would fail, by its index, and why. */
export interface TrialRefusal {
  readonly message: number;
  readonly reason: MessageFailure;
  readonly sentence: string;
}

/**
 * What the next block would say to these messages if nothing came before them; none when it would apply them all. For
 * wallets: a refusal costs the fee once it is in a block. Signatures inside messages are taken for valid, `state` stays
 * what it was, and nothing is promised: other transactions may come first.
 */
export const tryMessages = (state: LedgerState, trial: Trial): Option<TrialRefusal> => {
  const { sender, fee, messages, publicKey = O.none } = trial;
  const { previous } = state;
  const working = openWorkingState(state);
  const payer = O.toUndefined(working.record(sender));
  if (payer === undefined || payer.balance < fee)
    return O.some({
      message: 0,
      reason: 'InsufficientBalance',
      sentence: `${sender} cannot pay the fee of ${formatZhtp(fee)} ZHTP, it holds ${formatZhtp(payer?.balance ?? 0n)}`,
    });
  working.setRecord(sender, { ...payer, balance: payer.balance - fee });
  if (O.isSome(publicKey) && O.isNone(working.key(sender))) working.setKey(sender, publicKey.value);
  const last = previous?.atSeconds ?? 0n;
  const context = {
    sender,
    algorithm: state.staking.rules.algorithm,
    height: (previous?.height ?? 0n) + 1n,
    atSeconds: trial.atSeconds > last ? trial.atSeconds : last,
    validity: 'valid',
    hosted: trial.hosted,
  } as const;
  for (const [message, each] of messages.entries()) {
    const failed = applyMessage(working, context, each);
    if (O.isSome(failed)) return O.some({ message, ...failed.value });
  }
  return O.none;
};
