import type { Either } from 'fp-ts/lib/Either.js';

/** A refused value worth showing beside the message. */
export type OffendingValue = string | number | bigint | boolean;

interface Failure<Tag extends string> {
  readonly _tag: Tag;
  /** Names the field, says what is wrong and what to do; one line. */
  readonly message: string;
  /** The value that was refused, where there is one. */
  readonly value?: OffendingValue;
}

/** A failure that something else caused. */
interface CausedFailure<Tag extends string> extends Failure<Tag> {
  /** What the library underneath reported; its text is already part of `message`. */
  readonly cause?: unknown;
}

const failure =
  <Tag extends string>(tag: Tag) =>
  (message: string, value?: OffendingValue): Failure<Tag> =>
    value === undefined ? { _tag: tag, message } : { _tag: tag, message, value };

/** What was thrown or rejected, as text: an error's message, anything else as it prints. Never throws, whatever it is given. */
export const causeText = (cause: unknown): string => {
  try {
    return String(cause instanceof Error ? cause.message : cause);
  } catch {
    return 'something that has no text';
  }
};

const causedFailure =
  <Tag extends string>(tag: Tag) =>
  (message: string, cause?: unknown): CausedFailure<Tag> =>
    cause === undefined ? { _tag: tag, message } : { _tag: tag, message: `${message}: ${causeText(cause)}`, cause };

/** Everything that can go wrong on the documented surface: the reference's 14 variants and no other. */
export type ConsensusError =
  | Failure<'InvalidConsensusType'>
  | Failure<'ValidatorError'>
  | Failure<'ProofVerificationFailed'>
  | Failure<'ByzantineFault'>
  | Failure<'DaoError'>
  | Failure<'RewardError'>
  | Failure<'NetworkStateError'>
  | CausedFailure<'CryptoError'>
  | Failure<'IdentityError'>
  | Failure<'NetworkError'>
  | Failure<'ZkError'>
  | Failure<'InvalidPreviousHash'>
  | CausedFailure<'SerializationError'>
  | CausedFailure<'TimeError'>;

/** The reference's `ConsensusResult<T>`. */
export type ConsensusResult<A> = Either<ConsensusError, A>;

/**
 * One constructor per variant. `message` is one line that names the field, says what is wrong and what to do; `value` is
 * what was refused, where there is one.
 */
export const invalidConsensusType = failure('InvalidConsensusType');
export const validatorError = failure('ValidatorError');
export const proofVerificationFailed = failure('ProofVerificationFailed');
export const byzantineFaultError = failure('ByzantineFault');
export const daoError = failure('DaoError');
export const rewardError = failure('RewardError');
export const networkStateError = failure('NetworkStateError');
/** `cause` is what a cryptography library threw or answered. */
export const cryptoError = causedFailure('CryptoError');
export const identityError = failure('IdentityError');
export const networkError = failure('NetworkError');
export const zkError = failure('ZkError');
export const invalidPreviousHash = failure('InvalidPreviousHash');
/** `cause` is a DecodeError's message or what a parser threw. */
export const serializationError = causedFailure('SerializationError');
export const timeError = causedFailure('TimeError');

/** What can go wrong in difficulty policy: the reference's 3 variants. */
export type DifficultyError = Failure<'InvalidDifficulty'> | Failure<'InvalidConfig'> | Failure<'CalculationError'>;

/** The reference's `DifficultyResult<T>`. */
export type DifficultyResult<A> = Either<DifficultyError, A>;

/** Constructors of the difficulty errors, as those of {@link ConsensusError}. */
export const invalidDifficulty = failure('InvalidDifficulty');
export const invalidConfig = failure('InvalidConfig');
export const calculationError = failure('CalculationError');

/** C0 and C1 controls and Unicode's own line separators. */
const LINE_BREAKERS = /[\p{Cc}\u2028\u2029]+/gu;

const RENDERED_CHARACTERS_MAX = 1_000;

/** An error as one line for a log or a terminal: tag, message, offending value; control characters become spaces. */
export const describeError = (error: {
  readonly _tag: string;
  readonly message: string;
  readonly value?: OffendingValue;
}): string => {
  const value = error.value === undefined ? '' : ` (got ${String(error.value)})`;
  return `${error._tag}: ${error.message}${value}`.replace(LINE_BREAKERS, ' ').slice(0, RENDERED_CHARACTERS_MAX);
};
