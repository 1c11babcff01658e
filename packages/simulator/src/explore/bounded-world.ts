import { votingSet, type CoreOptions, type HeightParams, type ValidatorId, type VotingSet } from '@zhtp/bft';

/** One height, small enough to be explored: who votes, who lies, what can be proposed, and how far rounds go. */
export interface BoundedWorld {
  /** Voting power by position; validators are named A, B, C … by position. */
  readonly powers: readonly bigint[];
  /** Positions of the validators that lie; all others run the core. */
  readonly byzantine: readonly number[];
  /** The proposer of each round, by position. Its length is the bound on rounds: no message of a later round exists. */
  readonly proposers: readonly number[];
  /** Everything anybody could propose; all of it valid. */
  readonly values: readonly string[];
  readonly options: CoreOptions;
  /**
   * Whether liars also send what only evidence looks at: prevotes that claim a polka, prevotes against a value, second
   * votes in a slot, proposals that arrive untimely. No rule of the paper reads any of it, except that an untimely fresh
   * proposal is answered like timeoutPropose; leaving it out makes deep explorations possible.
   */
  readonly evidenceContents: boolean;
}

/** The paper's algorithm alone. */
export const PAPER: CoreOptions = { raiseValidOnOldPolka: false, endStepEarly: false };

/** With both of our additions (protocol.md). */
export const WITH_ADDITIONS: CoreOptions = { raiseValidOnOldPolka: true, endStepEarly: true };

/**
 * Four validators of equal power, D lies. A proposes first, D second, C third: an honest start, a lie in the middle,
 * and a proposer that need not have seen what was locked before.
 */
export const FOUR_VALIDATORS: BoundedWorld = {
  powers: [1n, 1n, 1n, 1n],
  byzantine: [3],
  proposers: [0, 3, 2],
  values: ['x', 'y'],
  options: PAPER,
  evidenceContents: false,
};

/** The one height; what it is called changes nothing. */
export const HEIGHT = 1n;

const FIRST_NAME = 'A'.charCodeAt(0);
export const nameOf = (position: number): ValidatorId => String.fromCharCode(FIRST_NAME + position);
export const positionOf = (name: ValidatorId): number => name.charCodeAt(0) - FIRST_NAME;

const votersOf = (world: BoundedWorld): VotingSet =>
  votingSet(world.powers.map((power, position) => [nameOf(position), power]));

export const correctPositions = ({ powers, byzantine }: BoundedWorld): readonly number[] =>
  powers.map((_power, position) => position).filter((position) => !byzantine.includes(position));

export const heightParams = (world: BoundedWorld, self: number): HeightParams => ({
  height: HEIGHT,
  validators: votersOf(world),
  proposer: (round) => nameOf(world.proposers[round % world.proposers.length] ?? 0),
  self: nameOf(self),
  timeouts: { proposeMs: 1, prevoteMs: 1, precommitMs: 1, perRoundMs: 1, repeatMs: 1 },
  options: world.options,
});

/** More than two thirds of the power, counted here and not by the core. */
export const isTwoThirds = (world: BoundedWorld, positions: Iterable<number>): boolean => {
  const { held, total } = powerOf(world, positions);
  return held + held + held > total + total;
};

/** More than a third. */
export const isThird = (world: BoundedWorld, positions: Iterable<number>): boolean => {
  const { held, total } = powerOf(world, positions);
  return held + held + held > total;
};

const powerOf = (
  world: BoundedWorld,
  positions: Iterable<number>,
): { readonly held: bigint; readonly total: bigint } => {
  let held = 0n;
  for (const position of new Set(positions)) held += world.powers[position] ?? 0n;
  return { held, total: world.powers.reduce((sum, power) => sum + power, 0n) };
};
