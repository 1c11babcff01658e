import { evidenceIdOf, isExpired } from '@zhtp/chain';
import { option as O } from 'fp-ts';
import type { ChainParameters, CommittedBlock, EvidencedHeader, Hash, Header } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { createPastHeights } from '../evidence/past-heights.ts';
import { setsNamedBy, type ChainState } from '../height/chain-state.ts';
import { createKeptParameters } from '../height/kept-parameters.ts';
import { createKeptSets } from '../height/kept-sets.ts';
import type { Joining } from './joining-record.ts';

/** What is remembered of a height, as its believed header says it. */
export interface PastHeader {
  readonly height: bigint;
  readonly time: bigint;
  readonly validatorsHash: Hash;
  /** Of the parameters in force at it. */
  readonly parametersHash: Hash;
  readonly evidence: readonly Hash[];
}

export const pastHeaderOf = ({ header, evidence }: EvidencedHeader): PastHeader => ({
  height: header.height,
  time: header.time,
  validatorsHash: header.validatorsHash,
  parametersHash: header.parametersHash,
  evidence: evidence.map(evidenceIdOf),
});

/**
 * Of these heights those that a node which executed them all still remembers: what it forgot under a shorter evidence age it
 * does not remember again under a longer one, and nodes that remember different heights judge blocks differently.
 * @param past rising heights without a gap
 * @param parametersAfter in force after the last of them
 */
export const stillRemembered = <P extends PastHeader>(
  past: readonly P[],
  parametersAfter: Hash,
  parametersOf: (hash: Hash) => ChainParameters,
): readonly P[] => {
  let oldest = 0;
  for (const [at, { height, time }] of past.entries()) {
    const parameters = parametersOf(past[at + 1]?.parametersHash ?? parametersAfter);
    for (let first = past[oldest]; oldest < at && first !== undefined; first = past[oldest]) {
      if (!isExpired(first, height + 1n, time, parameters)) break;
      oldest += 1;
    }
  }
  return past.slice(oldest);
};

/** Everything that believed headers show of the state after a block. */
export interface ShownState {
  readonly genesisHash: Hash;
  /** Header of the block after it: what it says holds before it, which is after the block. */
  readonly next: Header;
  readonly base: CommittedBlock;
  /** Those that `next` names. */
  readonly parameters: ChainParameters;
  /** Of the block's height, of the next one and of the one after that. */
  readonly lastSet: ValidatorSet;
  readonly set: ValidatorSet;
  readonly nextSet: ValidatorSet;
  /** Rising heights, the block's the last. */
  readonly past: readonly (PastHeader & { readonly set: ValidatorSet })[];
}

/** The state after the block, no field of which comes from anywhere but a header; the rotation of round robin has none. */
const stateOf = ({ genesisHash, next, base, parameters, lastSet, set, nextSet }: ShownState): ChainState => ({
  genesisHash,
  height: base.block.header.height,
  blockId: next.lastBlockId,
  time: base.block.header.time,
  appHash: next.appHash,
  resultsHash: next.resultsHash,
  difficultyBits: next.difficultyBits,
  parameters,
  lastValidators: lastSet.validators,
  validators: set.validators,
  nextValidators: nextSet.validators,
  rotation: O.none,
});

/** The same as a node that executed every block has it. */
export const joiningAt = (shown: ShownState): Joining => {
  const state = stateOf(shown);
  const sets = createKeptSets();
  const past = createPastHeights(sets);
  const remembered = shown.past.map((each) => past.adopt(each));
  return {
    base: shown.base,
    state,
    rows: [
      ...remembered,
      ...sets.changesWith(state.height, setsNamedBy(state)),
      ...createKeptParameters().changesWith(state.height, state.parameters),
    ],
  };
};
