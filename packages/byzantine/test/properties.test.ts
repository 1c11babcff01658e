import { verifyNow, voteCheck } from '@zhtp/chain';
import { ZERO_HASH, type ConsensusVote, type Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByzantineFaultDetector } from '../src/byzantine-fault-detector.ts';
import { stakeBook } from './stake-book.ts';
import { CONTEXT, hashNamed, identityNamed, keyOf, right, signedVote } from './support.ts';

const NAMES = ['v0', 'v1', 'v2', 'v3'] as const;
const nameOf = new Map(NAMES.map((name) => [identityNamed(name), name]));

const valid = new Map<ConsensusVote, Validity>();

/** Real signatures; what was checked once is remembered, since the same votes come in many orders. */
const verifyVote = (of: ConsensusVote): Validity => {
  const known = valid.get(of);
  if (known !== undefined) return known;
  const check = voteCheck(CONTEXT, keyOf(nameOf.get(of.voter) ?? 'nobody').publicKey, of);
  const validity = E.isRight(check) ? verifyNow(check.right) : 'invalid';
  valid.set(of, validity);
  return validity;
};

interface Cast {
  readonly signer: (typeof NAMES)[number];
  readonly vote: ConsensusVote;
}

/** Votes of few slots by four validators, some in another's name, most of them for the same block. */
const CASTS: readonly Cast[] = NAMES.flatMap((signer) =>
  NAMES.filter((voter) => voter === signer || voter === 'v0').flatMap((voter) =>
    [O.some(hashNamed('x')), O.some(hashNamed('y')), O.none].flatMap((proposalId) =>
      [0, 1].map((round) => ({
        signer,
        vote: signedVote(signer, { voter: identityNamed(voter), proposalId, round }),
      })),
    ),
  ),
);

const detectorThatHeard = (casts: readonly Cast[]): ByzantineFaultDetector => {
  const detector = right(ByzantineFaultDetector.create({ verifyVote }));
  for (const { vote } of casts) detector.detectEquivocation(vote, O.getOrElse(() => ZERO_HASH)(vote.proposalId), 1n);
  return detector;
};

const convicted = (detector: ByzantineFaultDetector): readonly string[] =>
  right(detector.detectFaults(stakeBook(...NAMES).manager)).map(({ validator }) => nameOf.get(validator) ?? '');

/** Who really signed two contents in one slot in his own name. */
const guilty = (casts: readonly Cast[]): readonly string[] =>
  NAMES.filter((name) => {
    const own = casts.filter(({ signer, vote }) => signer === name && vote.voter === identityNamed(name));
    return own.some(({ vote: a }) => own.some(({ vote: b }) => a.round === b.round && a.id !== b.id));
  });

test('nobody is convicted by anything he did not sign, and who signed two contents is, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...CASTS]), (casts) => {
      expect(convicted(detectorThatHeard(casts)).toSorted()).toEqual(guilty(casts));
    }),
    { numRuns: 150 },
  );
});

const V = NAMES.map(identityNamed);
const who = fc.constantFrom(...V);
const height = fc.bigInt({ min: 1n, max: 6n });

type Report = (detector: ByzantineFaultDetector) => unknown;

const report: fc.Arbitrary<Report> = fc.oneof(
  fc.tuple(who, height).map(
    ([id, at]): Report =>
      (detector) =>
        detector.recordDoubleSign(id, at, 0, Uint8Array.of(1), Uint8Array.of(2)),
  ),
  fc.tuple(who, height, fc.integer({ min: 1, max: 2 })).map(
    ([id, at, missed]): Report =>
      (detector) =>
        detector.recordLivenessViolation(id, at, missed),
  ),
  fc.tuple(who, height, fc.constantFrom('x', 'y')).map(
    ([id, at, name]): Report =>
      (detector) =>
        detector.recordInvalidProposal(id, at, hashNamed(name), 'wrong parent'),
  ),
  fc.tuple(who, height).map(
    ([id, at]): Report =>
      (detector) =>
        detector.recordInvalidVote(id, at, 'zero id'),
  ),
);

const outcome = (reports: readonly Report[], times: number) => {
  const detector = new ByzantineFaultDetector();
  for (const tell of reports) tell(detector);
  const book = stakeBook(...NAMES);
  const faults = right(detector.detectFaults(book.manager));
  for (let i = 0; i < times; i++)
    right(detector.processFaults(i % 2 === 0 ? faults : faults.toReversed(), book.manager));
  return { faults, stakes: NAMES.map((name) => [book.stakeOf(name), book.statusOf(name)]) };
};

test('faults and penalties do not depend on the order of reports, nor on their repetition', () => {
  fc.assert(
    fc.property(
      fc
        .array(report, { maxLength: 40 })
        .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([reports, shuffled]) => {
        expect(outcome([...shuffled, ...reports], 1)).toEqual(outcome(reports, 1));
      },
    ),
    { numRuns: 200 },
  );
});

test('processing faults twice equals once', () => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      expect(outcome(reports, 3)).toEqual(outcome(reports, 1));
    }),
    { numRuns: 200 },
  );
});

test('a tombstone is absorbing, and no slash takes more than there is', () => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      const detector = right(ByzantineFaultDetector.create({ slashDoubleSign: 100, slashLiveness: 20 }));
      const book = stakeBook(...NAMES);
      const before = new Map(NAMES.map((name) => [name, book.stakeOf(name)]));
      const tombstoned = new Set<string>();
      for (const tell of reports) {
        tell(detector);
        const penalties = right(detector.processFaults(right(detector.detectFaults(book.manager)), book.manager));
        const taken = penalties.reduce((sum, { slashed }) => sum + slashed, 0n);
        const lost = NAMES.reduce((sum, name) => sum + (before.get(name) ?? 0n) - book.stakeOf(name), 0n);
        expect(taken).toBe(lost);
        for (const name of NAMES) {
          before.set(name, book.stakeOf(name));
          expect(book.stakeOf(name) >= 0n).toBe(true);
          if (book.statusOf(name) === 'Slashed') tombstoned.add(name);
          expect(book.statusOf(name) === 'Slashed').toBe(tombstoned.has(name));
        }
      }
    }),
    { numRuns: 100 },
  );
});
