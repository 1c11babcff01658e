import { describeVectors } from '@zhtp/testing';
import { isQuorum, votingSet } from '@zhtp/bft';
import { merkleRoot } from '@zhtp/crypto';
import { encode, frozenValidatorCodec, VALIDATORS_MAX } from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, makeValidatorSet, TOTAL_POWER_MAX } from '@zhtp/validators';
import { frozen, identityNamed, left, range, right } from './support.ts';

describe('a validator set', () => {
  const set = right(makeValidatorSet([frozen('c', 3n), frozen('a', 1n), frozen('b', 2n)]));

  test('is in identity order whatever order it came in', () => {
    expect(set.ids).toEqual([identityNamed('a'), identityNamed('b'), identityNamed('c')]);
    expect(set.validators.map(({ votingPower }) => votingPower)).toEqual([1n, 2n, 3n]);
    const again = right(makeValidatorSet(set.validators.toReversed()));
    expect([again.hash, again.ids]).toEqual([set.hash, set.ids]);
  });

  test('knows position, power and key of its members and of nobody else', () => {
    expect(set.totalPower).toBe(6n);
    expect(set.indexOf(identityNamed('b'))).toBe(1);
    expect(set.powerOf(identityNamed('b'))).toBe(2n);
    expect(set.keyOf(identityNamed('b'))).toEqual(frozen('b', 2n).consensusKey);
    for (const stranger of [identityNamed('d'), '', '__proto__']) {
      expect(set.indexOf(stranger)).toBe(-1);
      expect(set.powerOf(stranger)).toBe(0n);
      expect(set.keyOf(stranger)).toBeUndefined();
    }
  });

  test('is a voting set of the core', () => {
    const same = votingSet(set.validators.map(({ identity, votingPower }) => [identity, votingPower] as const));
    expect([same.ids, same.totalPower]).toEqual([set.ids, set.totalPower]);
    expect(isQuorum(set.powerOf(identityNamed('c')) + set.powerOf(identityNamed('b')), set.totalPower)).toBe(true);
  });

  test('does not change with the list it was made from', () => {
    const list = [frozen('a', 1n)];
    const kept = right(makeValidatorSet(list));
    list.push(frozen('b', 1n));
    expect(kept.validators).toHaveLength(1);
  });

  test('has a hash that changes with every identity, key and power, and proves single members', () => {
    const changed = [
      [frozen('a', 1n), frozen('b', 2n)],
      [frozen('a', 1n), frozen('b', 2n), frozen('c', 4n)],
      [frozen('a', 1n), frozen('b', 2n), frozen('d', 3n, 'c')],
      [frozen('a', 1n), frozen('b', 2n), frozen('c', 3n, 'other')],
      [frozen('a', 2n), frozen('b', 1n), frozen('c', 3n)],
    ].map((members) => right(makeValidatorSet(members)).hash);
    expect(new Set([set.hash, ...changed]).size).toBe(6);
    expect(set.hash).toBe(merkleRoot(set.validators.map((validator) => encode(frozenValidatorCodec)(validator))));
  });
});

describe('refused as a set', () => {
  test('nobody, one identity twice, one key twice, no power', () => {
    expect(left(makeValidatorSet([]))).toContain('at least one');
    expect(left(makeValidatorSet([frozen('a', 1n), frozen('a', 2n, 'b')]))).toContain('occurs twice');
    expect(left(makeValidatorSet([frozen('a', 1n), frozen('b', 2n, 'a')]))).toContain('share a consensus key');
    expect(left(makeValidatorSet([frozen('a', 0n)]))).toContain('power 0');
    expect(left(makeValidatorSet([frozen('a', -1n)]))).toContain('votingPower is');
  });

  test('more power than 2^60 in total', () => {
    expect(E.isRight(makeValidatorSet([frozen('a', TOTAL_POWER_MAX - 1n), frozen('b', 1n)]))).toBe(true);
    expect(left(makeValidatorSet([frozen('a', TOTAL_POWER_MAX), frozen('b', 1n)]))).toContain('total voting power');
  });

  test('more than 1000 validators', () => {
    const many = (count: number) => makeValidatorSet(range(count).map((i) => frozen(`v${String(i)}`, 1n)));
    expect(E.isRight(many(VALIDATORS_MAX))).toBe(true);
    expect(E.isLeft(many(VALIDATORS_MAX + 1))).toBe(true);
  });
});

test('changes give the set that a map would hold', () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.bigInt(0n, 3n));
  fc.assert(
    fc.property(fc.uniqueArray(change, { selector: ([name]) => name }), (changes) => {
      const before = right(makeValidatorSet([frozen('a', 1n), frozen('b', 2n), frozen('c', 3n)]));
      const expected = new Map(before.validators.map((validator) => [validator.identity, validator]));
      let allowed = true;
      for (const [name, power] of changes) {
        const identity = identityNamed(name);
        if (power > 0n) expected.set(identity, frozen(name, power));
        else if (!expected.delete(identity)) allowed = false;
      }
      const result = applyChanges(
        before,
        changes.map(([name, power]) => frozen(name, power)),
      );
      const wanted = allowed ? makeValidatorSet([...expected.values()]) : E.left('refused');
      expect(E.isRight(result)).toBe(E.isRight(wanted));
      expect(E.isRight(result) ? result.right.hash : '').toBe(E.isRight(wanted) ? wanted.right.hash : '');
    }),
  );
});

type Member = readonly [name: string, power: number | string];

interface SetVectors {
  readonly maxTotalVotingPower: string;
  readonly updates_valid: readonly {
    readonly start: readonly Member[];
    readonly changes: readonly Member[];
    readonly result: readonly Member[];
  }[];
  readonly updates_invalid: readonly {
    readonly start: readonly Member[];
    readonly changes: readonly Member[];
    readonly why: string;
  }[];
  readonly construction_invalid: readonly (readonly Member[])[];
}

describeVectors<SetVectors>('validator sets of CometBFT', 'consensus/proposer_priority.json', (vectors) => {
  const member = ([name, power]: Member) => frozen(name, BigInt(power));
  const setOf = (members: readonly Member[]) => makeValidatorSet(members.map(member));

  test.each(vectors.updates_valid)('$start with $changes', ({ start, changes, result }) => {
    // Canonical order there is by power; ours is by identity.
    expect(right(applyChanges(right(setOf(start)), changes.map(member))).hash).toBe(right(setOf(result)).hash);
  });
  test.each(vectors.updates_invalid)('$start with $changes is refused: $why', ({ start, changes }) => {
    expect(E.isLeft(applyChanges(right(setOf(start)), changes.map(member)))).toBe(true);
  });
  test.each(vectors.construction_invalid.map((members) => [members] as const))('%j is no set', (members) => {
    expect(E.isLeft(setOf(members))).toBe(true);
  });
  test('our limit of total power is theirs rounded to a power of two', () => {
    expect(TOTAL_POWER_MAX - BigInt(vectors.maxTotalVotingPower)).toBe(1n);
  });
});
