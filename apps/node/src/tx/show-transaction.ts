import { either as E } from 'fp-ts';
import { transactionBodyCodec, type TransactionBody } from '@zhtp/ledger';
import { formatZhtp, toJson, type Hash, type Json } from '@zhtp/types';
import { resultsAnswerCodec, type TransactionResult } from '../answers/results.ts';
import { columns, print, printJson } from '../commands/common.ts';
import { describeMessage } from '../describe-message.ts';
import { readAnswer, type NodeClient } from '../node-client.ts';
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
  /** What follows for whoever sent it. */
  readonly afterwards?: string | undefined;
}

/** What became of a transaction in its block, in words; undefined where the node does not keep that any more. */
const resultIn = async (client: NodeClient, id: Hash, height: bigint): Promise<TransactionResult | undefined> => {
  const json = await client.get(`/blocks/${height.toString()}/results`);
  const results = E.isLeft(json) ? json : readAnswer(client, resultsAnswerCodec, json.right);
  return E.isLeft(results) ? undefined : results.right.transactions.find((each) => each.id === id);
};

/** Says that a transaction was sent and, where somebody waits, what became of it. */
export const reportSent = async (
  { client, id, body, waitSeconds, afterwards }: Sent,
  { json, wait }: { readonly json?: boolean; readonly wait?: boolean },
): Outcome<void> => {
  const say = (line: string): void => {
    if (json !== true) print(line);
  };
  say(describeTransaction(body, id));
  if (wait !== true) {
    if (json === true) printJson({ id, sent: true });
    say(`sent; see what becomes of it with: zhtp query tx ${id}`);
    return E.right(undefined);
  }
  const located = await untilIncluded(client, id, waitSeconds);
  if (E.isLeft(located)) return located;
  const { height, failure } = located.right;
  const result = await resultIn(client, id, height);
  const events = result?.events ?? [];
  if (json === true) printJson({ id, sent: true, height: height.toString(), applied: failure === undefined, events });
  if (failure !== undefined)
    return fail(
      `the transaction is in block ${height.toString()} but failed: ${result?.sentence ?? failure}; its fee was paid, nothing else moved`,
    );
  say(`in block ${height.toString()}`);
  for (const { text } of events) say(text);
  if (afterwards !== undefined) say(afterwards);
  return E.right(undefined);
};
