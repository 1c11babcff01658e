import { floorDiv, type SignatureCheck } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { lightError, type LightBlock, type LightError, type LightRules, type TrustedState } from './light-block.ts';
import { verifyLightBlock } from './light-verification.ts';
import type { VerifySignature } from './verify-now.ts';

/** Blocks that are judged on one way to a target: a bad source cannot keep its client busy for longer. */
export const LIGHT_STEPS_MAX = 1_000;

/** Verified blocks that are kept of one way, the newest: with 100 validators one is about 600 KB. */
export const LIGHT_REMEMBERED_MAX = 64;

export interface VerificationOptions {
  /** `'skipping'` tries the target first and halves the gap where trust is short; `'sequential'` takes each height. */
  readonly mode?: 'skipping' | 'sequential';
  /** {@link LIGHT_STEPS_MAX} unless given; less than 1 counts as 1. */
  readonly stepsMax?: number;
  /** {@link LIGHT_REMEMBERED_MAX} unless given; less than 1 counts as 1, because the target is always kept. */
  readonly rememberedMax?: number;
}

/** A way from what is trusted to a target, as far as it has come. A value: whoever keeps it can go on from it again. */
export interface LightVerification {
  readonly options: Required<VerificationOptions>;
  readonly target: bigint;
  /** The height to be fetched next; {@link offerLightBlock} takes no other. */
  readonly wants: bigint;
  /** The newest block that is believed. */
  readonly trusted: TrustedState;
  /** What was believed on the way, in order: the newest `rememberedMax`. */
  readonly verified: readonly LightBlock[];
  /** Shown and not believed yet, farthest first: at most as many as the gap can be halved. */
  readonly pending: readonly LightBlock[];
  /** Blocks judged so far. */
  readonly steps: number;
}

/** What became of an offered block. */
export type LightOutcome =
  /** One more block is needed: `verification.wants`. */
  | { readonly _tag: 'Wants'; readonly verification: LightVerification }
  /** The target is believed: the last of these, all in order. It is what to trust next. */
  | { readonly _tag: 'Verified'; readonly blocks: readonly LightBlock[]; readonly target: LightBlock }
  /**
   * The block of this height is wrong. `retry` goes on without anything that was not verified yet, for another source;
   * none where no source can help: trust has expired, or the steps are used up.
   */
  | {
      readonly _tag: 'Refused';
      readonly height: bigint;
      readonly error: LightError;
      readonly retry: O.Option<LightVerification>;
    };

/** When and by which rules an offered block is judged. */
export interface LightJudge {
  readonly rules: LightRules;
  /** Unix milliseconds of the verifier's clock. */
  readonly nowMs: bigint;
  readonly verify: VerifySignature;
}

const withDefaults = ({ mode, stepsMax, rememberedMax }: VerificationOptions): Required<VerificationOptions> => ({
  mode: mode ?? 'skipping',
  stepsMax: Math.max(1, stepsMax ?? LIGHT_STEPS_MAX),
  rememberedMax: Math.max(1, rememberedMax ?? LIGHT_REMEMBERED_MAX),
});

const firstWish = (trusted: TrustedState, target: bigint, { mode }: Required<VerificationOptions>): bigint =>
  mode === 'sequential' ? trusted.header.height + 1n : target;

const tooManySteps = (target: bigint, stepsMax: number): LightError =>
  lightError(
    'TooManySteps',
    `of height ${String(target)} is not reached in ${String(stepsMax)} steps: ask another peer, or trust a block nearer to it`,
  );

/** The way from what is trusted to a later height. Sequential ways must fit into `stepsMax`. */
export const beginVerification = (
  trusted: TrustedState,
  target: bigint,
  options: VerificationOptions = {},
): Either<LightError, LightVerification> => {
  const chosen = withDefaults(options);
  const { height } = trusted.header;
  if (target <= height)
    return E.left(
      lightError('NotLater', `of height ${String(target)} must be above the trusted height ${String(height)}`),
    );
  if (chosen.mode === 'sequential' && target - height > BigInt(chosen.stepsMax))
    return E.left(tooManySteps(target, chosen.stepsMax));
  const wants = firstWish(trusted, target, chosen);
  return E.right({ options: chosen, target, wants, trusted, verified: [], pending: [], steps: 0 });
};

/** Half way up, so that the gap halves with each block that is too far. */
const between = (low: bigint, high: bigint): bigint => low + floorDiv(high - low, 2n);

const wanting = (verification: LightVerification): LightOutcome =>
  verification.steps < verification.options.stepsMax
    ? { _tag: 'Wants', verification }
    : {
        _tag: 'Refused',
        height: verification.wants,
        error: tooManySteps(verification.target, verification.options.stepsMax),
        retry: O.none,
      };

const refused = (verification: LightVerification, height: bigint, error: LightError): LightOutcome => {
  const { trusted, target, options, steps } = verification;
  const isFinal = error._tag === 'TrustExpired' || steps >= options.stepsMax;
  const retry: LightVerification = { ...verification, pending: [], wants: firstWish(trusted, target, options) };
  return { _tag: 'Refused', height, error, retry: isFinal ? O.none : O.some(retry) };
};

const withVerified = (verification: LightVerification, block: LightBlock): LightVerification => ({
  ...verification,
  trusted: block,
  verified: [...verification.verified, block].slice(-verification.options.rememberedMax),
  pending: verification.pending.slice(0, -1),
});

/** Believes what is pending from the nearest on, as far as trust reaches. */
const settle = (before: LightVerification, { rules, nowMs, verify }: LightJudge): LightOutcome => {
  let now = before;
  for (let nearest = now.pending.at(-1); nearest !== undefined; nearest = now.pending.at(-1)) {
    const { height } = nearest.header;
    const judged = verifyLightBlock({ trusted: now.trusted, block: nearest, rules, nowMs }, verify);
    if (E.isLeft(judged))
      return judged.left._tag === 'NotEnoughTrust'
        ? wanting({ ...now, wants: between(now.trusted.header.height, height) })
        : refused(now, height, judged.left);
    now = withVerified(now, nearest);
    if (height === now.target) return { _tag: 'Verified', blocks: now.verified, target: nearest };
  }
  return wanting({ ...now, wants: firstWish(now.trusted, now.target, now.options) });
};

/**
 * Judges the block that was wanted. Skipping (protocol.md, Light client): the target is tried first; where too little of
 * the trusted set signed it, the block half way is wanted, and whatever is believed then serves to try the farther ones
 * again. Two neighbours need no trust level, so that an honest source always leads to its target while trust lasts.
 */
export const offerLightBlock = (before: LightVerification, block: LightBlock, judge: LightJudge): LightOutcome => {
  const { height } = block.header;
  const verification = { ...before, steps: before.steps + 1 };
  if (height !== before.wants)
    return refused(
      verification,
      height,
      lightError(
        'WrongHeight',
        `of height ${String(height)} was not asked for, but ${String(before.wants)}: ask another peer`,
      ),
    );
  return settle({ ...verification, pending: [...before.pending, block] }, judge);
};

/**
 * The signatures that {@link offerLightBlock} would ask for, were they all valid: for verifiers that answer later, or many
 * at once. With the verdicts at hand offer the same block to the same verification, at the same moment.
 */
export const offerChecks = (
  verification: LightVerification,
  block: LightBlock,
  when: Omit<LightJudge, 'verify'>,
): readonly SignatureCheck[] => {
  const asked: SignatureCheck[] = [];
  offerLightBlock(verification, block, {
    ...when,
    verify: (check) => {
      asked.push(check);
      return 'valid';
    },
  });
  return asked;
};
