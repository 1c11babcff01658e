import { withoutExpired } from '@zhtp/byzantine';
import { advance, beginEpoch, clearBallots, receiveBlockIncome } from '@zhtp/dao';
import { adjusted } from '@zhtp/difficulty';
import type { ChainParameters, FrozenValidator } from '@zhtp/types';
import { endBlock, withRules, type BlockPoint } from '@zhtp/validators';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { heightKey } from '../chain-domains.ts';
import { expectRight } from '../invariant.ts';
import { countContributions, endWorkEpoch } from '../proofs/contributions.ts';
import type { WorkingState } from '../working-state.ts';
import type { BlockOpening } from './block-input.ts';
import { secondsOf } from './block-time.ts';
import { oldestLiable, withoutOlder } from './frozen-sets.ts';
import { governancePorts } from './governance-ports.ts';
import { governanceStep } from './governance-step.ts';
import { governedParameters, governedPrices, governedRules } from './governed.ts';
import { settleSlashed } from './settle-slashed.ts';
import { stakingStep } from './staking-step.ts';
import { beginVotingEpoch, countWeights } from './voting.ts';

/** What a block changes for the engine. */
export interface EndOfBlock {
  /** The whole set for height + 2, when it changes. */
  readonly nextValidators: Option<readonly FrozenValidator[]>;
  /** For the next height, when they change. */
  readonly parameters: Option<ChainParameters>;
}

/** Ballots of votes that are over, taken away in one block: a bound on its work. */
const CLEARED_PER_BLOCK = 1_000;

/** Income collected in this block reaches the treasury in one step. */
const handIn = (working: WorkingState): void => {
  const income = working.takeIncome();
  if (income === 0n) return;
  governanceStep(working, (governance) => receiveBlockIncome(governance, income), 'income of the treasury');
};

/** An epoch ends: what governance decided is in force, for consensus from the next height. */
const turnEpoch = (working: WorkingState): Option<ChainParameters> => {
  governanceStep(working, beginEpoch, 'the new epoch of governance');
  const { governance, consensus } = working.domains();
  const rules = stakingStep(working, (staking) => withRules(staking, governedRules(governance)));
  expectRight(rules, 'the rules that governance decided');
  const parameters = governedParameters(consensus, governance);
  working.setDomains({ consensus: parameters });
  working.setParameters(governedPrices(working.parameters, governance));
  beginVotingEpoch(working);
  return parameters === consensus ? O.none : O.some(parameters);
};

/** Forgets what no evidence can reach any more. */
const forget = (working: WorkingState, at: BlockPoint): void => {
  const { sets, epochTimes, faults, staking } = working.domains();
  const oldest = oldestLiable(epochTimes, at, staking.rules);
  let kept = faults;
  for (const [identity, file] of faults.entries()) {
    const rest = withoutExpired(file, (record) => record.height < oldest);
    if (rest.records.length !== file.records.length) kept = kept.with(identity, rest);
  }
  working.setDomains({
    sets: withoutOlder(sets, oldest),
    epochTimes: withoutOlder(epochTimes, oldest),
    faults: kept,
  });
};

/** The difficulty of the next block, at the end of an interval (economics.md, Difficulty). */
const retargetDifficulty = (working: WorkingState, block: BlockOpening): void => {
  const { difficulty, governance } = working.domains();
  const config = governance.difficulty;
  const height = block.height + 1n;
  // An interval that governance changed half way is no whole one: its first adjustment waits for the next.
  const isWhole = height - difficulty.startHeight === config.adjustmentInterval;
  const adjustment = {
    height,
    currentDifficulty: difficulty.bits,
    intervalStartTime: difficulty.startSeconds,
    intervalEndTime: secondsOf(block),
  };
  const next = isWhole
    ? expectRight(adjusted(config, adjustment), `the difficulty of block ${String(height)}`)
    : O.none;
  if (O.isNone(next)) return;
  working.setDomains({ difficulty: { ...difficulty, bits: next.value } });
  working.report([{ _tag: 'DifficultyAdjusted', height, bits: next.value }]);
};

/** The first block of an interval remembers when it was. */
const startInterval = (working: WorkingState, block: BlockOpening): void => {
  const { difficulty, governance } = working.domains();
  if (block.height % governance.difficulty.adjustmentInterval !== 0n) return;
  working.setDomains({ difficulty: { ...difficulty, startHeight: block.height, startSeconds: secondsOf(block) } });
};

/** Proposals closed and executed, parameters, difficulty, and the set for height + 2. */
export const end = (working: WorkingState, block: BlockOpening): EndOfBlock => {
  const { height, proposer } = block;
  const atSeconds = secondsOf(block);
  settleSlashed(working);
  handIn(working);
  startInterval(working, block);
  const ports = governancePorts(working);
  const position = { height, timeSeconds: atSeconds };
  governanceStep(working, (governance) => advance(governance, position, ports), 'open proposals');
  working.setDomains({ governance: clearBallots(working.domains().governance, CLEARED_PER_BLOCK) });
  const { start, length } = working.domains().staking.epoch;
  const isBoundary = height >= start + length;
  const parameters = isBoundary ? turnEpoch(working) : O.none;
  if (isBoundary) {
    endWorkEpoch(working, height);
    countContributions(working, height);
  }
  retargetDifficulty(working, block);
  const change = expectRight(stakingStep(working, endBlock), `the set after block ${String(height)}`);
  const { sets, epochTimes } = working.domains();
  if (change !== undefined) working.setDomains({ sets: sets.with(heightKey(change.actsAt), change.validators) });
  if (isBoundary) {
    working.setDomains({ epochTimes: epochTimes.with(heightKey(height), atSeconds) });
    forget(working, { height, atSeconds });
  }
  countWeights(working, height);
  working.setDomains({ previous: { height, atSeconds, proposer, fees: working.totals().feePool } });
  return { nextValidators: change === undefined ? O.none : O.some(change.validators), parameters };
};
