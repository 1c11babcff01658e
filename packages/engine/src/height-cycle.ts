import { either as E } from 'fp-ts';
import type { HeightParams } from '@zhtp/bft';
import type { SigningContext } from '@zhtp/chain';
import { clamp, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import type { ChainState } from './chain-state.ts';
import { createHeightView, proposerAt, type FrozenSets, type HeightView } from './height-view.ts';
import type { CommittedBlock } from '@zhtp/types';

/** Each further round waits this much longer (protocol.md, The pure core). */
export const PER_ROUND_MS = 500;

/** A node's own messages are sent again this often while a step lasts. */
export const DEFAULT_REPEAT_MS = 500;

/** Sets come from genesis or from an executed block, both checked: one that does not stand is a broken invariant. */
const frozen = (validators: readonly FrozenValidator[]): ValidatorSet => {
  const set = makeValidatorSet(validators);
  if (E.isLeft(set)) throw new Error(`broken invariant in engine: ${set.left}`);
  return set.right;
};

/** Sets rarely change: the one of the height before is taken over when it lists the same validators. */
const reuse = (validators: readonly FrozenValidator[], known: readonly (ValidatorSet | undefined)[]): ValidatorSet =>
  known.find((set) => set?.validators === validators) ?? frozen(validators);

const setsOf = (state: ChainState, before: HeightView | undefined): FrozenSets => {
  const known = before === undefined ? [] : [before.sets.last, before.sets.current, before.sets.next];
  const current = reuse(state.validators, known);
  const last = state.lastValidators.length === 0 ? undefined : reuse(state.lastValidators, [...known, current]);
  return { last, current, next: reuse(state.nextValidators, [...known, current]) };
};

/** What is fixed for the height after `state`. */
export const viewAfter = (
  signing: SigningContext,
  state: ChainState,
  head: CommittedBlock | undefined,
  before: HeightView | undefined,
): HeightView => createHeightView(signing, state, setsOf(state, before), head, before);

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
