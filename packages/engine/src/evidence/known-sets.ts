import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { ChainStateRow, ChainStateStore, Hash } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { readChainState } from '../height/chain-state.ts';
import { readSetRow, SET_PREFIX } from '../height/kept-sets.ts';
import { answerNow, askPort, thenAsk, type Ask } from './asking.ts';

/** Validator sets by what headers call them. */
export type KnownSets = ReadonlyMap<Hash, ValidatorSet>;

/** Data of another format has its sets elsewhere: none found is not none there. */
const checkFormat = (state: O.Option<Uint8Array>): E.Either<string, void> =>
  O.isNone(state)
    ? E.right(undefined)
    : pipe(
        readChainState(state.value),
        E.bimap(
          (why) => `the chain state ${why}`,
          () => undefined,
        ),
      );

/** Every set a node can still name: of the evidence age, around its head, and the one of genesis. */
export const readKnownSets = (
  chainStates: Pick<ChainStateStore, 'rows' | 'load'>,
  genesisSet: ValidatorSet,
  head: bigint,
): Ask<KnownSets> =>
  pipe(
    askPort<O.Option<Uint8Array>>('the chain state', (done) => {
      chainStates.load(head, done);
    }),
    thenAsk((state) => answerNow(checkFormat(state))),
    thenAsk(() =>
      askPort<readonly ChainStateRow[]>('the validator sets', (done) => {
        chainStates.rows(SET_PREFIX, done);
      }),
    ),
    thenAsk((rows) => answerNow(E.traverseArray(readSetRow)(rows))),
    thenAsk((sets) => answerNow(E.right(new Map([genesisSet, ...sets].map((set) => [set.hash, set]))))),
  );
