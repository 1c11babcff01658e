import { openLevelBlockStore, openLevelStateStore, type LevelBlockStore, type LevelStateStore } from '@zhtp/store/node';
import { either as E } from 'fp-ts';
import type { Closing } from './closing.ts';
import type { Home } from './home.ts';
import { answered, type Outcome } from './outcome.ts';

/** The databases of a home. */
export interface HomeStores {
  readonly blocks: LevelBlockStore;
  readonly state: LevelStateStore;
}

/** Opens blocks, then state; both are handed to `closing`. */
export const openHomeStores = async (home: Home, closing: Closing): Outcome<HomeStores> => {
  const blocks = await answered<LevelBlockStore>((done) => openLevelBlockStore(home.blocks, done));
  if (E.isLeft(blocks)) return blocks;
  closing.add(() => answered<void>((done) => blocks.right.close(done)));
  const state = await answered<LevelStateStore>((done) => openLevelStateStore(home.state, done));
  if (E.isLeft(state)) return state;
  closing.add(() => state.right.close()());
  return E.right({ blocks: blocks.right, state: state.right });
};
