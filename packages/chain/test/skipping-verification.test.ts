import { isTrustLevel, TRUST_LEVEL_ONE_THIRD, type TrustLevel } from '@zhtp/bft';
import {
  beginVerification,
  LIGHT_REMEMBERED_MAX,
  LIGHT_STEPS_MAX,
  offerChecks,
  offerLightBlock,
  verifyLightBlock,
  type LightBlock,
  type LightJudge,
  type LightOutcome,
  type LightRules,
  type LightVerification,
  type SignerSet,
  type VerificationOptions,
} from '@zhtp/chain';
import type { SignatureCheck, Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockAt, lightChain, rollingSets, RULES, signedBy, soonAfter } from './light-chain.ts';
import { hashOf, left, range, right, setOf, toyMember, toySet, toyVerify } from './support.ts';

type Source = (height: bigint) => LightBlock;
type End = Exclude<LightOutcome, { readonly _tag: 'Wants' }>;

const sourceOf =
  (blocks: readonly LightBlock[]): Source =>
  (height) =>
    blockAt(blocks, Number(height));

const judgeAt = (nowMs: bigint, rules: LightRules = RULES): LightJudge => ({ rules, nowMs, verify: toyVerify });

/** Fetches what is wanted until it ends, and tells what was fetched and how much was pending at most. */
const follow = (
  first: LightVerification,
  source: Source,
  judge: LightJudge,
): { readonly end: End; readonly fetched: readonly bigint[]; readonly pendingMax: number } => {
  const fetched: bigint[] = [];
  let pendingMax = 0;
  let verification = first;
  for (;;) {
    fetched.push(verification.wants);
    const outcome = offerLightBlock(verification, source(verification.wants), judge);
    if (outcome._tag !== 'Wants') return { end: outcome, fetched, pendingMax };
    verification = outcome.verification;
    pendingMax = Math.max(pendingMax, verification.pending.length);
  }
};

const begin = (from: LightBlock, target: number, options?: VerificationOptions): LightVerification =>
  right(beginVerification(from, BigInt(target), options));

const heightsOf = (blocks: readonly LightBlock[]): readonly number[] =>
  blocks.map(({ header }) => Number(header.height));

const verifiedBy = ({ end }: { readonly end: End }): readonly number[] =>
  end._tag === 'Verified' ? heightsOf(end.blocks) : [];

const refusalOf = ({ end }: { readonly end: End }) => (end._tag === 'Refused' ? end.error._tag : end._tag);

const STEADY = lightChain({ sets: range(41).map(() => toySet([1n, 1n, 1n, 1n])) });
/** No two heights after each other have a validator in common. */
const FLEETING = lightChain({ sets: rollingSets(40, 3, 3) });
const LAST = judgeAt(soonAfter(blockAt(STEADY, 40)));

describe('skipping', () => {
  test('takes one block where the set stays', () => {
    const way = follow(begin(blockAt(STEADY, 1), 40), sourceOf(STEADY), LAST);
    expect([way.fetched, verifiedBy(way)]).toEqual([[40n], [40]]);
    expect(way.end._tag === 'Verified' ? way.end.target : null).toBe(blockAt(STEADY, 40));
  });

  test('halves the gap where too few are known, and tries the farther blocks again from each believed one', () => {
    const chain = lightChain({ sets: rollingSets(16, 4, 1) });
    const way = follow(begin(blockAt(chain, 1), 9), sourceOf(chain), LAST);
    // Four heights on, one of the four trusted validators of the next height is left; two heights on, three are.
    expect([way.fetched, verifiedBy(way)]).toEqual([
      [9n, 5n, 3n, 7n],
      [3, 5, 7, 9],
    ]);
  });

  test('visits every height when nobody stays, with no more pending than a gap can be halved', () => {
    const way = follow(begin(blockAt(FLEETING, 1), 40), sourceOf(FLEETING), LAST);
    expect(verifiedBy(way)).toEqual(range(39).map((i) => i + 2));
    expect(way.fetched).toHaveLength(39);
    expect(way.pendingMax).toBeLessThanOrEqual(6);
  });

  test('is a value: the same way can be gone twice', () => {
    const first = begin(blockAt(FLEETING, 1), 9);
    const ways = range(2).map(() => follow(first, sourceOf(FLEETING), LAST));
    expect(ways[0]).toEqual(ways[1]);
  });
});

describe('a verifier that answers later', () => {
  const chain = lightChain({ sets: rollingSets(16, 4, 1) });

  /** Each block twice: first for its signatures, then with the verdicts on them. */
  const followLater = (source: Source): LightOutcome => {
    for (let verification = begin(blockAt(chain, 1), 9); ;) {
      const block = source(verification.wants);
      const checks = offerChecks(verification, block, LAST);
      const verdicts = new Map(
        checks.map((check) => [check.message.join() + check.publicKey.join(), toyVerify(check)]),
      );
      const known = (check: SignatureCheck): Validity =>
        verdicts.get(check.message.join() + check.publicKey.join()) ?? 'invalid';
      const outcome = offerLightBlock(verification, block, { ...LAST, verify: known });
      if (outcome._tag !== 'Wants') return outcome;
      verification = outcome.verification;
    }
  };

  test('comes to the same end, all signatures of an offer being told at once', () => {
    expect(followLater(sourceOf(chain))).toEqual(follow(begin(blockAt(chain, 1), 9), sourceOf(chain), LAST).end);
    expect(offerChecks(begin(blockAt(chain, 5), 6), blockAt(chain, 6), LAST)).toHaveLength(3);
  });

  test('refuses what is forged, and asks for nothing where a rule refuses before', () => {
    const forged: Source = (height) => {
      const block = sourceOf(chain)(height);
      const signatures = block.certificate.signatures.map((bytes) => bytes.map((byte) => byte ^ 1));
      return height === 9n ? { ...block, certificate: { ...block.certificate, signatures } } : block;
    };
    const end = followLater(forged);
    expect(end._tag === 'Refused' ? [end.height, end.error._tag] : end._tag).toEqual([9n, 'InvalidSignature']);
    expect(offerChecks(begin(blockAt(chain, 1), 9), blockAt(chain, 8), LAST)).toEqual([]);
  });
});

describe('sequential verification', () => {
  test('takes each height, whoever signed', () => {
    const way = follow(begin(blockAt(STEADY, 3), 9, { mode: 'sequential' }), sourceOf(STEADY), LAST);
    expect([way.fetched.map(Number), verifiedBy(way)]).toEqual([
      [4, 5, 6, 7, 8, 9],
      [4, 5, 6, 7, 8, 9],
    ]);
  });

  test('does not begin what it has not the steps to end', () => {
    const from = (target: number) =>
      beginVerification(blockAt(STEADY, 1), BigInt(target), { mode: 'sequential', stepsMax: 5 });
    expect([5, 6].map((target) => E.isRight(from(target)))).toEqual([true, true]);
    expect(left(from(7))._tag).toBe('TooManySteps');
    expect(follow(right(from(6)), sourceOf(STEADY), LAST).end._tag).toBe('Verified');
  });
});

describe('a way is bounded', () => {
  test('by the steps it may take, to the step', () => {
    const needed = follow(begin(blockAt(FLEETING, 1), 9), sourceOf(FLEETING), LAST).fetched.length;
    const within = (stepsMax: number) =>
      refusalOf(follow(begin(blockAt(FLEETING, 1), 9, { stepsMax }), sourceOf(FLEETING), LAST));
    expect([needed - 1, needed, needed + 1].map(within)).toEqual(['TooManySteps', 'Verified', 'Verified']);
    expect(refusalOf(follow(begin(blockAt(FLEETING, 1), 9, { stepsMax: 0 }), sourceOf(FLEETING), LAST))).toBe(
      'TooManySteps',
    );
    expect(begin(blockAt(STEADY, 1), 9).options).toEqual({
      mode: 'skipping',
      stepsMax: LIGHT_STEPS_MAX,
      rememberedMax: LIGHT_REMEMBERED_MAX,
    });
  });

  test('by wrong answers too', () => {
    let verification = begin(blockAt(STEADY, 1), 9, { stepsMax: 3 });
    const tags: string[] = [];
    for (;;) {
      const outcome = offerLightBlock(verification, blockAt(STEADY, 8), LAST);
      if (outcome._tag !== 'Refused') throw new Error(`unexpected ${outcome._tag}`);
      tags.push(outcome.error._tag);
      if (O.isNone(outcome.retry)) break;
      verification = outcome.retry.value;
    }
    expect(tags).toEqual(['WrongHeight', 'WrongHeight', 'WrongHeight']);
  });

  test('in what it remembers: the newest blocks, the target always', () => {
    const kept = (rememberedMax: number) =>
      verifiedBy(follow(begin(blockAt(FLEETING, 1), 5, { rememberedMax }), sourceOf(FLEETING), LAST));
    expect([3, 4, 5].map(kept)).toEqual([
      [3, 4, 5],
      [2, 3, 4, 5],
      [2, 3, 4, 5],
    ]);
    expect([kept(1), kept(0)]).toEqual([[5], [5]]);
  });

  test('below by what is trusted', () => {
    const from = blockAt(STEADY, 7);
    expect([6n, 7n].map((target) => left(beginVerification(from, target))._tag)).toEqual(['NotLater', 'NotLater']);
    expect(right(beginVerification(from, 8n)).wants).toBe(8n);
  });
});

describe('a wrong block', () => {
  const forged = (height: number): LightBlock => {
    const block = blockAt(FLEETING, height);
    const header = { ...block.header, dataHash: hashOf('forged') };
    return { ...block, header, certificate: signedBy(header, block.validators, [0]) };
  };

  test('is refused, and another source goes on from what was believed, without what was only shown', () => {
    const lying: Source = (height) => (height === 4n ? forged(4) : sourceOf(FLEETING)(height));
    const { end, fetched } = follow(begin(blockAt(FLEETING, 1), 9), lying, LAST);
    expect(fetched).toEqual([9n, 5n, 3n, 2n, 4n]);
    if (end._tag !== 'Refused' || O.isNone(end.retry)) throw new Error('it must be refused, with a way on');
    expect([end.height, end.error._tag]).toEqual([4n, 'NotEnoughPower']);
    const again = end.retry.value;
    expect([again.wants, again.pending, heightsOf(again.verified)]).toEqual([9n, [], [2, 3]]);
    expect(verifiedBy(follow(again, sourceOf(FLEETING), LAST))).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is refused with its own height also when it was shown long before', () => {
    const lying: Source = (height) => (height === 9n ? forged(9) : sourceOf(FLEETING)(height));
    const { end } = follow(begin(blockAt(FLEETING, 1), 9), lying, LAST);
    expect(end._tag === 'Refused' ? [end.height, end.error._tag] : end._tag).toEqual([9n, 'NotEnoughPower']);
  });

  test('ends the way for good once trust has expired', () => {
    const judge = judgeAt(blockAt(STEADY, 1).header.time + RULES.trustingPeriodMs);
    const { end } = follow(begin(blockAt(STEADY, 1), 9), sourceOf(STEADY), judge);
    expect(end._tag === 'Refused' ? [end.error._tag, end.retry] : end._tag).toEqual(['TrustExpired', O.none]);
  });

  test('from the future may be asked for again', () => {
    const judge = judgeAt(blockAt(STEADY, 1).header.time);
    const { end } = follow(begin(blockAt(STEADY, 1), 9), sourceOf(STEADY), judge);
    expect(end._tag === 'Refused' ? [end.error._tag, O.isSome(end.retry)] : end._tag).toEqual(['FromFuture', true]);
  });
});

const level = (numerator: bigint, denominator: bigint): TrustLevel => {
  const share = { numerator, denominator };
  if (!isTrustLevel(share)) throw new Error('not a trust level');
  return share;
};

const LEVELS = [TRUST_LEVEL_ONE_THIRD, level(1n, 2n), level(2n, 3n), level(1n, 1n)];

/** A set out of twelve people, some with a second key. */
const anySet = fc
  .uniqueArray(fc.record({ who: fc.nat(11), power: fc.bigInt(1n, 9n), rotated: fc.boolean() }), {
    minLength: 1,
    maxLength: 7,
    selector: ({ who }) => who,
  })
  .map((members) =>
    setOf(
      members.map(({ who, power, rotated }) => {
        const member = toyMember(`v${String(who)}`, power);
        return rotated ? { ...member, consensusKey: member.consensusKey.map((byte) => byte ^ 1) } : member;
      }),
    ),
  );

/** Sets of a chain: some stay for a while. */
const anySets = fc
  .array(fc.tuple(anySet, fc.integer({ min: 1, max: 5 })), { minLength: 3, maxLength: 10 })
  .map((stretches) => stretches.flatMap(([set, heights]) => range(heights).map(() => set)));

const powerAt = (set: SignerSet, positions: readonly number[]): bigint =>
  positions.reduce((sum, i) => sum + (set.validators[i]?.votingPower ?? 0n), 0n);

/** A quorum of each set that leaves out whom it can, beginning somewhere. */
const leanQuorum =
  (seed: number) =>
  (height: bigint, set: SignerSet): readonly number[] => {
    const count = set.validators.length;
    const from = range(count).map((i) => (i + seed + Number(height)) % count);
    return from
      .reduce<readonly number[]>(
        (taken, i) => (3n * powerAt(set, taken) > 2n * set.totalPower ? taken : [...taken, i]),
        [],
      )
      .toSorted((a, b) => a - b);
  };

describe('whatever the sets', () => {
  test('an honest chain is verified from any height to any later one, each block by the one before', () => {
    fc.assert(
      fc.property(
        anySets,
        fc.nat(),
        fc.nat(),
        fc.nat(1_000),
        fc.constantFrom(...LEVELS),
        fc.constantFrom('skipping' as const, 'sequential' as const),
        (sets, a, b, seed, trustLevel, mode) => {
          const chain = lightChain({ sets, signers: leanQuorum(seed) });
          const low = 1 + (a % chain.length);
          const high = 1 + (b % chain.length);
          fc.pre(low < high);
          const judge = judgeAt(blockAt(chain, low).header.time + RULES.trustingPeriodMs - 1n, {
            ...RULES,
            trustLevel,
          });
          const way = follow(begin(blockAt(chain, low), high, { mode }), sourceOf(chain), judge);
          const heights = verifiedBy(way);
          expect(heights.at(-1)).toBe(high);
          let trusted = blockAt(chain, low);
          for (const height of heights) {
            const block = blockAt(chain, height);
            expect(E.isRight(verifyLightBlock({ trusted, block, ...judge }, toyVerify))).toBe(true);
            trusted = block;
          }
          // The height halves: at most log2 of the gap, and one.
          expect(2 ** (way.pendingMax - 1)).toBeLessThanOrEqual(high - low);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a fork signed by at most a third of the trusted power is never believed, whatever sets it invents', () => {
    fc.assert(
      fc.property(
        anySets,
        fc.nat(),
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        (sets, a, b, wanted, isSequential) => {
          const chain = lightChain({ sets });
          const low = 1 + (a % chain.length);
          const high = 1 + (b % chain.length);
          fc.pre(low < high);
          const trusted = blockAt(chain, low);
          const { nextValidators: judges } = trusted;
          const culprits = judges.validators
            .filter((_, i) => wanted[i] === true)
            .reduce<readonly SignerSet['validators'][number][]>((taken, validator) => {
              const power = [...taken, validator].reduce((sum, { votingPower }) => sum + votingPower, 0n);
              return 3n * power <= judges.totalPower ? [...taken, validator] : taken;
            }, []);
          // Heavy strangers decide the fork with the culprits; right above the trusted block it may also claim the true set.
          const invented = setOf([...culprits, ...range(3).map((i) => toyMember(`stranger${String(i)}`, 100n))]);
          const fork = lightChain({
            sets: [
              ...sets.slice(0, low),
              ...sets.slice(low).map((_, i) => (wanted[i] === true && i === 0 ? judges : invented)),
            ],
            signers: (height, set) =>
              set.validators.flatMap(({ identity }, i) =>
                height <= BigInt(low) || set === invented || culprits.some((each) => each.identity === identity)
                  ? [i]
                  : [],
              ),
            forkFrom: { height: BigInt(low + 1), name: 'fork' },
          });
          const way = follow(
            begin(trusted, high, { mode: isSequential ? 'sequential' : 'skipping' }),
            sourceOf(fork),
            judgeAt(soonAfter(blockAt(chain, high))),
          );
          expect(way.end._tag).toBe('Refused');
        },
      ),
      { numRuns: 150 },
    );
  });
});
