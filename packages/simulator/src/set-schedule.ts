import type { Application, FrozenValidator } from '@zhtp/types';
import { option as O, taskEither as TE } from 'fp-ts';
import type { VotersAt } from './safety-voters.ts';

/** The sets that applications decided, by the height from which they act: what a checker knows of voters beside genesis. */
export interface SetSchedule {
  readonly votersAt: VotersAt;
  /** The same application; what its blocks decide about the set is noted. */
  watching(application: Application): Application;
}

/** @param genesis the set until something else is decided */
export const createSetSchedule = (genesis: VotersAt): SetSchedule => {
  /** Rising heights. All applications decide the same, or their app hashes tell. */
  const changes: { readonly from: bigint; readonly set: readonly FrozenValidator[] }[] = [];

  const note = (from: bigint, set: readonly FrozenValidator[]): void => {
    if (changes.some((change) => change.from === from)) return;
    changes.push({ from, set });
    changes.sort((a, b) => (a.from < b.from ? -1 : 1));
  };

  return {
    votersAt: (height) => changes.findLast(({ from }) => from <= height)?.set ?? genesis(height),
    watching: (application) =>
      new Proxy(application, {
        get: (target, name) => {
          if (name === 'finalizeBlock')
            return (block: Parameters<Application['finalizeBlock']>[0]) =>
              TE.map((result: { readonly nextValidators: O.Option<readonly FrozenValidator[]> }) => {
                if (O.isSome(result.nextValidators)) note(block.header.height + 2n, result.nextValidators.value);
                return result;
              })(target.finalizeBlock(block));
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        },
      }),
  };
};
