import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import {
  decode,
  frozenValidatorsCodec,
  type ChainStateRow,
  type ChainStateStore,
  type FrozenValidator,
  type Hash,
} from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import { decodeChainState } from '../height/chain-state.ts';
import { answerNow, askPort, thenAsk, type Ask } from './asking.ts';
import { SET_PREFIX } from './past-heights.ts';

/** Validator sets by what headers call them. */
export type KnownSets = ReadonlyMap<Hash, ValidatorSet>;

const readSet = decode(frozenValidatorsCodec);

const damaged = (what: string) =>
  E.mapLeft(({ message }: { readonly message: string }) => `${what} is damaged: ${message}`);

/** The sets that the state after the head names: in force at it and at the next two heights; none before the first block. */
const setsOfState = (bytes: O.Option<Uint8Array>): E.Either<string, readonly (readonly FrozenValidator[])[]> =>
  O.isNone(bytes)
    ? E.right([])
    : pipe(
        decodeChainState(bytes.value),
        damaged('the chain state'),
        E.map(({ lastValidators, validators, nextValidators }) => [lastValidators, validators, nextValidators]),
      );

/** Every set a node can still name: of the evidence age, around its head, and the one of genesis. */
export const readKnownSets = (
  chainStates: Pick<ChainStateStore, 'rows' | 'load'>,
  genesisSet: ValidatorSet,
  head: bigint,
): Ask<KnownSets> =>
  pipe(
    askPort<readonly ChainStateRow[]>('the remembered validator sets', (done) => {
      chainStates.rows(SET_PREFIX, done);
    }),
    thenAsk((rows) =>
      answerNow(
        E.traverseArray(({ value }: ChainStateRow) => damaged('a remembered validator set')(readSet(value)))(rows),
      ),
    ),
    thenAsk((remembered) =>
      pipe(
        askPort<O.Option<Uint8Array>>('the chain state', (done) => {
          chainStates.load(head, done);
        }),
        thenAsk((state) =>
          answerNow(E.map((around: typeof remembered) => [...remembered, ...around])(setsOfState(state))),
        ),
      ),
    ),
    thenAsk((lists) =>
      answerNow(
        pipe(
          lists.filter((validators) => validators.length > 0),
          E.traverseArray(makeValidatorSet),
          E.map((sets): KnownSets => new Map([genesisSet, ...sets].map((set) => [set.hash, set]))),
        ),
      ),
    ),
  );
