import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { floorDiv, type BlockStore, type CommittedBlock } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { answerNow, askPort, thenAsk, type Ask } from './asking.ts';
import type { KnownSets } from './known-sets.ts';

/** A block that must be there. */
export const loadBlock = (blockStore: Pick<BlockStore, 'load'>, height: bigint): Ask<CommittedBlock> =>
  pipe(
    askPort<O.Option<CommittedBlock>>(`block ${String(height)}`, (done) => {
      blockStore.load(height, done);
    }),
    thenAsk((loaded) =>
      answerNow(
        O.isSome(loaded) ? E.right(loaded.value) : E.left(`block ${String(height)} is not in the store any more`),
      ),
    ),
  );

const setOf = ({ block }: CommittedBlock): string => block.header.validatorsHash;

/**
 * The blocks below `target` that lead from the genesis set to the set of `target`, ascending: each is decided by the set
 * that the one before it shows, and shows another. Found by halving: whatever lies between two heights of one set, its
 * signatures under the later one show that it is in force there. Undefined when blocks or sets on the way are gone.
 */
export const findSetChanges = (
  blockStore: Pick<BlockStore, 'load'>,
  genesisSet: ValidatorSet,
  initialHeight: bigint,
  known: KnownSets,
  target: CommittedBlock,
): Ask<readonly CommittedBlock[] | undefined> => {
  /** The last height of a run of `set` between `low`, which it decided, and `high`, which it did not. */
  const lastOfRun = (set: string, low: bigint, high: bigint): Ask<bigint> => {
    if (high - low <= 1n) return answerNow(E.right(low));
    const middle = floorDiv(low + high, 2n);
    return pipe(
      loadBlock(blockStore, middle),
      thenAsk((block) => (setOf(block) === set ? lastOfRun(set, middle, high) : lastOfRun(set, low, middle))),
    );
  };

  const from = (
    set: string,
    height: bigint,
    found: readonly CommittedBlock[],
  ): Ask<readonly CommittedBlock[] | undefined> => {
    if (setOf(target) === set) return answerNow(E.right(found));
    return pipe(
      lastOfRun(set, height, target.block.header.height),
      thenAsk((last) => loadBlock(blockStore, last)),
      thenAsk((change) => {
        const { height: at, nextValidatorsHash } = change.block.header;
        return known.has(nextValidatorsHash)
          ? from(nextValidatorsHash, at + 1n, [...found, change])
          : answerNow(E.right(undefined));
      }),
    );
  };

  return from(genesisSet.hash, initialHeight, []);
};
