import { calculationError, createEventOutbox, found, u64, type DifficultyResult } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { Observable } from 'rxjs';
import { adjusted, isAdjustmentHeight } from './adjustment.ts';
import {
  withGovernanceUpdate,
  withMaxAdjustmentFactor,
  withMaxDifficulty,
  withMinDifficulty,
  type DifficultyUpdate,
} from './config-changes.ts';
import { checkedConfig, DifficultyConfig, type DifficultyConfigInput } from './difficulty-config.ts';
import { retarget } from './retarget.ts';

/** What a manager tells of itself. */
export type DifficultyEvent =
  /** The configuration was replaced by one that differs. */
  | {
      readonly _tag: 'DifficultyConfigChanged';
      readonly previous: DifficultyConfig;
      readonly current: DifficultyConfig;
    }
  /** `adjustDifficulty` answered with a new difficulty; told once per answer, since a manager keeps no heights. */
  | {
      readonly _tag: 'DifficultyAdjusted';
      readonly height: bigint;
      /** Compact. */
      readonly previousDifficulty: number;
      /** Compact. */
      readonly newDifficulty: number;
    };

const isSame = (a: DifficultyConfig, b: DifficultyConfig): boolean =>
  a.initialDifficulty === b.initialDifficulty &&
  a.adjustmentInterval === b.adjustmentInterval &&
  a.targetTimespan === b.targetTimespan &&
  a.minDifficulty === b.minDifficulty &&
  a.maxDifficulty === b.maxDifficulty &&
  a.maxAdjustmentFactor === b.maxAdjustmentFactor &&
  a.powLimit === b.powLimit;

/**
 * The documented keeper of the difficulty policy. Holds a valid configuration at all times: a change that would make it
 * invalid is refused whole. Difficulties are compact targets (larger is easier), times are seconds.
 */
export class DifficultyManager {
  #config: DifficultyConfig;
  readonly #outbox = createEventOutbox<DifficultyEvent>();

  /** Changes and adjustments, in order; nothing is replayed. */
  readonly events$: Observable<DifficultyEvent> = this.#outbox.events$;

  private constructor(config: DifficultyConfig) {
    this.#config = config;
  }

  /** The documented `new`; InvalidConfig says which field of the configuration is wrong. */
  static create(config: DifficultyConfigInput): DifficultyResult<DifficultyManager> {
    return E.map((valid: DifficultyConfig) => new DifficultyManager(valid))(checkedConfig(config));
  }

  /** With Bitcoin's values: 0x1d00ffff, 2016 blocks, 1 209 600 s. */
  static default(): DifficultyManager {
    return new DifficultyManager(DifficultyConfig.default());
  }

  /** The configuration in force; frozen. */
  config(): DifficultyConfig {
    return this.#config;
  }

  /** Compact. */
  initialDifficulty(): number {
    return this.#config.initialDifficulty;
  }

  /** Blocks. */
  adjustmentInterval(): bigint {
    return this.#config.adjustmentInterval;
  }

  /** Seconds. */
  targetTimespan(): bigint {
    return this.#config.targetTimespan;
  }

  /** Whether block `height` gets a new difficulty; false for what is no height. */
  shouldAdjust(height: bigint): boolean {
    return isAdjustmentHeight(this.#config, height);
  }

  /**
   * The difficulty after an interval that took `actualTimespan`, within the factor, the limit and the bounds.
   * InvalidDifficulty for a compact value that is no target, CalculationError for a timespan out of range.
   * @param actualTimespan seconds, 0 to 2⁶⁴ − 1
   */
  calculateNewDifficulty(currentDifficulty: number, actualTimespan: bigint): DifficultyResult<number> {
    return u64.json.is(actualTimespan)
      ? retarget(this.#config, currentDifficulty, actualTimespan)
      : E.left(calculationError(`actualTimespan must be a bigint from 0 to 2^64 - 1, got ${found(actualTimespan)}`));
  }

  /**
   * The new difficulty of block `height`, none where it does not change. CalculationError when the interval ends before it
   * starts.
   * @param intervalStartTime seconds; time of block height − interval (genesis at the first adjustment)
   * @param intervalEndTime seconds; time of block height − 1
   */
  adjustDifficulty(
    height: bigint,
    currentDifficulty: number,
    intervalStartTime: bigint,
    intervalEndTime: bigint,
  ): DifficultyResult<Option<number>> {
    const answer = adjusted(this.#config, { height, currentDifficulty, intervalStartTime, intervalEndTime });
    if (E.isRight(answer) && O.isSome(answer.right)) {
      const newDifficulty = answer.right.value;
      this.#outbox.publish([
        { _tag: 'DifficultyAdjusted', height, previousDifficulty: currentDifficulty, newDifficulty },
      ]);
    }
    return answer;
  }

  /** Replaces what the update names, all or nothing. Difficulties of existing blocks do not change. */
  applyGovernanceUpdate(update: DifficultyUpdate): DifficultyResult<void> {
    return this.#replace(withGovernanceUpdate(this.#config, update));
  }

  /** Hardest compact value, 1 for none; InvalidConfig when above `maxDifficulty` or `initialDifficulty`. */
  setMinDifficulty(minDifficulty: number): DifficultyResult<void> {
    return this.#replace(withMinDifficulty(this.#config, minDifficulty));
  }

  /** Easiest compact value, 0xffffffff for none; InvalidConfig when below `minDifficulty` or `initialDifficulty`. */
  setMaxDifficulty(maxDifficulty: number): DifficultyResult<void> {
    return this.#replace(withMaxDifficulty(this.#config, maxDifficulty));
  }

  /** Most by which one interval multiplies or divides a target; InvalidConfig for 0 and above `targetTimespan`. */
  setMaxAdjustmentFactor(factor: bigint): DifficultyResult<void> {
    return this.#replace(withMaxAdjustmentFactor(this.#config, factor));
  }

  #replace(next: DifficultyResult<DifficultyConfig>): DifficultyResult<void> {
    if (E.isLeft(next)) return next;
    const previous = this.#config;
    this.#config = next.right;
    if (!isSame(previous, next.right))
      this.#outbox.publish([{ _tag: 'DifficultyConfigChanged', previous, current: next.right }]);
    return E.right(undefined);
  }
}
