import { either as E } from 'fp-ts';
import { transactionBodyCodec, type TransactionBody } from '@zhtp/ledger';
import { formatZhtp, toJson, type Hash, type Json } from '@zhtp/types';
import { columns, print, printJson } from '../commands/common.ts';
import { describeMessage } from '../describe-message.ts';
import type { NodeClient } from '../node-client.ts';
import { fail, type Outcome } from '../outcome.ts';
import { untilIncluded } from './send-order.ts';

/** A transaction for people, whoever signs it. */
export const describeTransaction = (body: TransactionBody, id: Hash): string =>
  columns([
    ['transaction', id],
    ['from', body.sender],
    ...body.messages.map(describeMessage),
    ['fee', `${formatZhtp(body.fee)} ZHTP`],
    ['nonce', body.nonce.toString()],
    ...(body.memo === '' ? [] : [['memo', JSON.stringify(body.memo)] as const]),
  ]);

export const bodyJson: (body: TransactionBody) => Json = toJson(transactionBodyCodec);

interface Sent {
  readonly client: NodeClient;
  readonly id: Hash;
  readonly body: TransactionBody;
  readonly waitSeconds: number;
}

/** Says that a transaction was sent and, where somebody waits, what became of it. */
export const reportSent = async (
  { client, id, body, waitSeconds }: Sent,
  { json, wait }: { readonly json?: boolean; readonly wait?: boolean },
): Outcome<void> => {
  if (json !== true) print(describeTransaction(body, id));
  if (wait !== true) {
    if (json === true) printJson({ id, sent: true });
    else print(`sent; see what becomes of it with: zhtp query tx ${id}`);
    return E.right(undefined);
  }
  const located = await untilIncluded(client, id, waitSeconds);
  if (E.isLeft(located)) return located;
  const { height, failure } = located.right;
  if (json === true) printJson({ id, sent: true, height: height.toString(), applied: failure === undefined });
  if (failure !== undefined)
    return fail(
      `the transaction is in block ${height.toString()} but failed: ${failure}; its fee was paid, nothing else moved`,
    );
  if (json !== true) print(`in block ${height.toString()}`);
  return E.right(undefined);
};
