import { isTrustLevel, type TrustLevel } from '@zhtp/bft';
import {
  blockIdOf,
  lightBlockChecks,
  lightRules,
  trustingPeriodMs,
  trustLightBlock,
  verifyAdjacent,
  verifyLightBlock,
  verifyNonAdjacent,
  type LightBlock,
  type LightRules,
  type SignerSet,
  type TrustedState,
} from '@zhtp/chain';
import type { Header, SignatureCheck } from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_MS,
  blockAt,
  DAY_MS,
  lightChain,
  rollingSets,
  RULES,
  signedBy,
  soonAfter,
  verdict,
} from './light-chain.ts';
import { CONTEXT, hashOf, left, range, right, setOf, toyMember, toySet, toyVerify } from './support.ts';

const STEADY = toySet([1n, 1n, 1n, 1n]);
const CHAIN = lightChain({ sets: range(6).map(() => STEADY) });
const [ONE, TWO, FOUR] = [blockAt(CHAIN, 1), blockAt(CHAIN, 2), blockAt(CHAIN, 4)];

interface Given {
  readonly trusted?: TrustedState;
  readonly rules?: LightRules;
  readonly nowMs?: bigint;
}

const stepTo = (block: LightBlock, { trusted = ONE, rules = RULES, nowMs = soonAfter(block) }: Given = {}) => ({
  trusted,
  block,
  rules,
  nowMs,
});

const judged = (block: LightBlock, given: Given = {}) => verdict(verifyLightBlock(stepTo(block, given), toyVerify));

/** The block with another header, signed for by its set as before. */
const resigned = (block: LightBlock, change: Partial<Header>, by: SignerSet = block.validators): LightBlock => {
  const header = { ...block.header, ...change };
  return { ...block, header, certificate: signedBy(header, by) };
};

const level = (numerator: bigint, denominator: bigint): TrustLevel => {
  const share = { numerator, denominator };
  if (!isTrustLevel(share)) throw new Error('not a trust level');
  return share;
};

describe('a block is believed', () => {
  test('when it is the next one, or a later one signed by those who are trusted', () => {
    expect(verifyLightBlock(stepTo(TWO), toyVerify)).toEqual(E.right(TWO));
    expect(verifyLightBlock(stepTo(FOUR), toyVerify)).toEqual(E.right(FOUR));
    expect(verdict(verifyAdjacent(stepTo(TWO), toyVerify))).toBe('Verified');
    expect(verdict(verifyNonAdjacent(stepTo(FOUR), toyVerify))).toBe('Verified');
  });

  test('by the rule for its distance only, where one is asked for', () => {
    expect(verdict(verifyAdjacent(stepTo(FOUR), toyVerify))).toBe('WrongHeight');
    expect(verdict(verifyNonAdjacent(stepTo(TWO), toyVerify))).toBe('WrongHeight');
    for (const verify of [verifyAdjacent, verifyNonAdjacent])
      for (const height of [ONE, TWO])
        expect(verdict(verify(stepTo(height, { trusted: TWO }), toyVerify)), String(height.header.height)).toBe(
          'NotLater',
        );
  });

  test('across a whole change of the set from height to height, and not across a gap', () => {
    const chain = lightChain({ sets: rollingSets(4, 3, 3) });
    const [first, second, third] = [blockAt(chain, 1), blockAt(chain, 2), blockAt(chain, 3)];
    expect(judged(second, { trusted: first })).toBe('Verified');
    expect(judged(third, { trusted: second })).toBe('Verified');
    expect(judged(third, { trusted: first })).toBe('NotEnoughTrust');
  });
});

describe('trust ends', () => {
  const end = ONE.header.time + RULES.trustingPeriodMs;

  test('with the trusting period, to the millisecond', () => {
    expect([end - 1n, end, end + 1n].map((nowMs) => judged(TWO, { nowMs }))).toEqual([
      'Verified',
      'TrustExpired',
      'TrustExpired',
    ]);
    expect([end - 1n, end].map((nowMs) => judged(FOUR, { nowMs }))).toEqual(['Verified', 'TrustExpired']);
    expect(judged(FOUR, { trusted: TWO, nowMs: end })).toBe('Verified');
  });

  test('after two thirds of unbonding, rounded down', () => {
    expect([0n, 1n, 2n, 3n, 21n * DAY_MS].map(trustingPeriodMs)).toEqual([0n, 0n, 1n, 2n, 14n * DAY_MS]);
    expect(lightRules(CONTEXT, 3n * DAY_MS)).toEqual({
      signing: CONTEXT,
      trustingPeriodMs: 2n * DAY_MS,
      clockDriftMs: 10_000n,
      trustLevel: { numerator: 1n, denominator: 3n },
    });
  });
});

describe('a block is refused', () => {
  test('when it is not above the trusted one', () => {
    expect(judged(ONE)).toBe('NotLater');
    expect(judged(TWO, { trusted: FOUR })).toBe('NotLater');
    expect(judged(resigned(FOUR, { height: 1n }))).toBe('NotLater');
  });

  test('when its time is not after the trusted one', () => {
    const at = (time: bigint, block: LightBlock) => judged(resigned(block, { time }), { nowMs: soonAfter(FOUR) });
    const { time } = ONE.header;
    for (const block of [TWO, FOUR])
      expect([time - 1n, time, time + 1n].map((each) => at(each, block))).toEqual(['NotLater', 'NotLater', 'Verified']);
  });

  test('when it is as far ahead of the clock as may drift, or further', () => {
    const { time } = FOUR.header;
    const aheadBy = (ms: bigint, rules: LightRules = RULES) => judged(FOUR, { nowMs: time - ms, rules });
    expect([9_999n, 10_000n, 10_001n].map((ms) => aheadBy(ms))).toEqual(['Verified', 'FromFuture', 'FromFuture']);
    const exact = { ...RULES, clockDriftMs: 0n };
    expect([-1n, 0n, 1n].map((ms) => aheadBy(ms, exact))).toEqual(['Verified', 'FromFuture', 'FromFuture']);
  });

  test('when it is of another chain, by its name or by its signatures', () => {
    expect(judged(resigned(FOUR, { chainId: 'other-chain' }))).toBe('WrongChain');
    const elsewhere = { ...CONTEXT, genesisHash: hashOf('another genesis') };
    for (const block of [TWO, FOUR]) {
      const certificate = signedBy(block.header, STEADY, range(4), elsewhere);
      expect(judged({ ...block, certificate })).toBe('InvalidSignature');
    }
  });

  test('when a set beside it is not the one its header names', () => {
    const other = toySet([1n, 1n, 1n, 2n]);
    for (const block of [TWO, FOUR]) {
      expect(judged({ ...block, validators: other })).toBe('WrongValidators');
      expect(judged({ ...block, nextValidators: other })).toBe('WrongValidators');
      expect(judged(block, { trusted: { ...ONE, nextValidators: other } })).toBe('WrongValidators');
    }
  });

  test('when the trusted header names another set for it, though its own set decided it', () => {
    const own = setOf(range(4).map((i) => toyMember(`w${String(i)}`, 1n)));
    const usurped = resigned({ ...TWO, validators: own }, { validatorsHash: own.hash });
    expect(judged(usurped)).toBe('WrongValidators');
  });

  test('when it follows another block than the trusted one below it', () => {
    expect(judged(resigned(TWO, { lastBlockId: hashOf('another parent') }))).toBe('WrongParent');
    expect(judged(resigned(FOUR, { lastBlockId: hashOf('another parent') }))).toBe('Verified');
  });

  test('when its certificate is of another block, height or set, or too weak', () => {
    for (const block of [TWO, FOUR]) {
      const { certificate, header } = block;
      const by = (positions: readonly number[]) =>
        judged({ ...block, certificate: signedBy(header, STEADY, positions) });
      expect(judged({ ...block, certificate: { ...certificate, blockId: hashOf('other') } })).toBe('WrongBlock');
      expect(judged({ ...block, certificate: { ...certificate, height: 3n } })).toBe('WrongHeight');
      expect(judged({ ...block, certificate: { ...certificate, setSize: 3 } })).toBe('Malformed');
      expect([by([0, 1, 2]), by([0, 1])]).toEqual(['Verified', 'NotEnoughPower']);
      const forged = certificate.signatures.map(() => new Uint8Array(32));
      expect(judged({ ...block, certificate: { ...certificate, signatures: forged } })).toBe('InvalidSignature');
    }
  });

  test('with a message that names field and values and says what to do', () => {
    const { message } = left(verifyLightBlock(stepTo(TWO, { nowMs: ONE.header.time + 2n * DAY_MS }), toyVerify));
    expect(message).toContain('the trusted header of height 1 has time 1700000010000');
    expect(message).toContain('take a newer block to trust');
    const weak = { ...FOUR, certificate: signedBy(FOUR.header, STEADY, [0]) };
    expect(left(verifyLightBlock(stepTo(weak), toyVerify)).message).toContain(
      'of height 4: certificate: signed by 1 of 4',
    );
  });
});

describe('across a gap', () => {
  const old = setOf(range(6).map((i) => toyMember(`v${String(i)}`, 1n)));
  const later = setOf(range(12).map((i) => toyMember(`v${String(i)}`, i < 6 ? 1n : 3n)));
  const chain = lightChain({ sets: [old, old, later, later] });
  const [trusted, far] = [blockAt(chain, 1), blockAt(chain, 3)];
  const remaining = (count: number) =>
    later.validators.flatMap(({ identity }, i) =>
      old.indexOf(identity) < 0 || old.indexOf(identity) < count ? [i] : [],
    );
  const signedByOld = (count: number, trustLevel = RULES.trustLevel) =>
    judged(
      { ...far, certificate: signedBy(far.header, later, remaining(count)) },
      { trusted, rules: { ...RULES, trustLevel } },
    );

  test('more than the trust level of the trusted set must have signed', () => {
    expect([1, 2, 3].map((count) => signedByOld(count))).toEqual(['NotEnoughTrust', 'NotEnoughTrust', 'Verified']);
    const half = level(1n, 2n);
    expect([2, 3, 4].map((count) => signedByOld(count, half))).toEqual([
      'NotEnoughTrust',
      'NotEnoughTrust',
      'Verified',
    ]);
    expect(signedByOld(6, level(5n, 6n))).toBe('Verified');
    expect(signedByOld(6, level(1n, 1n))).toBe('NotEnoughTrust');
  });

  test('a block is believed exactly when enough of both sets signed it, whatever the sets and the level', () => {
    const share = fc.tuple(fc.bigInt(1n, 9n), fc.bigInt(1n, 9n)).map(([a, b]) => ({ numerator: a, denominator: b }));
    const person = fc.record({
      before: fc.bigInt(0n, 9n),
      now: fc.bigInt(0n, 9n),
      isRotated: fc.boolean(),
      signs: fc.integer({ min: 0, max: 4 }).map((times) => times > 0),
    });
    const tags = new Set<string>();
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 8 }), share, (people, trustLevel) => {
        fc.pre(
          isTrustLevel(trustLevel) && people.some(({ before }) => before > 0n) && people.some(({ now }) => now > 0n),
        );
        const memberOf = (i: number, power: bigint, isRotated: boolean) => {
          const member = toyMember(`v${String(i)}`, power);
          return isRotated ? { ...member, consensusKey: member.consensusKey.map((byte) => byte ^ 1) } : member;
        };
        const before = setOf(people.flatMap((each, i) => (each.before > 0n ? [memberOf(i, each.before, false)] : [])));
        const now = setOf(people.flatMap((each, i) => (each.now > 0n ? [memberOf(i, each.now, each.isRotated)] : [])));
        const signers = people.flatMap((each, i) => (each.now > 0n && each.signs ? [{ ...each, i }] : []));
        const [first, , third] = lightChain({ sets: [before, before, now, now] });
        if (first === undefined || third === undefined) throw new Error('three blocks');
        const positions = signers.map(({ i }) => now.indexOf(toyMember(`v${String(i)}`, 1n).identity));
        const block = { ...third, certificate: signedBy(third.header, now, positions) };
        const vouching = signers.reduce((sum, each) => (each.isRotated ? sum : sum + each.before), 0n);
        const deciding = signers.reduce((sum, each) => sum + each.now, 0n);
        const expected =
          vouching * trustLevel.denominator <= before.totalPower * trustLevel.numerator
            ? 'NotEnoughTrust'
            : 3n * deciding > 2n * now.totalPower
              ? 'Verified'
              : 'NotEnoughPower';
        tags.add(expected);
        expect(judged(block, { trusted: first, rules: { ...RULES, trustLevel } })).toBe(expected);
      }),
      { numRuns: 300 },
    );
    expect(tags.size).toBe(3);
  });

  test('who has another key since does not count', () => {
    const rotated = setOf(
      old.validators.map((validator, i) => (i < 4 ? { ...validator, consensusKey: new Uint8Array(32) } : validator)),
    );
    const header = { ...trusted.header, nextValidatorsHash: rotated.hash };
    const before = { header, nextValidators: rotated };
    expect(judged(far, { trusted: before })).toBe('NotEnoughTrust');
    const one = setOf(
      rotated.validators.map((validator, i) => (i === 0 ? (old.validators[0] ?? validator) : validator)),
    );
    expect(judged(far, { trusted: { header: { ...header, nextValidatorsHash: one.hash }, nextValidators: one } })).toBe(
      'Verified',
    );
  });

  test('no signature is verified twice, and none that is not needed', () => {
    const seen: SignatureCheck[] = [];
    const step = { trusted, block: far, rules: RULES, nowMs: soonAfter(far) };
    const counting = (check: SignatureCheck) => {
      seen.push(check);
      return toyVerify(check);
    };
    expect(verdict(verifyLightBlock(step, counting))).toBe('Verified');
    // Three of the six trusted vouch; of the new set's power 24, six times three is more than two thirds.
    expect(seen).toHaveLength(9);
    expect(right(lightBlockChecks(step))).toEqual(seen);
    const same = { trusted: ONE, block: FOUR, rules: RULES, nowMs: soonAfter(FOUR) };
    expect(right(lightBlockChecks(same))).toHaveLength(3);
  });

  test('one signature does not stand for two validators who share a key', () => {
    const alone = setOf([toyMember('v0', 1n)]);
    const twins = setOf(
      ['v0', 'v1'].map((name) => ({ ...toyMember(name, 1n), consensusKey: toyMember('v0', 1n).consensusKey })),
    );
    const [first, second] = lightChain({ sets: [alone, alone, twins, twins] }).toSpliced(1, 1);
    if (first === undefined || second === undefined) throw new Error('two blocks');
    expect(judged(second, { trusted: first })).toBe('Verified');
    const own = twins.indexOf(toyMember('v0', 1n).identity);
    const signatures = second.certificate.signatures.map((_, __, all) => all[own] ?? new Uint8Array(0));
    const copied = { ...second, certificate: { ...second.certificate, signatures } };
    expect(judged(copied, { trusted: first })).toBe('InvalidSignature');
  });
});

describe('the block to begin with', () => {
  const root = { height: 4n, blockId: blockIdOf(FOUR.header) };
  const trust = (block: LightBlock, named = root) => verdict(trustLightBlock(named, block, CONTEXT, toyVerify));

  test('is the very one that was named, whole and decided by its set', () => {
    expect(trustLightBlock(root, FOUR, CONTEXT, toyVerify)).toEqual(E.right(FOUR));
    expect(trust(blockAt(CHAIN, 3))).toBe('WrongHeight');
    expect(trust(resigned(FOUR, { time: FOUR.header.time + BLOCK_MS }))).toBe('WrongBlock');
    expect(trust({ ...FOUR, nextValidators: toySet([1n]) })).toBe('WrongValidators');
    expect(trust({ ...FOUR, certificate: signedBy(FOUR.header, STEADY, [0, 1]) })).toBe('NotEnoughPower');
    expect(
      trust({
        ...FOUR,
        certificate: signedBy(FOUR.header, STEADY, range(4), { ...CONTEXT, genesisHash: hashOf('x') }),
      }),
    ).toBe('InvalidSignature');
  });
});
