import {
  mulDivFloor,
  slashTypeCodec,
  U64_MAX,
  u64,
  validatorError,
  type ConsensusResult,
  type IdentityId,
  type Option,
  type SignatureAlgorithm,
  type SlashType,
  type Validator as ValidatorRecord,
  type ValidatorStatus,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { canParticipate, jailed, mayBeReleased, released } from './jail.ts';
import { mistyped, notPositive } from './refusals.ts';
import { effectiveReputation } from './reputation.ts';
import { forgotten, PPM, PPM_PER_PERCENT, punished, type JailTerms } from './slash-consequences.ts';
import { poolLoss } from './slash.ts';
import { percentRefusal } from './slash-percentage.ts';
import { DEFAULT_RULES } from './staking-rules.ts';
import { createValidator, isInactive, withActivity, withBasis, type ValidatorCandidate } from './validator-record.ts';
import type { PowerRule } from './voting-power.ts';

/** What a lone validator is judged by. Defaults: Hybrid, ML-DSA-65, no minimum of stake, the documented jail terms. */
export interface ValidatorTerms extends PowerRule, JailTerms {
  readonly algorithm: SignatureAlgorithm;
  /** Own stake without which jail holds, micro-ZHTP. */
  readonly minStake: bigint;
}

/** What a validator is built around when its record exists already. */
interface Kept {
  readonly countedFrom: bigint;
  readonly provenWork: bigint;
}

/**
 * The documented validator: its record with the documented methods over it. Times are unix seconds of block time and come
 * as an argument, because nothing here has a clock. One that a manager hands out is a copy: what is done to it stays with
 * it, and the manager's own methods are what changes the registry.
 */
export class Validator implements ValidatorRecord {
  declare readonly identity: IdentityId;
  declare readonly stake: bigint;
  declare readonly storageProvided: bigint;
  declare readonly status: ValidatorStatus;
  declare readonly consensusKey: Uint8Array;
  declare readonly votingPower: bigint;
  declare readonly commissionRate: number;
  declare readonly reputation: number;
  declare readonly lastActivity: bigint;
  declare readonly slashCount: number;
  declare readonly jailUntil: Option<bigint>;
  declare readonly delegatedStake: bigint;
  readonly #terms: ValidatorTerms;
  #kept: Kept;
  #record: ValidatorRecord;

  private constructor(record: ValidatorRecord, terms: ValidatorTerms, kept: Kept) {
    this.#terms = terms;
    this.#kept = kept;
    this.#record = record;
    this.#become(record);
  }

  /** Refused with a ValidatorError: a key of another length or all zero, a commission above 100, an amount beyond 64 bits. */
  static create(candidate: ValidatorCandidate, terms: Partial<ValidatorTerms> = {}): ConsensusResult<Validator> {
    const complete = { ...DEFAULT_RULES, minStake: 0n, ...terms };
    return E.map((record: ValidatorRecord) => Validator.of(record, complete))(
      createValidator(complete.algorithm, complete, candidate),
    );
  }

  /** A copy of a record, with the documented methods. */
  static of(record: ValidatorRecord, terms: Partial<ValidatorTerms> = {}, kept: Partial<Kept> = {}): Validator {
    return new Validator(
      record,
      { ...DEFAULT_RULES, minStake: 0n, ...terms },
      { countedFrom: record.lastActivity, provenWork: 0n, ...kept },
    );
  }

  /** Active, and not jailed at this time. */
  canParticipate(atSeconds: bigint): boolean {
    return u64.json.is(atSeconds) && canParticipate(this.#record, atSeconds);
  }

  /**
   * Takes ⌊stake · percentage / 100⌋ of own stake and applies what follows (economics.md, Validators).
   * @param slashPercentage above 0, at most 100, whole
   * @returns the own part taken, micro-ZHTP; delegated stake loses the same share
   */
  slash(slashType: SlashType, slashPercentage: number, atSeconds: bigint): ConsensusResult<bigint> {
    const refused =
      mistyped({ slashType: slashTypeCodec, atSeconds: u64 }, { slashType, atSeconds }) ??
      percentRefusal(slashPercentage) ??
      (slashType === 'DoubleSign' && this.status === 'Slashed'
        ? validatorError(`validator ${this.identity} is tombstoned already; one double sign is one offence`)
        : undefined);
    if (refused !== undefined) return E.left(refused);
    const ppm = BigInt(slashPercentage) * PPM_PER_PERCENT;
    const due = mulDivFloor(this.stake + this.delegatedStake, ppm, PPM);
    const loss = poolLoss(this.stake, this.delegatedStake, due);
    const { slashCount } = forgotten({ slashCount: this.slashCount, countedFrom: this.#kept.countedFrom }, atSeconds);
    const lowered = withBasis({ ...this.#record, slashCount }, this.#terms, this.#kept.provenWork, {
      stake: this.stake - loss.own,
      delegatedStake: this.delegatedStake - loss.delegated,
    });
    this.#kept = { ...this.#kept, countedFrom: atSeconds };
    this.#become(this.#belowMinimum(punished(lowered, slashType, ppm, this.#terms, atSeconds)));
    return E.right(loss.own);
  }

  /** Jails from now on for so long; the later end holds. Refused for a tombstoned validator. */
  jail(durationSeconds: bigint, atSeconds: bigint): ConsensusResult<void> {
    const refused =
      mistyped({ durationSeconds: u64, atSeconds: u64 }, { durationSeconds, atSeconds }) ??
      (this.status === 'Slashed' ? validatorError(`validator ${this.identity} is tombstoned for good`) : undefined);
    if (refused !== undefined) return E.left(refused);
    this.#become(jailed(this.#record, durationSeconds, atSeconds));
    return E.right(undefined);
  }

  /** True when it was jailed, the term is over and own stake has its minimum: then it is Active again. */
  tryReleaseFromJail(atSeconds: bigint): boolean {
    if (!u64.json.is(atSeconds) || !mayBeReleased(this.#record, this.#terms.minStake, atSeconds)) return false;
    this.#become(released(this.#record));
    return true;
  }

  /** Seen at this time; time never runs backward. */
  updateActivity(atSeconds: bigint): ConsensusResult<void> {
    const refused = mistyped({ atSeconds: u64 }, { atSeconds });
    if (refused !== undefined) return E.left(refused);
    this.#become(withActivity(this.#record, atSeconds));
    return E.right(undefined);
  }

  /** Last seen longer than `maxInactiveSeconds` ago. */
  isInactive(maxInactiveSeconds: bigint, atSeconds: bigint): boolean {
    return (
      u64.json.is(maxInactiveSeconds) &&
      u64.json.is(atSeconds) &&
      isInactive(this.#record, maxInactiveSeconds, atSeconds)
    );
  }

  /** 0 to 1, in steps of a ten-thousandth; rules use the basis points of `effectiveReputation`. */
  effectiveReputation(): number {
    return Number(`${String(effectiveReputation(this.#record))}e-4`);
  }

  /** @param amount micro-ZHTP, above 0 */
  addStake(amount: bigint): ConsensusResult<void> {
    const refused =
      mistyped({ amount: u64 }, { amount }) ??
      notPositive('amount', amount) ??
      (this.stake + amount > U64_MAX ? validatorError(`stake would exceed ${String(U64_MAX)}`, amount) : undefined);
    return refused === undefined ? this.#withStake(this.stake + amount) : E.left(refused);
  }

  /** Lowers own stake; below its minimum an active validator becomes Inactive. "Insufficient stake" for more than there is. */
  removeStake(amount: bigint): ConsensusResult<void> {
    const refused =
      mistyped({ amount: u64 }, { amount }) ??
      notPositive('amount', amount) ??
      (amount > this.stake
        ? validatorError(
            `Insufficient stake: ${String(amount)} micro-ZHTP is more than the ${String(this.stake)} bonded`,
            amount,
          )
        : undefined);
    return refused === undefined ? this.#withStake(this.stake - amount) : E.left(refused);
  }

  #withStake(stake: bigint): ConsensusResult<void> {
    this.#become(this.#belowMinimum(withBasis(this.#record, this.#terms, this.#kept.provenWork, { stake })));
    return E.right(undefined);
  }

  #belowMinimum(record: ValidatorRecord): ValidatorRecord {
    return record.status === 'Active' && record.stake < this.#terms.minStake
      ? { ...record, status: 'Inactive' }
      : record;
  }

  #become(record: ValidatorRecord): void {
    this.#record = record;
    Object.assign(this, record);
  }
}
