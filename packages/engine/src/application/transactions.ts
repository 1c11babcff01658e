import { either as E } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { taggedHash } from '@zhtp/crypto';
import {
  decode,
  encode,
  gossipMessageCodec,
  type Answer,
  type ApplicationError,
  type Block,
  type CheckTxResult,
  type Hash,
  type InboundGossip,
} from '@zhtp/types';
import type { ApplicationQueue } from './application-queue.ts';
import type { Counters } from '../counters.ts';
import { createMempool, type Mempool, type MempoolLimits } from './mempool.ts';
import type { NodePorts } from '../node-ports.ts';

const encodeGossip = encode(gossipMessageCodec);
const decodeGossip = decode(gossipMessageCodec);

/** Names a transaction by its bytes, for the mempool and its users; what the application calls it is its own affair. */
export const transactionHashOf = (bytes: Uint8Array): Hash => taggedHash('zhtp/transaction-bytes/v1', bytes);

/**
 * Why a transaction does not wait in the mempool: the application's or the mempool's code, and a sentence for people.
 */
export interface SubmitRefusal {
  readonly code: string;
  readonly reason: string;
}

/** Why a transaction was not let in, and whether no node could have let it in. */
interface Refused extends SubmitRefusal {
  readonly provable: boolean;
}

/** The way of a transaction into the mempool, from users and from gossip, and out of it after a block. */
export interface Transactions {
  readonly mempool: Mempool;
  submit(bytes: Uint8Array, done: Answer<SubmitRefusal, Hash>): void;
  gossiped(gossip: InboundGossip): void;
  /** Included ones leave; the rest is checked again against the new state. */
  committed(block: Block): void;
}

type Ports = Pick<NodePorts, 'application' | 'network'>;

export const createTransactions = (
  ports: Ports,
  queue: ApplicationQueue,
  counters: Counters,
  halt: (reason: string) => void,
  limits?: MempoolLimits,
): Transactions => {
  const mempool = createMempool(limits);

  /** Counts blocks: a recheck that a later block overtook is not made any more, that block asks for its own. */
  let generation = 0;

  const checkFailed = (error: ApplicationError): void => {
    halt(`the application failed to check a transaction: ${error.message}`);
  };

  const recheck = (hash: Hash, bytes: Uint8Array): void => {
    const mine = generation;
    const task: TaskEither<ApplicationError, CheckTxResult | undefined> = () =>
      mine === generation ? ports.application.checkTx(bytes)() : Promise.resolve(E.right(undefined));
    queue.call(
      'recheck',
      task,
      (result) => {
        if (result?._tag === 'Rejected') mempool.remove(hash);
      },
      checkFailed,
    );
  };

  const admit = (bytes: Uint8Array, hash: Hash, result: CheckTxResult): E.Either<Refused, Hash> => {
    if (result._tag === 'Rejected') {
      counters.count('transactionRejected');
      return E.left({ code: result.code, reason: result.reason, provable: result.provable === true });
    }
    const { sender, sequence, priority } = result;
    const added = mempool.add({ hash, bytes, sender, sequence, priority });
    switch (added._tag) {
      case 'Added':
        counters.count('transactionAdded');
        counters.count('transactionEvicted', added.evicted.length);
        return E.right(hash);
      case 'Replaced':
        counters.count('transactionReplaced');
        return E.right(hash);
      case 'Known':
        return E.right(hash);
      case 'Refused':
        counters.count('transactionRejected');
        return E.left({ code: added.code, reason: added.reason, provable: false });
    }
  };

  const add = (bytes: Uint8Array, done: Answer<Refused, Hash>): void => {
    const hash = transactionHashOf(bytes);
    const asked = queue.check(
      ports.application.checkTx(bytes),
      (result) => {
        done(mempool.has(hash) ? E.right(hash) : admit(bytes, hash, result));
      },
      checkFailed,
    );
    if (asked === 'asked') return;
    counters.count('transactionRejected');
    done(
      E.left({
        code: 'MempoolBusy',
        reason: 'too many transactions wait to be checked; send it again in a moment',
        provable: false,
      }),
    );
  };

  return {
    mempool,
    submit: (bytes, done) => {
      add(bytes, (result) => {
        if (E.isRight(result))
          ports.network.publish('transactions', encodeGossip({ _tag: 'Transactions', transactions: [bytes] }));
        done(E.mapLeft(({ code, reason }: Refused) => ({ code, reason }))(result));
      });
    },
    gossiped: ({ payload, judge }) => {
      const message = decodeGossip(payload);
      if (E.isLeft(message) || message.right._tag !== 'Transactions' || message.right.transactions.length !== 1) {
        counters.count('undecodable');
        judge('reject');
        return;
      }
      for (const bytes of message.right.transactions) {
        if (mempool.has(transactionHashOf(bytes))) judge('ignore');
        else
          add(bytes, (result) => {
            // Scored for what is provably invalid alone: an early nonce or a low fee is nobody's fault (protocol.md).
            if (E.isRight(result)) judge('accept');
            else judge(result.left.provable ? 'reject' : 'ignore');
          });
      }
    },
    committed: (block) => {
      for (const bytes of block.transactions) mempool.remove(transactionHashOf(bytes));
      generation += 1;
      for (const { hash, bytes } of mempool.inOrder()) recheck(hash, bytes);
    },
  };
};
