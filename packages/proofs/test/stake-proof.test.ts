import { decode, encode, stakeProofCodec, U64_MAX } from '@zhtp/types';
import { StakeProof, type DelegationAdded, type LedgerStake, type StakeProofArguments } from '@zhtp/proofs';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { delegation, hashOf, identity, right, ZHTP } from './support.ts';

const own = (changes: Partial<StakeProofArguments> = {}): StakeProofArguments => ({
  validator: identity('validator'),
  stakedAmount: 2_000n * ZHTP,
  stakeTxHash: hashOf('stake'),
  stakeHeight: 10n,
  lockTime: 0n,
  ...changes,
});
const proofOf = (changes: Partial<StakeProofArguments> = {}): StakeProof => right(StakeProof.create(own(changes)));

describe('StakeProof.create', () => {
  test('own stake at the minimum proves, one micro below is "Insufficient stake"', () => {
    expect(proofOf({ stakedAmount: 1_000n * ZHTP }).totalStake()).toBe(1_000n * ZHTP);
    expectRefused(
      StakeProof.create(own({ stakedAmount: 1_000n * ZHTP - 1n })),
      'ProofVerificationFailed',
      /^Insufficient stake/,
    );
  });

  test('the minimum is a parameter', () => {
    expect(proofOf({ stakedAmount: 5n, minStake: 5n }).stakedAmount).toBe(5n);
    expectRefused(StakeProof.create(own({ stakedAmount: 4n, minStake: 5n })), 'ProofVerificationFailed');
  });

  test('voting power is whole ZHTP, at least 1, up to the largest stake', () => {
    expect(proofOf().votingPower).toBe(2_000n);
    expect(proofOf({ stakedAmount: 1n, minStake: 1n }).votingPower).toBe(1n);
    expect(proofOf({ stakedAmount: U64_MAX }).votingPower).toBe(U64_MAX / ZHTP);
  });

  test('a proof is encoded as the record it implements', () => {
    const proof = proofOf();
    right(proof.addDelegation(delegation('a', 5n)));
    const decoded = right(decode(stakeProofCodec)(encode(stakeProofCodec)(proof)));
    expect(decoded).toEqual(proof.toRecord());
    expect(right(StakeProof.fromRecord(decoded)).toRecord()).toEqual(decoded);
  });

  test('StakeProof.fromRecord refuses a voting power the stake does not give', () => {
    const record = { ...proofOf().toRecord(), votingPower: 2_001n };
    expectRefused(StakeProof.fromRecord(record), 'ProofVerificationFailed', /votingPower must be 2000/);
  });
});

describe('StakeProof.addDelegation', () => {
  test('adds to stake and power, then says so', () => {
    const proof = proofOf();
    const events: DelegationAdded[] = [];
    proof.events$.subscribe((event) => {
      expect(proof.delegations).toHaveLength(1);
      events.push(event);
    });
    right(proof.addDelegation(delegation('a', 7n * ZHTP)));
    expect(proof.totalStake()).toBe(2_007n * ZHTP);
    expect(proof.votingPower).toBe(2_007n);
    expect(events).toEqual([
      { _tag: 'DelegationAdded', validator: proof.validator, delegation: delegation('a', 7n * ZHTP) },
    ]);
  });

  test.each([
    ['of nothing', delegation('a', 0n), /above 0/],
    ['at a commission above 10 000 basis points', delegation('a', 1n, 10_001), /commissionRate/],
    ['to itself', delegation('validator', 1n), /delegates to itself/],
    ['of more than ten times the own stake', delegation('a', 20_000n * ZHTP + 1n), /10 times/],
  ])('a delegation %s is refused and changes nothing', (_what, wrong, words) => {
    const proof = proofOf();
    expectRefused(proof.addDelegation(wrong), 'ProofVerificationFailed', words);
    expect(proof.delegations).toEqual([]);
  });

  test('commissions of 0 and 10 000 basis points and exactly ten times the own stake are taken', () => {
    const proof = proofOf();
    right(proof.addDelegation(delegation('a', 10_000n * ZHTP, 0)));
    right(proof.addDelegation(delegation('b', 10_000n * ZHTP, 10_000)));
    expect(proof.votingPower).toBe(22_000n);
    expectRefused(proof.addDelegation(delegation('c', 1n)), 'ProofVerificationFailed', /10 times/);
  });

  test('a delegator is listed once', () => {
    const proof = proofOf();
    right(proof.addDelegation(delegation('a', 1n)));
    expectRefused(proof.addDelegation(delegation('a', 2n)), 'ProofVerificationFailed', /listed twice/);
  });

  test('a thousand delegations are the most', () => {
    const proof = proofOf();
    const names = Array.from({ length: 1_000 }, (_, i) => `d${String(i)}`);
    for (const name of names) right(proof.addDelegation(delegation(name, 1n)));
    expectRefused(proof.addDelegation(delegation('one more', 1n)), 'ProofVerificationFailed', /at most 1000/);
    expect(right(proof.verify(10n))).toBe(true);
  });

  test('own and delegated stake together fit 64 bits', () => {
    const proof = proofOf({ stakedAmount: U64_MAX - 1n });
    right(proof.addDelegation(delegation('a', 1n)));
    expectRefused(proof.addDelegation(delegation('b', 1n)), 'ProofVerificationFailed', /64 bits/);
    expect(proof.totalStake()).toBe(U64_MAX);
  });
});

describe('StakeProof.verify', () => {
  test.each([
    [9n, false],
    [10n, true],
    [14n, true],
    [15n, true],
    [16n, false],
  ])('locked for 5 blocks from height 10, at height %s: %s', (height, holds) => {
    expect(right(proofOf({ lockTime: 5n }).verify(height))).toBe(holds);
  });

  test('a lock time of 0 never expires, nor does one beyond 64 bits', () => {
    expect(right(proofOf().verify(U64_MAX))).toBe(true);
    expect(right(proofOf({ lockTime: U64_MAX }).verify(U64_MAX))).toBe(true);
  });

  const ledger: LedgerStake = {
    stakedAmount: 2_000n * ZHTP,
    stakeTxHash: hashOf('stake'),
    stakeHeight: 10n,
    minStake: 1_000n * ZHTP,
    delegatedBy: (delegator) => (delegator === identity('a') ? 5n : 0n),
  };
  const backed = (): StakeProof => {
    const proof = proofOf();
    right(proof.addDelegation(delegation('a', 5n)));
    return proof;
  };

  test('with a lookup it holds for what the ledger holds, or less', () => {
    expect(right(backed().verify(10n, () => O.some(ledger)))).toBe(true);
    expect(right(backed().verify(10n, () => O.some({ ...ledger, stakedAmount: 2_001n * ZHTP })))).toBe(true);
  });

  test.each<[string, Partial<LedgerStake>]>([
    ['less own stake', { stakedAmount: 2_000n * ZHTP - 1n }],
    ['another transaction', { stakeTxHash: hashOf('other') }],
    ['another height', { stakeHeight: 11n }],
    ['a higher minimum for this validator', { minStake: 2_000n * ZHTP + 1n }],
    ['a smaller delegation', { delegatedBy: () => 4n }],
  ])('it does not hold where the ledger has %s', (_what, changes) => {
    expect(right(backed().verify(10n, () => O.some({ ...ledger, ...changes })))).toBe(false);
  });

  test('the minimum a validator was admitted under may be below the general one', () => {
    const proof = right(StakeProof.fromRecord(proofOf({ stakedAmount: 5n, minStake: 1n }).toRecord()));
    expect(right(proof.verify(10n))).toBe(false);
    expect(right(proof.verify(10n, () => O.some({ ...ledger, stakedAmount: 5n, minStake: 5n })))).toBe(true);
  });

  test('nobody has stake who is not in the ledger', () => {
    expect(right(proofOf().verify(10n, () => O.none))).toBe(false);
  });
});

describe('StakeProof.totalStake and StakeProof.calculateDelegationRewards', () => {
  test('own 2000, 1000 at 5 %, 500 at 10 %: of 1 000 000 the delegators get 271 428 and 128 571', () => {
    const proof = right(StakeProof.create(own({ stakedAmount: 2_000n, minStake: 1n })));
    right(proof.addDelegation(delegation('a', 1_000n, 500)));
    right(proof.addDelegation(delegation('b', 500n, 1_000)));
    expect(proof.totalStake()).toBe(3_500n);
    expect(right(proof.calculateDelegationRewards(1_000_000n))).toEqual([
      [identity('a'), 271_428n],
      [identity('b'), 128_571n],
    ]);
  });

  test('rewards outside 64 bits are a RewardError', () => {
    expectRefused(proofOf().calculateDelegationRewards(U64_MAX + 1n), 'RewardError', /totalRewards/);
    expectRefused(proofOf().calculateDelegationRewards(-1n), 'RewardError');
    expect(right(proofOf().calculateDelegationRewards(U64_MAX))).toEqual([]);
  });

  test('delegators never get more than their stake earns, and the order of delegations does not matter', () => {
    const amounts = fc.array(fc.tuple(fc.bigInt(1n, 1_000n * ZHTP), fc.integer({ min: 0, max: 10_000 })), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, U64_MAX), (delegations, rewards) => {
        const listed = delegations.map(([amount, rate], i) => delegation(`d${String(i)}`, amount, rate));
        const forward = proofOf();
        const backward = proofOf();
        for (const one of listed) right(forward.addDelegation(one));
        for (const one of listed.toReversed()) right(backward.addDelegation(one));
        const paid = right(forward.calculateDelegationRewards(rewards));
        const delegated = listed.reduce((sum, { amount }) => sum + amount, 0n);
        const sum = paid.reduce((total, [, amount]) => total + amount, 0n);
        expect(sum * forward.totalStake()).toBeLessThanOrEqual(rewards * delegated);
        expect(new Map(paid)).toEqual(new Map(right(backward.calculateDelegationRewards(rewards))));
        expect(forward.votingPower).toBe(backward.votingPower);
      }),
    );
  });

  test('splitting a stake over two delegations gains nothing', () => {
    fc.assert(
      fc.property(fc.bigInt(2n, 1_000n * ZHTP), fc.bigInt(0n, U64_MAX), (amount, rewards) => {
        const whole = proofOf();
        right(whole.addDelegation(delegation('a', amount, 300)));
        const split = proofOf();
        right(split.addDelegation(delegation('a', 1n, 300)));
        right(split.addDelegation(delegation('b', amount - 1n, 300)));
        const sum = (proof: StakeProof) =>
          right(proof.calculateDelegationRewards(rewards)).reduce((total, [, part]) => total + part, 0n);
        expect(sum(split)).toBeLessThanOrEqual(sum(whole));
      }),
    );
  });
});

test('a record with any field out of its range is malformed, not merely untrue', () => {
  const record = proofOf().toRecord();
  expect(E.isLeft(StakeProof.fromRecord({ ...record, stakeHeight: -1n }))).toBe(true);
  expect(E.isLeft(StakeProof.fromRecord({ ...record, lockTime: U64_MAX + 1n }))).toBe(true);
  expectRefused(StakeProof.fromRecord(record, -1n), 'ProofVerificationFailed', /minStake/);
});
