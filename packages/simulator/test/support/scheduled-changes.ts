import { option as O, taskEither as TE } from 'fp-ts';
import type { SnapshotSchedule } from '@zhtp/ledger';
import { nullScheme, worldValidators } from '@zhtp/simulator';
import type { Application, ChainParameters, FrozenValidator, StateStore } from '@zhtp/types';
import { openLedger } from '../../src/ledger-of-node.ts';

/** What executing a block changes, by the block's height: a set acts two heights later, parameters one. */
export interface Schedule {
  readonly sets?: ReadonlyMap<bigint, readonly FrozenValidator[]>;
  readonly parameters?: ReadonlyMap<bigint, ChainParameters>;
  /** When snapshots are taken. */
  readonly snapshots?: SnapshotSchedule;
}

/** The ledger, with sets and parameters that change at known heights as staking and governance would change them. */
export const ledgerWithSchedule =
  (schedule: Schedule) =>
  async (store: StateStore): Promise<Application> => {
    const ledger = await openLedger(nullScheme(), undefined, schedule.snapshots)(store);
    const finalizeBlock: Application['finalizeBlock'] = (block) =>
      TE.map((result: Parameters<typeof addChanges>[1]) => addChanges(schedule, result, block.header.height))(
        ledger.finalizeBlock(block),
      );
    return new Proxy(ledger, {
      get: (target, name): unknown => {
        if (name === 'finalizeBlock') return finalizeBlock;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };

type Result = Extract<
  Awaited<ReturnType<ReturnType<Application['finalizeBlock']>>>,
  { readonly _tag: 'Right' }
>['right'];

const addChanges = ({ sets, parameters }: Schedule, result: Result, height: bigint): Result => ({
  ...result,
  nextValidators: O.fromNullable(sets?.get(height)),
  parameters: O.fromNullable(parameters?.get(height)),
});

/** The validators of a world by number, standbys included, with powers. */
export const members = (powers: readonly (readonly [number, bigint])[]): readonly FrozenValidator[] => {
  const known = worldValidators(nullScheme(), Math.max(...powers.map(([index]) => index)) + 1);
  return powers
    .flatMap(([index, votingPower]) => {
      const validator = known[index];
      return validator === undefined
        ? []
        : [{ identity: validator.identity, consensusKey: validator.keyPair.publicKey, votingPower }];
    })
    .toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
};

/** Who votes at a height, by the schedule alone. */
export const votersBySchedule =
  (genesis: readonly FrozenValidator[], sets: ReadonlyMap<bigint, readonly FrozenValidator[]>) =>
  (height: bigint): readonly FrozenValidator[] =>
    [...sets].findLast(([decidedAt]) => decidedAt + 2n <= height)?.[1] ?? genesis;
