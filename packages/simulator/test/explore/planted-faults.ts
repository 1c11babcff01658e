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
  /** The property it breaks first. */
  readonly finds: string;
  readonly search: NonNullable<ExploreOptions['search']>;
}

export const plantedFaults: Readonly<Record<string, PlantedFault>> = {
  // With four equal powers no sum is two thirds exactly. Here the liar holds a third: too little to break a right quorum.
  'quorum of two thirds': {
    file: 'quorum.ts',
    replaced: '3n * power > 2n * total',
    by: '3n * power >= 2n * total',
    world: { powers: [2n, 1n, 1n, 2n], proposers: [3] },
    finds: 'S13',
    search: 'by-turns',
  },
  'lock cleared on round change': {
    file: 'round-state-machine.ts',
    replaced: "{ ...state, round, step: 'propose' }",
    by: "{ ...state, round, step: 'propose', locked: null }",
    world: { proposers: [0, 3] },
    finds: 'S9',
    search: 'by-turns',
  },
  'unlock on nil': {
    file: 'round-state-machine.ts',
    replaced: '? precommit(state, null) : null; // 45',
    by: '? precommit({ ...state, locked: null }, null) : null; // 45',
    world: { proposers: [0, 3], values: ['x'] },
    finds: 'S9',
    search: 'by-turns',
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
      if (again || this.#majority === undefined && isQuorum(sum, this.#total)) this.#majority = signed.vote.value;
      return counted;`,
    world: { proposers: [0] },
    finds: 'S12',
    search: 'by-turns',
  },
};
