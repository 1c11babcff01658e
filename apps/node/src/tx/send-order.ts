import { setTimeout as pause } from 'node:timers/promises';
import { either as E, option as O } from 'fp-ts';
import type { SignedTransaction } from '@zhtp/ledger';
import type { Hash } from '@zhtp/types';
import { trialAnswerCodec, type TrialAnswer } from '../answers/trial.ts';
import { readAnswer, type NodeClient } from '../node-client.ts';
import { fail, type Outcome } from '../outcome.ts';
import { transactionAnswerCodec } from '../transaction-answer.ts';
import { signOrder, type KeyOrder } from './wallet.ts';

/** Asks the node what the chain would say to a signed transaction now. */
export const tryOut = async (client: NodeClient, bytes: Uint8Array): Outcome<TrialAnswer> => {
  const answer = await client.ask('/transactions/check', bytes);
  if (E.isLeft(answer)) return answer;
  return answer.right._tag === 'Answer'
    ? readAnswer(client, trialAnswerCodec, answer.right.json)
    : fail(answer.right.refusal.message);
};

/** Several transactions of one account may wait at once: so many nonces ahead of the chain are tried. */
const NONCES_AHEAD_MAX = 16n;

/** Signs with the wanted nonce, or the next that neither waits in the node's mempool nor is in a block, and hands the transaction over. */
export const signAndSend = async (
  client: NodeClient,
  order: KeyOrder,
  wanted: bigint | undefined,
): Outcome<SignedTransaction> => {
  const first = wanted ?? order.account.nonce;
  for (let nonce = first; ; nonce += 1n) {
    const signed = signOrder(order, nonce);
    if (E.isLeft(signed)) return signed;
    const answer = await client.ask('/transactions', signed.right.bytes);
    if (E.isLeft(answer)) return answer;
    if (answer.right._tag === 'Answer') return signed;
    const { error, message } = answer.right.refusal;
    // Waiting still, or in a block since the account was read: either way the next one is ours.
    if ((error !== 'SequenceWaits' && error !== 'NonceTooLow') || wanted !== undefined) return fail(message);
    if (nonce - first >= NONCES_AHEAD_MAX)
      return fail(
        `${String(NONCES_AHEAD_MAX)} transactions of this account wait already; wait for the next block and try again`,
      );
  }
};

export interface Located {
  readonly height: bigint;
  /** Why its messages failed, by code. */
  readonly failure: string | undefined;
}

const POLL_MS = 200;

/** Until a block holds the transaction, at most so long. */
export const untilIncluded = async (client: NodeClient, id: Hash, seconds: number): Outcome<Located> => {
  const deadlineMs = performance.now() + seconds * 1_000;
  let waits = false;
  while (performance.now() < deadlineMs) {
    const answer = await client.ask(`/transactions/${id}`);
    if (E.isLeft(answer)) return answer;
    if (answer.right._tag === 'Refused' && answer.right.refusal.error !== 'UnknownTransaction')
      return fail(answer.right.refusal.message);
    waits = answer.right._tag === 'Answer';
    if (answer.right._tag === 'Answer') {
      const read = readAnswer(client, transactionAnswerCodec, answer.right.json);
      if (E.isLeft(read)) return read;
      if (O.isSome(read.right.location)) {
        const { height, receipt } = read.right.location.value;
        return E.right({ height, failure: O.isSome(receipt.failure) ? receipt.failure.value.reason : undefined });
      }
    }
    await pause(POLL_MS);
  }
  return fail(
    `transaction ${id} was sent but is in no block after ${String(seconds)} s${waits ? ', it waits in the mempool' : ''}; ask again later with: zhtp query tx ${id}`,
  );
};
