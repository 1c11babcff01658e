import type { HeightParams } from '@zhtp/bft';
import type { SigningContext } from '@zhtp/chain';
import { clamp, type IdentityId } from '@zhtp/types';
import type { ChainState } from './chain-state.ts';
import { frozen } from './frozen-set.ts';
import { createHeightView, proposerAt, type FrozenSets, type HeightView } from './height-view.ts';
import type { CommittedBlock } from '@zhtp/types';

/** Each further round waits this much longer (protocol.md, The pure core). */
const PER_ROUND_MS = 500;

/** A node's own messages are sent again this often while a step lasts. */
export const DEFAULT_REPEAT_MS = 500;

const setsOf = (state: ChainState): FrozenSets => ({
  last: state.lastValidators.length === 0 ? undefined : frozen(state.lastValidators),
  current: frozen(state.validators),
  next: frozen(state.nextValidators),
});

/** What is fixed for the height after `state`. */
export const viewAfter = (
  signing: SigningContext,
  state: ChainState,
  head: CommittedBlock | undefined,
  before: HeightView | undefined,
): HeightView => createHeightView(signing, state, setsOf(state), head, before);

/** The core's parameters of a height: read once, from chain state. */
export const paramsOf = (view: HeightView, self: IdentityId | undefined, repeatMs: number): HeightParams => {
  const { consensus } = view.state.parameters;
  return {
    height: view.height,
    validators: view.sets.current,
    proposer: (round) => {
      const proposer = proposerAt(view, view.height, round);
      if (proposer === undefined) throw new Error('broken invariant in engine: a frozen set without a proposer');
      return proposer;
    },
    self: self ?? null,
    timeouts: {
      proposeMs: Number(consensus.proposeTimeout),
      prevoteMs: Number(consensus.prevoteTimeout),
      precommitMs: Number(consensus.precommitTimeout),
      perRoundMs: PER_ROUND_MS,
      repeatMs,
    },
    options: { raiseValidOnOldPolka: true, endStepEarly: true },
  };
};

/** How long to wait before the next height: clamp(header.time + blockTime − clock, 0, blockTime) (protocol.md, The pure core). */
export const pauseMs = (state: ChainState, nowMs: bigint, hurry: boolean): number => {
  const blockTimeMs = state.parameters.consensus.blockTime * 1_000n;
  return state.parameters.fastBlocks && hurry ? 0 : Number(clamp(state.time + blockTimeMs - nowMs, 0n, blockTimeMs));
};
