import { either as E, option as O } from 'fp-ts';
import { blockIdOf, type SigningContext } from '@zhtp/chain';
import { hash, type CommittedBlock, type Hash, type IdentityId, type Option } from '@zhtp/types';
import { roundRobinProposer, weightedProposers, type ValidatorSet } from '@zhtp/validators';
import type { ChainState } from './chain-state.ts';
import { followingRotation, rotationOf, type RotationState } from './rotation-state.ts';
import { createSeenVotes, type SeenVotes } from '../intake/seen-votes.ts';
import { NO_VOTERS } from '../intake/voters.ts';

/**
 * Everything fixed while one height is decided, and what was seen of it. Replaced whole when the next height starts;
 * nothing keeps a reference to an old one across an answer without comparing the height.
 */
export interface HeightView {
  readonly height: bigint;
  readonly signing: SigningContext;
  /** State after height − 1. */
  readonly state: ChainState;
  readonly sets: FrozenSets;
  /** Proposers by round, of this height and of the next as far as the parameters of this height tell. */
  readonly proposers: { readonly current: ProposerOf; readonly next: ProposerOf };
  /** The parent with the certificate that decided it; undefined at the first height. */
  readonly parent: CommittedBlock | undefined;
  /** Verified votes of the height before, this height and the next. */
  readonly seenLast: SeenVotes;
  readonly seen: SeenVotes;
  readonly seenNext: SeenVotes;
  /** Keys of the verified proposals of this height and the next, by height and round. */
  readonly proposals: Map<string, Set<string>>;
}

type ProposerOf = (round: number) => IdentityId | undefined;

/** Sets around a height: who decided the parent, who decides now, who decides next. */
export interface FrozenSets {
  /** Undefined at the first height. */
  readonly last: ValidatorSet | undefined;
  readonly current: ValidatorSet;
  readonly next: ValidatorSet;
}

/** The set in force at `height`, if this view knows it. */
export const setAt = ({ height, sets }: HeightView, at: bigint): ValidatorSet | undefined => {
  if (at === height) return sets.current;
  if (at === height + 1n) return sets.next;
  return at === height - 1n ? sets.last : undefined;
};

/** Votes seen for `height`, if this view keeps them. */
export const seenAt = (view: HeightView, at: bigint): SeenVotes | undefined => {
  if (at === view.height) return view.seen;
  if (at === view.height + 1n) return view.seenNext;
  return at === view.height - 1n ? view.seenLast : undefined;
};

/** proposer(height, round) from the frozen set of the height (decisions.md §6). */
export const proposerAt = (view: HeightView, height: bigint, round: number): IdentityId | undefined => {
  if (height === view.height) return view.proposers.current(round);
  return height === view.height + 1n ? view.proposers.next(round) : undefined;
};

const proposersIn = (set: ValidatorSet, height: bigint, rotation: Option<RotationState>): ProposerOf =>
  O.isSome(rotation)
    ? weightedProposers(rotationOf(rotation.value, set.validators))
    : (round) => roundRobinProposer(set.ids, height, round);

const proposersOf = (state: ChainState, { current, next }: FrozenSets): HeightView['proposers'] => ({
  current: proposersIn(current, state.height + 1n, state.rotation),
  next: proposersIn(
    next,
    state.height + 2n,
    followingRotation(state.parameters, state.rotation, current.validators, next.validators),
  ),
});

const proposalsAt = (height: bigint, before: HeightView | undefined): HeightView['proposals'] => {
  const proposals = new Map<string, Set<string>>();
  const start = `${String(height)}/`;
  for (const [slot, keys] of before?.proposals ?? []) if (slot.startsWith(start)) proposals.set(slot, keys);
  return proposals;
};

/** The view of the height after `state`; what was already seen of it moves over from the view before. */
export const createHeightView = (
  signing: SigningContext,
  state: ChainState,
  sets: FrozenSets,
  parent: CommittedBlock | undefined,
  before: HeightView | undefined,
): HeightView => {
  const height = state.height + 1n;
  const follows = before?.height === state.height;
  return {
    height,
    signing,
    state,
    sets,
    proposers: proposersOf(state, sets),
    parent,
    seenLast: follows ? before.seen : createSeenVotes(sets.last ?? NO_VOTERS),
    seen: follows ? before.seenNext : createSeenVotes(sets.current),
    seenNext: createSeenVotes(sets.next),
    proposals: proposalsAt(height, before),
  };
};

/** Block ids proposed in a round of this height, in order of arrival. */
export const proposedIn = (view: HeightView, round: number): readonly Hash[] =>
  [...(view.proposals.get(`${String(view.height)}/${String(round)}`) ?? [])].flatMap((key) => {
    const id = hash(key.slice(0, 64));
    return E.isRight(id) ? [id.right] : [];
  });

export const idOf = (committed: CommittedBlock): Hash => blockIdOf(committed.block.header);
