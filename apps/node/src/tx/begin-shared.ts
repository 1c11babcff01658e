import { either as E, option as O } from 'fp-ts';
import { unsignedTransaction } from '@zhtp/ledger';
import { print, printJson } from '../commands/common.ts';
import { asFailure, fail, type Outcome } from '../outcome.ts';
import { sharedTransactionId, writeSharedTransaction, type SharedTransaction } from '../shared-transaction.ts';
import type { Prepared } from './prepare-order.ts';
import { tryOut } from './send-order.ts';
import { bodyJson, describeTransaction } from './show-transaction.ts';
import type { TxOptions } from './tx-options.ts';
import { bodyOf } from './wallet.ts';

/** Writes the transaction of an account of several keys for its holders to sign, after the node was asked about it. */
export const beginShared = async (prepared: Prepared, options: TxOptions): Outcome<void> => {
  const { client, order, nonce, path, file } = prepared;
  const { output, dryRun, json } = options;
  if (output === undefined && dryRun !== true)
    return fail(
      `${path} is an account of several keys: add --output <file>, then its holders sign that with zhtp tx sign`,
    );
  const body = bodyOf(order, nonce ?? order.account.nonce);
  if (E.isLeft(body)) return body;
  const { algorithm, publicKey } = file;
  const shared: SharedTransaction = {
    genesisHash: order.facts.genesisHash,
    algorithm,
    accountKey: publicKey,
    body: body.right,
    signatures: [],
  };
  const id = sharedTransactionId(shared);
  const unsigned = asFailure(unsignedTransaction(shared));
  if (E.isLeft(unsigned)) return unsigned;
  const trial = options.check || dryRun === true ? await tryOut(client, unsigned.right) : E.right({ refusal: O.none });
  if (E.isLeft(trial)) return trial;
  const { refusal } = trial.right;
  if (dryRun === true) {
    printJson({
      id,
      sent: false,
      fee: body.right.fee.toString(),
      applies: O.isNone(refusal),
      refusal: O.toNullable(refusal),
      transaction: bodyJson(body.right),
    });
    return E.right(undefined);
  }
  if (O.isSome(refusal)) return fail(`the chain would refuse this: ${refusal.value}; nothing was written`);
  const target = output ?? '';
  const written = await writeSharedTransaction(target, shared);
  if (E.isLeft(written)) return written;
  const needed = file.policy?.threshold ?? 1;
  if (json === true) printJson({ id, sent: false, file: target, signed: 0, needed });
  else {
    print(describeTransaction(body.right, id));
    print(`written to ${target}; ${String(needed)} holders sign it with: zhtp tx sign --file ${target} --key <key>`);
  }
  return E.right(undefined);
};
