import { judgeReceipt, type Receipt } from '@zhtp/proofs';
import { equalBytes, type Option as OptionOf } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { readAccountKey } from '../account-key.ts';
import { keyOf } from '../ledger-state.ts';
import type { ProofState } from '../proofs/proof-state.ts';
import { withReceipt } from '../proofs/work-record.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';
import { noProver } from './storage.ts';

type SubmitWork = LedgerMessageOf<'SubmitWork'>;

/** The key that a client's receipts are signed with, as it stood before the block: they were judged by that one. */
const clientKey = (
  working: WorkingState,
  { algorithm }: MessageContext,
  { client }: Receipt,
): Either<string, Uint8Array> => {
  const key = keyOf(working.base, client);
  const now = working.key(client);
  if (O.isNone(now)) return E.left(`client ${client} has sent no transaction, which would have brought its key`);
  if (O.isNone(key) || !equalBytes(key.value, now.value))
    return E.left(`client ${client} has its key since this block: hand the receipt in with the next`);
  const read = readAccountKey(algorithm, key.value);
  return E.isRight(read) && read.right._tag === 'Single'
    ? E.right(read.right.key)
    : E.left(`client ${client} acts by several keys, a receipt is signed with one`);
};

const counted = (
  working: WorkingState,
  context: MessageContext,
  proofs: ProofState,
  receipt: Receipt,
): Either<string, ProofState> => {
  const { sender, algorithm, validity } = context;
  if (receipt.prover !== sender) return E.left(`it is for ${receipt.prover}: each hands in its own`);
  const next = withReceipt(proofs, receipt);
  if (E.isLeft(next)) return next;
  const key = clientKey(working, context, receipt);
  if (E.isLeft(key)) return key;
  const verdict = judgeReceipt(receipt, {
    chainId: working.domains().governance.chainId,
    keyOf: (): OptionOf<{ readonly algorithm: typeof algorithm; readonly publicKey: Uint8Array }> =>
      O.some({ algorithm, publicKey: key.right }),
    signature: validity,
  });
  switch (verdict._tag) {
    case 'Holds':
      return next;
    case 'Fails':
      return E.left(
        validity === 'valid' ? verdict.reason : 'it, or another of this message, is not signed by its client',
      );
    case 'Malformed':
      return E.left(verdict.error.message);
  }
};

/** Every receipt counts, or none does. */
export const applySubmitWork = (
  working: WorkingState,
  context: MessageContext,
  { receipts }: SubmitWork,
): Option<FailedMessage> => {
  const { sender } = context;
  const outsider = noProver(working, sender);
  if (outsider !== undefined) return failed('WorkRefused', outsider);
  let { proofs } = working.domains();
  for (const [index, receipt] of receipts.entries()) {
    const next = counted(working, context, proofs, receipt);
    if (E.isLeft(next)) return failed('WorkRefused', `receipt ${String(index)}: ${next.left}`);
    proofs = next.right;
  }
  working.setDomains({ proofs });
  const unitsOf = (kind: Receipt['kind']): bigint =>
    receipts.reduce((sum, receipt) => (receipt.kind === kind ? sum + receipt.units : sum), 0n);
  working.report([
    {
      _tag: 'WorkProven',
      validator: sender,
      receipts: receipts.length,
      routingWork: unitsOf('NetworkRouting'),
      computeWork: unitsOf('Computation'),
    },
  ]);
  return O.none;
};
