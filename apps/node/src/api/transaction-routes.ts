import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SubmitRefusal } from '@zhtp/engine';
import {
  openTransaction,
  transactionCodec,
  transactionLocationCodec,
  tryMessages,
  type ChainContext,
  type OpenedTransaction,
  type TrialRefusal,
} from '@zhtp/ledger';
import {
  decode,
  floorDiv,
  hash,
  hashToBytes,
  hexToBytes,
  toJson,
  TRANSACTION_BYTES_MAX,
  type CommittedBlock,
  type Hash,
  type Json,
} from '@zhtp/types';
import { trialAnswerCodec } from '../answers/trial.ts';
import { answered } from '../outcome.ts';
import type { WiredNode } from '../wiring.ts';
import type { RouteAnswer } from './chain-routes.ts';
import { ledgerOf } from './ledger-routes.ts';
import { internal, notReady, problem, type Problem } from './problem.ts';
import type { WaitingTransactions } from './waiting-transactions.ts';

const decodeLocation = decode(transactionLocationCodec);
const locationJson = toJson(transactionLocationCodec);
const decodeTransaction = decode(transactionCodec);
const transactionJson = toJson(transactionCodec);

const badId = (reason: string): Problem =>
  problem(400, 'BadTransactionId', reason, 'pass the id that sending it printed');

/** Which blocks a node looked through that began with the state after a later one than genesis; of others nothing. */
const knownBlocks = ({ application, genesis }: WiredNode): string => {
  const range = application.keptRange();
  return O.isSome(range) && range.value.transactionsFrom > genesis.initialHeight
    ? ` from ${String(range.value.transactionsFrom)} on, with which this node began,`
    : '';
};

/**
 * What became of a transaction: `included` with block, place and receipt, or `pending` while it waits in the mempool of this
 * node; and the transaction itself.
 */
export const transactionAnswer = async (
  wired: WiredNode,
  waiting: WaitingTransactions,
  text: string,
): Promise<RouteAnswer> => {
  const id = hash(text);
  if (E.isLeft(id)) return E.left(badId(id.left));
  if (wired.node.status() === undefined) return E.left(notReady);
  // Before the blocks are asked: what a block takes from the mempool meanwhile is found in one of the two.
  const pending = waiting.find(id.right);
  const found = await wired.application.query({ path: 'transaction', data: hashToBytes(id.right) })();
  if (E.isLeft(found)) return E.left(internal(found.left.message));
  if (O.isNone(found.right))
    return pending === undefined
      ? E.left(
          problem(
            404,
            'UnknownTransaction',
            `transaction ${id.right} is in no block${knownBlocks(wired)} and does not wait in the mempool of this node`,
            'check the id; a transaction that was sent and is gone was replaced, or became invalid: send it again',
          ),
        )
      : E.right({ id: id.right, status: 'pending', location: null, transaction: transactionJson(pending) });
  const location = decodeLocation(found.right.value);
  if (E.isLeft(location)) return E.left(internal(location.left.message));
  const { height, index } = location.right;
  const block = await answered<O.Option<CommittedBlock>>((done) => {
    wired.blockStore.load(height, done);
  });
  if (E.isLeft(block)) return E.left(internal(block.left.message));
  const bytes = O.isNone(block.right) ? undefined : block.right.value.block.transactions[index];
  return E.right({
    id: id.right,
    status: 'included',
    location: locationJson(location.right),
    transaction: bytes === undefined ? null : readTransaction(bytes),
  });
};

const readTransaction = (bytes: Uint8Array): Json => {
  const transaction = decodeTransaction(bytes);
  return E.isRight(transaction) ? transactionJson(transaction.right) : null;
};

/** The bytes of a submitted transaction: the body itself, its hex, or JSON `{"transaction": "<hex>"}`. */
const transactionBytes = (body: unknown): Either<Problem, Uint8Array> => {
  if (body instanceof Uint8Array) return limited(new Uint8Array(body));
  const hex = typeof body === 'string' ? body.trim() : isWrapped(body) ? body.transaction : undefined;
  if (hex === undefined)
    return E.left(
      problem(
        400,
        'BadBody',
        'the body holds no transaction',
        'send its bytes as application/octet-stream, its hex as text/plain, or JSON {"transaction":"<hex>"}',
      ),
    );
  const bytes = hexToBytes(hex);
  return E.isLeft(bytes)
    ? E.left(problem(400, 'BadHex', bytes.left, 'send lowercase hex of the whole transaction'))
    : limited(bytes.right);
};

const isWrapped = (body: unknown): body is { readonly transaction: string } =>
  typeof body === 'object' &&
  body !== null &&
  Object.keys(body).length === 1 &&
  'transaction' in body &&
  typeof body.transaction === 'string';

const limited = (bytes: Uint8Array): Either<Problem, Uint8Array> =>
  bytes.length > 0 && bytes.length <= TRANSACTION_BYTES_MAX
    ? E.right(bytes)
    : E.left(
        problem(
          400,
          'BadLength',
          `the transaction has ${String(bytes.length)} bytes`,
          `send 1 to ${String(TRANSACTION_BYTES_MAX)} bytes`,
        ),
      );

const chainOf = ({ genesis, genesisHash }: WiredNode): ChainContext => ({
  chainId: genesis.chainId,
  genesisHash,
  algorithm: genesis.signatureAlgorithm,
});

interface Submission {
  readonly bytes: Uint8Array;
  readonly opened: OpenedTransaction;
}

/** The transaction of a body, read by the rules of this chain. */
const submissionIn = (wired: WiredNode, body: unknown): Either<Problem, Submission> => {
  const bytes = transactionBytes(body);
  if (E.isLeft(bytes)) return bytes;
  if (wired.node.status() === undefined) return E.left(notReady);
  const opened = openTransaction(chainOf(wired), bytes.right);
  if (E.isRight(opened)) return E.right({ bytes: bytes.right, opened: opened.right });
  const { code, reason } = opened.left;
  return E.left(problem(422, code, reason, 'correct the transaction, sign it again and send it'));
};

const trialJson = toJson(trialAnswerCodec);
const MS_PER_SECOND = 1_000n;

/** What the chain would say to a transaction now, without sending it; nonce and signature are not looked at. */
export const trialAnswer = (wired: WiredNode, body: unknown): RouteAnswer => {
  const submission = submissionIn(wired, body);
  if (E.isLeft(submission)) return submission;
  const ledger = ledgerOf(wired);
  if (E.isLeft(ledger)) return ledger;
  const { id, transaction } = submission.right.opened;
  const atSeconds = floorDiv(wired.clock.nowMs(), MS_PER_SECOND);
  const refusal = tryMessages(ledger.right, {
    ...transaction,
    atSeconds,
    ...(wired.hosted === undefined ? {} : { hosted: wired.hosted }),
  });
  return E.right(trialJson({ id, refusal: O.map(({ sentence }: TrialRefusal) => sentence)(refusal) }));
};

/** Into the mempool and on to the peers; answers with the id under which it will be found. */
export const submitAnswer = async (wired: WiredNode, body: unknown): Promise<RouteAnswer> => {
  const submission = submissionIn(wired, body);
  if (E.isLeft(submission)) return submission;
  const { bytes, opened } = submission.right;
  const submitted = await new Promise<Either<SubmitRefusal, Hash>>((resolve) => {
    wired.node.submitTransaction(bytes, resolve);
  });
  return E.isLeft(submitted)
    ? E.left(
        problem(
          422,
          submitted.left.code,
          submitted.left.reason,
          'nothing was sent; correct the transaction and send it again',
        ),
      )
    : E.right({ id: opened.id, mempoolHash: submitted.right });
};
