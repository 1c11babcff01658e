import { either as E, taskEither as TE } from 'fp-ts';
import { encode, gossipMessageCodec, type CheckTxResult, type InboundGossip } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createTransactions, transactionHashOf, type SubmitRefusal } from '../../src/application/transactions.ts';
import { peerNamed, testContext } from '../support/context.ts';
import { blockAt } from '../support/genesis.ts';

const TRANSACTION = Uint8Array.of(1, 2, 3);

const pool = (answers: (bytes: Uint8Array) => CheckTxResult) => {
  const { ctx, halts } = testContext();
  const published: Uint8Array[] = [];
  const checked: Uint8Array[] = [];
  const transactions = createTransactions(
    {
      application: {
        ...ctx.ports.application,
        checkTx: (bytes) => {
          checked.push(bytes);
          return TE.right(answers(bytes));
        },
      },
      network: { ...ctx.ports.network, publish: (_topic, payload) => published.push(payload) },
    },
    ctx.application,
    ctx.counters,
    (reason) => {
      ctx.halt(reason);
    },
  );
  const gossip = async (payload: Uint8Array): Promise<readonly string[]> => {
    const verdicts: string[] = [];
    const judge: InboundGossip['judge'] = (verdict) => verdicts.push(verdict);
    transactions.gossiped({ topic: 'transactions', peer: peerNamed('p'), payload, judge });
    await ctx.application.idle();
    return verdicts;
  };
  const submit = async (bytes: Uint8Array): Promise<E.Either<SubmitRefusal, string> | undefined> => {
    let answer: E.Either<SubmitRefusal, string> | undefined;
    transactions.submit(bytes, (result) => (answer = result));
    await ctx.application.idle();
    return answer;
  };
  return { transactions, gossip, submit, published, checked, halts, ctx };
};

const accepts = (): CheckTxResult => ({ _tag: 'Accepted', sender: 'a', sequence: 0n, priority: 1n });
const rejects = (provable?: boolean) => (): CheckTxResult => ({
  _tag: 'Rejected',
  code: 'Code',
  reason: 'reason',
  ...(provable === undefined ? {} : { provable }),
});

const gossipOf = (...transactions: readonly Uint8Array[]): Uint8Array =>
  encode(gossipMessageCodec)({ _tag: 'Transactions', transactions });

describe('gossip is judged once', () => {
  test('accepted and passed on when its transaction waits now', async () => {
    const { gossip, transactions } = pool(accepts);
    expect(await gossip(gossipOf(TRANSACTION))).toEqual(['accept']);
    expect(transactions.mempool.has(transactionHashOf(TRANSACTION))).toBe(true);
  });

  test('rejected, which is scored, when no state of the chain would accept it', async () => {
    expect(await pool(rejects(true)).gossip(gossipOf(TRANSACTION))).toEqual(['reject']);
  });

  test('ignored when it is early, late, unknown or too cheap', async () => {
    expect(await pool(rejects()).gossip(gossipOf(TRANSACTION))).toEqual(['ignore']);
    expect(await pool(rejects(false)).gossip(gossipOf(TRANSACTION))).toEqual(['ignore']);
  });

  test('ignored, and not checked again, when it is known', async () => {
    const { gossip, checked } = pool(accepts);
    await gossip(gossipOf(TRANSACTION));
    expect([await gossip(gossipOf(TRANSACTION)), checked.length]).toEqual([['ignore'], 1]);
  });

  test('ignored when the mempool has no better place for it', async () => {
    const { gossip } = pool(accepts);
    await gossip(gossipOf(TRANSACTION));
    expect(await gossip(gossipOf(Uint8Array.of(9)))).toEqual(['ignore']);
  });

  test.each([
    ['bytes that are no message', Uint8Array.of(7)],
    ['no transaction', gossipOf()],
    ['two transactions', gossipOf(TRANSACTION, Uint8Array.of(4))],
  ])('rejected unchecked, and counted, when it is %s', async (_name, payload) => {
    const { gossip, checked, ctx } = pool(accepts);
    expect([await gossip(payload), checked]).toEqual([['reject'], []]);
    expect(ctx.counters.read()).toEqual({ undecodable: 1 });
  });

  test('ignored when too many wait to be checked', async () => {
    const { gossip, transactions } = pool(accepts);
    for (let i = 0; i < 2_048; i++) transactions.submit(Uint8Array.of(i & 255, i >> 8), () => undefined);
    expect(await gossip(gossipOf(TRANSACTION))).toEqual(['ignore']);
  });
});

test('a user hears why a transaction was refused, and a good one is published', async () => {
  const refused = pool(rejects(true));
  expect(await refused.submit(TRANSACTION)).toEqual(E.left({ code: 'Code', reason: 'reason' }));
  expect(refused.published).toEqual([]);
  const { submit, published } = pool(accepts);
  expect(await submit(TRANSACTION)).toEqual(E.right(transactionHashOf(TRANSACTION)));
  expect(published).toEqual([gossipOf(TRANSACTION)]);
});

test('after a block what it holds leaves, and what no longer holds leaves after a recheck', async () => {
  let state: 'before' | 'after' = 'before';
  const { submit, transactions, ctx } = pool((bytes) =>
    state === 'before'
      ? { _tag: 'Accepted', sender: String(bytes[0]), sequence: 0n, priority: 1n }
      : bytes[0] === 2
        ? rejects()()
        : { _tag: 'Accepted', sender: String(bytes[0]), sequence: 0n, priority: 1n },
  );
  for (const name of [1, 2, 3]) await submit(Uint8Array.of(name));
  state = 'after';
  transactions.committed(blockAt(1n, [Uint8Array.of(1)]));
  await ctx.application.idle();
  expect(transactions.mempool.inOrder().map(({ bytes }) => bytes[0])).toEqual([3]);
});

test('an application that fails to check stops the node', async () => {
  const { ctx, halts } = testContext();
  const failing = createTransactions(
    {
      application: {
        ...ctx.ports.application,
        checkTx: () => TE.left({ _tag: 'ApplicationError', message: 'disk full' }),
      },
      network: ctx.ports.network,
    },
    ctx.application,
    ctx.counters,
    (reason) => {
      ctx.halt(reason);
    },
  );
  failing.submit(TRANSACTION, () => undefined);
  await ctx.application.idle();
  expect(halts).toEqual(['the application failed to check a transaction: disk full']);
});
