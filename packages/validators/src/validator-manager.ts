import { byzantineThreshold } from '@zhtp/bft';
import type { ConsensusEvent, ConsensusResult, IdentityId, Validator, ValidatorStats } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { Subject, type Observable } from 'rxjs';
import { roundRobinProposer } from './proposer-rotation.ts';
import {
  activeValidators,
  emptyRegistry,
  noteActivity,
  register,
  remove,
  statsOf,
  type Registration,
  type Registry,
  type RegistryRules,
} from './registry.ts';
import { makeValidatorSet, type ValidatorSet } from './validator-set.ts';

/** The documented events that a registry causes. */
export type ValidatorEvent = Extract<ConsensusEvent, { readonly _tag: 'ValidatorRegistered' | 'ValidatorLeave' }>;

/** What `create` may be told beside its two documented arguments. Defaults: Hybrid, no storage asked for, ML-DSA-65. */
export type ValidatorManagerOptions = Partial<Omit<RegistryRules, 'maxValidators' | 'minStake'>>;

/**
 * The documented registry of validators, outside a chain: what it holds is its own. In a running chain membership, keys
 * and power of a height come from that height's frozen {@link ValidatorSet} alone.
 */
export class ValidatorManager {
  #registry: Registry;
  readonly #events$ = new Subject<ValidatorEvent>();

  /** Registrations and departures, as they happen; nothing is replayed. */
  readonly events$: Observable<ValidatorEvent> = this.#events$.asObservable();

  private constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * @param maxValidators most active validators, 1 to 1000
   * @param minStake least own stake to register, micro-ZHTP
   */
  static create(
    maxValidators: number,
    minStake: bigint,
    options: ValidatorManagerOptions = {},
  ): ConsensusResult<ValidatorManager> {
    const rules = { consensusType: 'Hybrid', minStorage: 0n, algorithm: 'ML-DSA-65', ...options } as const;
    return E.map((registry: Registry) => new ValidatorManager(registry))(
      emptyRegistry({ ...rules, maxValidators, minStake }),
    );
  }

  /**
   * Refused with a ValidatorError: "Insufficient stake", "Insufficient storage", "already registered" (identity or key),
   * "Maximum validator limit", a key or commission out of form, a missing or wrong proof of possession.
   */
  registerValidator(registration: Registration): ConsensusResult<void> {
    return this.#apply(register(this.#registry, registration), {
      _tag: 'ValidatorRegistered',
      identity: registration.identity,
    });
  }

  /** The validator becomes Inactive; its record, identity and key stay taken. "Validator not found" otherwise. */
  removeValidator(identity: IdentityId): ConsensusResult<void> {
    return this.#apply(remove(this.#registry, identity), { _tag: 'ValidatorLeave', identity });
  }

  getValidator(identity: IdentityId): Option<Validator> {
    return O.fromNullable(this.#registry.validators.get(identity));
  }

  /** In identity order. */
  getActiveValidators(): readonly Validator[] {
    return activeValidators(this.#registry);
  }

  /** Round robin over the active validators; none when there are none. */
  selectProposer(height: bigint, round: number): Option<Validator> {
    const proposer = roundRobinProposer(
      this.getActiveValidators().map(({ identity }) => identity),
      height,
      round,
    );
    return proposer === undefined ? O.none : this.getValidator(proposer);
  }

  /** @param atSeconds block time of the activity, unix seconds */
  updateValidatorActivity(identity: IdentityId, atSeconds: bigint): ConsensusResult<void> {
    return this.#apply(noteActivity(this.#registry, identity, atSeconds));
  }

  /** Registered and active. */
  isValidator(identity: IdentityId): boolean {
    return this.#registry.validators.get(identity)?.status === 'Active';
  }

  getValidatorStats(): ValidatorStats {
    return statsOf(this.#registry);
  }

  /** The least power that is a quorum of the active validators: ⌊2P/3⌋ + 1 (decisions.md §5). */
  getByzantineThreshold(): bigint {
    return byzantineThreshold(this.getValidatorStats().totalVotingPower);
  }

  /** The active validators as a frozen set; refused while there are none. */
  freeze(): Either<string, ValidatorSet> {
    return makeValidatorSet(
      this.getActiveValidators().map(({ identity, consensusKey, votingPower }) => ({
        identity,
        consensusKey,
        votingPower,
      })),
    );
  }

  #apply(next: ConsensusResult<Registry>, event?: ValidatorEvent): ConsensusResult<void> {
    if (E.isLeft(next)) return next;
    this.#registry = next.right;
    if (event !== undefined) this.#events$.next(event);
    return E.right(undefined);
  }
}
