import type { Receipt } from '@zhtp/proofs';
import { emptyMap } from '@zhtp/validators';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  conservationFault,
  meanUnits,
  RECEIPTS_MAX,
  RECEIPTS_PER_EPOCH_MAX,
  submitWork,
  WORK_UNITS_PER_EPOCH_MAX,
  type LedgerMessage,
} from '@zhtp/ledger';
import { U64_MAX } from '@zhtp/types';
import { FORGOTTEN_PER_BLOCK } from '../src/proofs/work-record.ts';
import { ALGORITHM, right } from './support/chain.ts';
import { multisigKey } from '../src/account-key.ts';
import { personOf } from './support/executor.ts';
import { unsignedReceipt } from './support/proofs.ts';
import { people, stakedChain, type Person, type StakedChain } from './support/staked-chain.ts';

const [a, b, c, , outsider, client] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];

const receipt = (fields: Partial<Receipt> = {}): Receipt =>
  unsignedReceipt({ prover: a.who, client: client.who, ...fields });
const work = (...receipts: readonly Partial<Receipt>[]): LedgerMessage => submitWork(receipts.map(receipt));
const numbered = (from: number, count: number): readonly Receipt[] =>
  Array.from({ length: count }, (_, i) => receipt({ sequence: BigInt(from + i), units: 1n }));

const sentenceOf = (chain: StakedChain, message: LedgerMessage, by: Person = a): string =>
  chain.next({ messages: [[by, message]] }).executed[0]?.sentence ?? 'not included';
const expectRefused = (chain: StakedChain, message: LedgerMessage, why: RegExp, by: Person = a): void => {
  const { receipts, work: records } = chain.state().proofs;
  const { executed } = chain.next({ messages: [[by, message]] });
  expect(executed[0]?.sentence).toMatch(why);
  expect(executed[0]?.receipt.failure).toEqual(O.some({ message: 0, reason: 'WorkRefused' }));
  expect([...chain.state().proofs.receipts].filter(([key]) => !receipts.has(key))).toEqual([]);
  expect([...chain.state().proofs.work]).toEqual([...records]);
  expect(chain.state().proofs.unrewarded.size).toBe(0);
};
const started = (options: Parameters<typeof stakedChain>[0] = {}): StakedChain => {
  const chain = stakedChain(options);
  chain.passBlocks(2);
  return chain;
};

describe('receipts of work', () => {
  test('count for the epoch, and the block says so', () => {
    const chain = started();
    const { events } = chain.next({ messages: [[a, work({ units: 7n }, { kind: 'Computation', sequence: 1n })]] });
    expect(events).toContainEqual({
      _tag: 'WorkProven',
      validator: a.who,
      receipts: 2,
      routingWork: 7n,
      computeWork: 10n,
    });
    expect(chain.state().proofs.work.get(a.who)).toEqual({ receipts: 2, routingWork: 7n, computeWork: 10n, past: [] });
    expect(chain.state().proofs.receipts.size).toBe(2);
  });

  test('are paid for in the next round and in no other', () => {
    const chain = started();
    chain.next({ messages: [[a, work({ units: 5_000n }, { kind: 'Computation', units: 5_000n, sequence: 1n })]] });
    const rounds = [1, 2].map(() =>
      chain.passBlocks(1).flatMap((event) => (event._tag === 'RewardsDistributed' ? [event.round] : [])),
    );
    const [first, second] = rounds.map(([round]) => round?.validatorRewards.get(a.who)?.workBreakdown);
    expect([...(first?.keys() ?? [])]).toEqual(['NetworkRouting', 'Computation', 'Validation']);
    expect([...(second?.keys() ?? [])]).toEqual(['Validation']);
    const [round] = rounds[0] ?? [];
    // Two can always sign for each other: work pays at most twice one's share of power.
    const bonus = (who: Person): bigint => round?.validatorRewards.get(who.who)?.workBonus ?? 0n;
    expect(bonus(a)).toBe(10_000_000n);
    expect(bonus(b) < 5_000_000n).toBe(true);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('of somebody who is in no set count, pay nothing and stop no round', () => {
    const chain = started({ validators: 5 });
    chain.next({ messages: [[outsider, { _tag: 'LeaveSet' }]] });
    chain.passBlocks(12);
    const { epoch } = chain.state().proofs;
    expect(sentenceOf(chain, submitWork([receipt({ prover: outsider.who, epoch })]), outsider)).toBe('');
    chain.passBlocks(1);
    expect(chain.state().proofs.unrewarded.size).toBe(0);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('are used once: not in the same message, block or epoch, whatever else they say', () => {
    const chain = started();
    expectRefused(chain, work({}, { units: 3n }), /receipt 1: number 0 of client .* was used in this epoch already/);
    const { executed } = chain.next({
      messages: [
        [a, work({})],
        [a, work({ kind: 'Computation' })],
      ],
    });
    expect(executed.map(({ sentence }) => sentence === '')).toEqual([true, false]);
    chain.passBlocks(1);
    expectRefused(chain, work({ units: 2n }), /was used in this epoch already/);
    expect(sentenceOf(chain, work({ sequence: U64_MAX }))).toBe('');
    expect(sentenceOf(chain, work({ client: c.who }))).toBe('');
  });

  test('of a transaction that fails can be used again', () => {
    const chain = started();
    const transfer: LedgerMessage = { _tag: 'Transfer', recipient: b.who, amount: U64_MAX };
    const { executed } = chain.next({ together: [[a, [work({}), transfer]]] });
    expect(executed[0]?.receipt.failure).toEqual(O.some({ message: 1, reason: 'InsufficientBalance' }));
    expect(chain.state().proofs.receipts.size).toBe(0);
    expect(sentenceOf(chain, work({}))).toBe('');
  });

  test('are of the current epoch: its last block still counts them, the next one not', () => {
    const chain = stakedChain(); // epochs of ten: block 10 is the last of the first
    chain.passBlocks(9);
    expect(sentenceOf(chain, work({}))).toBe('');
    expect(chain.state().proofs.epoch).toBe(1n);
    expectRefused(chain, work({ sequence: 1n }), /it is for epoch 0, only those of the current one, 1, count/);
    expectRefused(chain, work({ epoch: 2n }), /it is for epoch 2/);
    expect(sentenceOf(chain, work({ epoch: 1n }))).toBe('');
  });

  test('are their prover’s, a registered validator', () => {
    const chain = started();
    expectRefused(chain, work({}), /receipt 0: it is for .* each hands in its own/, b);
    expectRefused(chain, submitWork([receipt({ prover: outsider.who })]), /is no validator/, outsider);
  });

  test('are signed by a client that is another, with one key that the chain has known before the block', () => {
    const chain = started();
    expectRefused(chain, work({ client: a.who }), /client must not be the prover/);
    expectRefused(chain, work({ client: personOf(99) }), /has sent no transaction, which would have brought its key/);
    const key = right(multisigKey(ALGORITHM, { threshold: 1, keys: [client.key, b.key] }));
    const { executed } = chain.next({
      messages: [
        [client, { _tag: 'ChangeAccountKey', key }],
        [a, work({})],
      ],
    });
    expect(executed[1]?.sentence).toMatch(/has its key since this block: hand the receipt in with the next/);
    expectRefused(chain, work({}), /acts by several keys, a receipt is signed with one/);
  });

  test('say something that can hold', () => {
    const chain = started();
    expectRefused(chain, work({ units: 0n }), /units must be at least 1/);
    expectRefused(chain, work({ kind: 'Validation' }), /kind must be NetworkRouting or Computation/);
    const { signature } = receipt();
    expectRefused(chain, work({ signature: { ...signature, algorithm: 'ML-DSA-87' } }), /signature is by ML-DSA-87/);
    expectRefused(chain, work({ signature: { ...signature, publicKey: O.some(client.key) } }), /carries a key/);
  });
});

describe('limits of work', () => {
  test('a message has 64 receipts at most', () => {
    const chain = started();
    expect(sentenceOf(chain, submitWork(numbered(0, RECEIPTS_MAX)))).toBe('');
    expect(() => chain.next({ messages: [[a, submitWork(numbered(64, RECEIPTS_MAX + 1))]] })).toThrow(/receipts/);
    expect(() => chain.next({ messages: [[a, submitWork([])]] })).toThrow(/at least one receipt/);
  });

  test('a validator uses a thousand in an epoch', () => {
    const chain = started();
    const messages = Array.from({ length: 15 }, (_, i) => submitWork(numbered(i * RECEIPTS_MAX, RECEIPTS_MAX)));
    expect(chain.next({ together: [[a, messages]] }).executed[0]?.sentence).toBe('');
    const used = 15 * RECEIPTS_MAX;
    expect(sentenceOf(chain, submitWork(numbered(used, RECEIPTS_PER_EPOCH_MAX - 1 - used)))).toBe('');
    expectRefused(chain, submitWork(numbered(used + RECEIPTS_MAX, 2)), /receipt 1: 1000 receipts count in an epoch/);
    expect(sentenceOf(chain, submitWork(numbered(used + RECEIPTS_MAX, 1)))).toBe('');
    expect(chain.state().proofs.receipts.size).toBe(RECEIPTS_PER_EPOCH_MAX);
    chain.passBlocks(1);
    expectRefused(chain, submitWork(numbered(used + RECEIPTS_MAX + 1, 1)), /1000 receipts count in an epoch/);
    expect(sentenceOf(chain, submitWork([receipt({ prover: b.who })]), b)).toBe('');
  });

  test.each(['NetworkRouting', 'Computation'] as const)('units of %s have a most for an epoch', (kind) => {
    const chain = started();
    expectRefused(chain, work({ kind, units: WORK_UNITS_PER_EPOCH_MAX + 1n }), /would exceed 281474976710656/);
    expect(sentenceOf(chain, work({ kind, units: WORK_UNITS_PER_EPOCH_MAX - 1n }))).toBe('');
    expectRefused(chain, work({ kind, units: U64_MAX, sequence: 2n }), /would exceed/);
    expect(sentenceOf(chain, work({ kind, units: 1n, sequence: 1n }))).toBe('');
    chain.passBlocks(1);
    expectRefused(chain, work({ kind, units: 1n, sequence: 2n }), /would exceed/);
  });

  test('receipts of an epoch that ended are forgotten, a bounded number in a block', () => {
    const chain = stakedChain();
    chain.passBlocks(8);
    const { proofs, ...rest } = chain.state();
    let { receipts } = proofs;
    for (let i = 0; i <= FORGOTTEN_PER_BLOCK; i++)
      receipts = receipts.with(`${'0'.repeat(20)}/${String(i)}`, { kind: 'Computation', units: 1n });
    chain.replace({ ...rest, proofs: { ...proofs, receipts } });
    chain.passBlocks(2); // the boundary
    expect(chain.state().proofs.receipts.size).toBe(FORGOTTEN_PER_BLOCK + 1);
    chain.passBlocks(1);
    expect(chain.state().proofs.receipts.size).toBe(1);
    expect(sentenceOf(chain, work({ epoch: 1n }))).toBe('');
    expect(chain.state().proofs.receipts.size).toBe(1);
    expect([...chain.state().proofs.receipts][0]?.[0]).toMatch(/^0{19}1\//);
  });
});

describe('work as power', () => {
  const useful = (): StakedChain => stakedChain({ config: { consensusType: 'ProofOfUsefulWork' } });
  /** One epoch of ten blocks in which `a` shows so many units. */
  const epoch = (chain: StakedChain, units: bigint): void => {
    const { epoch: number } = chain.state().proofs;
    if (units > 0n) expect(sentenceOf(chain, work({ epoch: number, units }))).toBe('');
    chain.passBlocks(Number(10n - (chain.height() % 10n)));
  };

  test('is the mean of the last ten epochs, at most the stake, at least 1', () => {
    const chain = useful();
    chain.next();
    epoch(chain, 600n);
    expect(chain.validator(a)?.votingPower).toBe(600n); // of one epoch
    expect(chain.validator(b)?.votingPower).toBe(1n);
    epoch(chain, 0n);
    expect(chain.validator(a)?.votingPower).toBe(300n); // of two
    epoch(chain, 1_000_000n);
    expect(chain.validator(a)?.votingPower).toBe(1_000n); // its stake
    for (let i = 3; i < 10; i++) epoch(chain, 0n);
    expect(meanUnits(chain.state().proofs, a.who)).toBe(100_060n);
    epoch(chain, 1n); // the first of ten is none of the last ten any more
    expect(meanUnits(chain.state().proofs, a.who)).toBe(100_000n);
    for (let i = 0; i < 2; i++) epoch(chain, 0n);
    expect(meanUnits(chain.state().proofs, a.who)).toBe(0n);
    expect(chain.validator(a)?.votingPower).toBe(1n);
  });

  test('leaves no record behind', () => {
    const chain = useful();
    chain.next();
    epoch(chain, 5n);
    expect(chain.state().proofs.work.get(a.who)?.past).toEqual([{ epoch: 0n, units: 5n }]);
    for (let i = 0; i < 10; i++) epoch(chain, 0n);
    expect(chain.state().proofs.work).toEqual(emptyMap());
  });

  test('never has more than ten epochs in a record', () => {
    const chain = useful();
    chain.next();
    for (let i = 0; i < 12; i++) epoch(chain, BigInt(i + 1));
    const past = chain.state().proofs.work.get(a.who)?.past ?? [];
    expect(past.map(({ epoch: number }) => number)).toEqual(Array.from({ length: 10 }, (_, i) => BigInt(i + 2)));
    expect(meanUnits(chain.state().proofs, a.who)).toBe(7n); // ⌊(3 + … + 12) / 10⌋
  });
});
