import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import * as C from './codec.ts';
import { consensusTypeCodec } from './proofs.ts';

/** micro-ZHTP in one ZHTP. */
export const MICRO_PER_ZHTP = 1_000_000n;

/** Bytes of one gibibyte. */
export const GIB = 1024n ** 3n;

/** Delegations count up to this multiple of a validator's own stake, in power and in proofs (economics.md, Validators). */
export const DELEGATED_PER_OWN_MAX = 10n;

/** Fewest active validators outside development mode: Byzantine agreement with a fault needs four (decisions.md §6). */
export const VALIDATORS_IN_PRODUCTION_MIN = 4;

const fields = {
  consensusType: consensusTypeCodec,
  minStake: C.u64,
  minStorage: C.u64,
  maxValidators: C.u32,
  blockTime: C.u64,
  proposeTimeout: C.u64,
  prevoteTimeout: C.u64,
  precommitTimeout: C.u64,
  maxTransactionsPerBlock: C.u32,
  maxDifficulty: C.u64,
  targetDifficulty: C.u64,
  /** Validated to (0, 1/3] and used in no arithmetic (decisions.md §5). */
  byzantineThreshold: C.f64,
  slashDoubleSign: C.u8,
  slashLiveness: C.u8,
  developmentMode: C.boolean,
  epochLengthBlocks: C.u64,
} as const;

/**
 * Configuration of the engine: the genesis value of the chain's governable parameters (decisions.md §2).
 * Amounts in micro-ZHTP, storage in bytes, `blockTime` in seconds, timeouts in milliseconds, slashes in percent.
 */
export const consensusConfigCodec = C.struct('ConsensusConfig', fields);
export type ConsensusConfig = C.TypeOf<typeof consensusConfigCodec>;

/** Fewest active validators under a configuration: one alone in development mode (decisions.md §6). */
export const activeValidatorsMin = ({ developmentMode }: Pick<ConsensusConfig, 'developmentMode'>): number =>
  developmentMode ? 1 : VALIDATORS_IN_PRODUCTION_MIN;

/** The double nearest to 1/3, written out because consensus packages do not divide doubles. */
const ONE_THIRD = 0.333_333_333_333_333_3;

/** decisions.md §2. */
export const DEFAULT_CONSENSUS_CONFIG: ConsensusConfig = {
  consensusType: 'Hybrid',
  minStake: 1_000n * MICRO_PER_ZHTP,
  minStorage: 100n * GIB,
  maxValidators: 100,
  blockTime: 10n,
  proposeTimeout: 3_000n,
  prevoteTimeout: 1_000n,
  precommitTimeout: 1_000n,
  maxTransactionsPerBlock: 1_000,
  maxDifficulty: 0xffff_ffffn,
  targetDifficulty: 0xfffn,
  byzantineThreshold: ONE_THIRD,
  slashDoubleSign: 5,
  slashLiveness: 1,
  developmentMode: false,
  epochLengthBlocks: 100n,
};

const within = (field: keyof ConsensusConfig, value: bigint | number, low: bigint, high: bigint): string | undefined =>
  BigInt(value) >= low && BigInt(value) <= high
    ? undefined
    : `${field} is ${String(value)}, it must be from ${String(low)} to ${String(high)}`;

/**
 * Why a configuration is refused, or undefined. Ranges: economics.md, Governance.
 * Development mode may run with one validator and with shorter timeouts and epochs.
 */
export const invalidConsensusConfig = (c: ConsensusConfig): string | undefined => {
  const dev = c.developmentMode;
  const timeoutMin = dev ? 10n : 100n;
  return (
    within('minStake', c.minStake, 1n, 10n ** 6n * MICRO_PER_ZHTP) ??
    within('minStorage', c.minStorage, 0n, 2n ** 50n) ??
    within('maxValidators', c.maxValidators, dev ? 1n : 4n, 1_000n) ??
    within('blockTime', c.blockTime, 1n, 3_600n) ??
    within('proposeTimeout', c.proposeTimeout, timeoutMin, 600_000n) ??
    within('prevoteTimeout', c.prevoteTimeout, timeoutMin, 600_000n) ??
    within('precommitTimeout', c.precommitTimeout, timeoutMin, 600_000n) ??
    within('maxTransactionsPerBlock', c.maxTransactionsPerBlock, 1n, 100_000n) ??
    within('maxDifficulty', c.maxDifficulty, 1n, 2n ** 64n - 1n) ??
    within('targetDifficulty', c.targetDifficulty, 1n, c.maxDifficulty) ??
    (c.byzantineThreshold > 0 && c.byzantineThreshold <= ONE_THIRD
      ? undefined
      : `byzantineThreshold is ${String(c.byzantineThreshold)}, it must be above 0 and at most 1/3`) ??
    within('slashDoubleSign', c.slashDoubleSign, 1n, 100n) ??
    within('slashLiveness', c.slashLiveness, 0n, 20n) ??
    within('epochLengthBlocks', c.epochLengthBlocks, dev ? 1n : 10n, 100_000n)
  );
};

const mistyped = (config: { readonly [field: string]: unknown }): string | undefined => {
  const unknown = Object.keys(config).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) return `${C.quoted(unknown)} is no field of the configuration`;
  const wrong = Object.entries(fields).find(([name, codec]) => !codec.json.is(config[name]));
  return wrong === undefined
    ? undefined
    : `${wrong[0]} is ${C.found(config[wrong[0]])}, it must be a value of type ${wrong[1].name}`;
};

/** Completes a partial configuration with the defaults and validates it. Unknown fields are refused. */
export const consensusConfig = (partial: Partial<ConsensusConfig>): Either<string, ConsensusConfig> => {
  const config = { ...DEFAULT_CONSENSUS_CONFIG, ...partial };
  const wrong = mistyped(config) ?? invalidConsensusConfig(config);
  return wrong === undefined ? E.right(config) : E.left(wrong);
};
