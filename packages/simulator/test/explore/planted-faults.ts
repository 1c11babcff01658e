// Types only: the core must not be loaded before its source is changed.
import type { BoundedWorld, ExploreOptions } from '@zhtp/simulator';

/** One line of the core, made wrong, and the bound within which the exploration has to find it. */
export interface PlantedFault {
  readonly file: string;
  /** Occurs exactly once in that file. */
  readonly replaced: string;
  readonly by: string;
  /** What differs from `FOUR_VALIDATORS`. */
  readonly world: Partial<BoundedWorld>;
  /** The property it breaks first, of those watched. */
  readonly finds: string;
  /** All when left out. */
  readonly watched?: readonly string[];
  readonly search: NonNullable<ExploreOptions['search']>;
}

// With four equal powers no sum is two thirds exactly. Here the liar holds a third: too little to break a right quorum.
const quorumOfTwoThirds = {
  file: 'quorum.ts',
  replaced: 'floorDiv(2n * total, 3n) + 1n',
  by: 'floorDiv(2n * total + 2n, 3n)',
  world: { powers: [2n, 1n, 1n, 2n], proposers: [3] },
  search: 'by-turns',
} as const;

const lockCleared = {
  file: 'round-state-machine.ts',
  replaced: "{ ...state, round, step: 'propose' }",
  by: "{ ...state, round, step: 'propose', locked: null }",
  search: 'by-turns',
} as const;

const unlockOnNil = {
  file: 'round-state-machine.ts',
  replaced: '? precommit(state, null) : null; // 45',
  by: '? precommit({ ...state, locked: null }, null) : null; // 45',
  search: 'by-turns',
} as const;

/** A has more than a third and needs only the liar, who has less, for a quorum: what A forgets shows after few steps. */
const TWO_DECIDE: Partial<BoundedWorld> = { powers: [3n, 1n, 1n, 2n] };

export const plantedFaults: Readonly<Record<string, PlantedFault>> = {
  'quorum of two thirds': { ...quorumOfTwoThirds, finds: 'S13' },
  'quorum of two thirds, to a fork': { ...quorumOfTwoThirds, finds: 'S1', watched: ['S1'] },
  'lock cleared on round change': { ...lockCleared, world: { proposers: [0, 3] }, finds: 'S9' },
  'lock cleared on round change, to a polka against it': {
    ...lockCleared,
    world: { proposers: [0, 3] },
    finds: 'S14',
    watched: ['S14'],
  },
  'lock cleared on round change, to a fork': {
    ...lockCleared,
    world: { ...TWO_DECIDE, proposers: [0, 3] },
    finds: 'S1',
    watched: ['S1'],
  },
  'unlock on nil': { ...unlockOnNil, world: { proposers: [0, 3], values: ['x'] }, finds: 'S9' },
  'unlock on nil, to a polka against the lock': {
    ...unlockOnNil,
    world: { ...TWO_DECIDE, proposers: [0, 3, 3] },
    finds: 'S14',
    watched: ['S14'],
  },
  'nil counted into a decision': {
    file: 'kind-tally.ts',
    replaced: 'const valuePower = (this.#powers.get(value) ?? 0n) + power;',
    by: "const valuePower = (this.#powers.get(value) ?? 0n) + (signed.vote.kind === 'precommit' && value !== null ? (this.#powers.get(null) ?? 0n) : 0n) + power;",
    world: { proposers: [0] },
    finds: 'S4',
    search: 'by-turns',
  },
  'valid value of the current round only': {
    file: 'round-state-machine.ts',
    replaced: "{ ...state, round, step: 'propose' }",
    by: "{ ...state, round, step: 'propose', valid: null }",
    world: { proposers: [0, 3] },
    finds: 'S10',
    search: 'by-turns',
  },
  'precommit quorum of the current round only': {
    file: 'driver-rules.ts',
    replaced: 'return commitRule(height) ??',
    by: "return (height.votes.quorumRounds('precommit').includes(height.machine.round) ? commitRule(height) : null) ??",
    world: { proposers: [0, 3] },
    finds: 'L1',
    search: 'by-turns',
  },
  'fresh proposal against the lock': {
    file: 'round-state-machine.ts',
    replaced: 'state.locked === null || state.locked.value === value ? value : null;',
    by: 'state.locked === null || state.locked.value !== value ? value : value;',
    world: { proposers: [0, 3] },
    finds: 'S14',
    search: 'by-turns',
  },
  'second vote counted': {
    file: 'kind-tally.ts',
    replaced: "return { _tag: 'Conflict', first, again };",
    by: `const sum = (this.#powers.get(signed.vote.value) ?? 0n) + power;
      this.#powers.set(signed.vote.value, sum);
      this.#sum += power;
      if (again || this.#majority === undefined && sum >= this.#quorum) this.#majority = signed.vote.value;
      return counted;`,
    world: { proposers: [0] },
    finds: 'S12',
    search: 'by-turns',
  },
};

/** Plants that show nothing: the run must fail and say why, or a fault whose line lost its say would look like a core that keeps every property. */
export const blindFaults: Readonly<Record<string, PlantedFault & { readonly refusedWith: string }>> = {
  'text that is not there': {
    ...quorumOfTwoThirds,
    replaced: '3n * power > 2n * total',
    finds: 'S13',
    refusedWith: 'quorum.ts has the replaced text 0 times',
  },
  'text that is there twice': {
    ...quorumOfTwoThirds,
    replaced: '+ 1n',
    finds: 'S13',
    refusedWith: 'quorum.ts has the replaced text 2 times',
  },
  'line that nothing runs': {
    ...quorumOfTwoThirds,
    replaced: 'floorDivCount(2 * validators, 3)',
    by: 'floorDivCount(2 * validators, 4)',
    finds: 'S13',
    refusedWith: 'it never ran: another line decides now',
  },
  'line that makes no difference': {
    ...quorumOfTwoThirds,
    world: { proposers: [0] },
    finds: 'S13',
    refusedWith: 'it ran, and made no difference that these properties see',
  },
};
