import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { genesisHashOf } from '@zhtp/chain';
import {
  chainParametersCodec,
  decode,
  encode,
  hashCodec,
  writtenOnce,
  option,
  struct,
  u32,
  u64,
  ZERO_HASH,
  type FinalizeBlockResult,
  type FrozenValidator,
  type Genesis,
  type Hash,
  type Header,
  type TypeOf,
} from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { frozen } from './frozen-set.ts';
import { firstRotation, followingRotation, rotationStateCodec } from './rotation-state.ts';

/** The version of {@link encodeChainState}'s bytes, which begin with it. Those of version 1 held the sets themselves, and no version. */
export const CHAIN_STATE_FORMAT_VERSION = 2;

const STATE_FIELDS = {
  /** Of which chain: data of another one is refused at the start, whatever its chain id. */
  genesisHash: hashCodec,
  /** The last executed height; the one before the initial height at the start. */
  height: u64,
  /** Zero before the first block. */
  blockId: hashCodec,
  /** Unix milliseconds; genesis time before the first block. */
  time: u64,
  appHash: hashCodec,
  resultsHash: hashCodec,
  /** In force at height + 1. */
  difficultyBits: u32,
  /** Mostly those of the height before, and half of the state. */
  parameters: writtenOnce(chainParametersCodec),
  /** Of height + 1; none under round robin. */
  rotation: option(rotationStateCodec),
};
const stateCodec = struct('ChainState', STATE_FIELDS);

/**
 * What consensus needs to know after a height to decide the next: nothing in it comes from anywhere but genesis and blocks.
 * The set decided in block h acts at h + 2 (protocol.md, Blocks), so two sets are in force beside each other.
 */
export interface ChainState extends TypeOf<typeof stateCodec> {
  /** Who decided `height`; empty before the first block. */
  readonly lastValidators: readonly FrozenValidator[];
  /** In force at height + 1. */
  readonly validators: readonly FrozenValidator[];
  /** In force at height + 2. */
  readonly nextValidators: readonly FrozenValidator[];
}

/** As it is stored: sets are most of it and mostly those of the height before, so they lie beside it, each once (kept-sets.ts). */
const storedCodec = struct('StoredChainState', {
  formatVersion: u32,
  ...STATE_FIELDS,
  lastValidatorsHash: option(hashCodec),
  validatorsHash: hashCodec,
  nextValidatorsHash: hashCodec,
});
export type StoredChainState = TypeOf<typeof storedCodec>;

const encodeStored = encode(storedCodec);
const decodeStored = decode(storedCodec);
const decodeVersion = decode(u32);

/** The sets that a state names, each once. */
export const setsNamedBy = ({
  lastValidators,
  validators,
  nextValidators,
}: Pick<ChainState, 'lastValidators' | 'validators' | 'nextValidators'>): readonly ValidatorSet[] => [
  ...new Set([lastValidators, validators, nextValidators].filter((list) => list.length > 0).map(frozen)),
];

/** The bytes that are kept of a state after each height. */
export const encodeChainState = (state: ChainState): Uint8Array => {
  const { lastValidators, validators, nextValidators } = state;
  return encodeStored({
    ...state,
    formatVersion: CHAIN_STATE_FORMAT_VERSION,
    lastValidatorsHash: lastValidators.length === 0 ? O.none : O.some(frozen(lastValidators).hash),
    validatorsHash: frozen(validators).hash,
    nextValidatorsHash: frozen(nextValidators).hash,
  });
};

/** Above it no version is meant: the bytes begin as those of version 1 did, with the genesis hash. */
const VERSION_MAX = 0xffff;

/**
 * What {@link encodeChainState} wrote, with its sets by name. What it did not write is refused with words that go on after
 * "the chain state …": another format by its version, anything else as damaged.
 */
export const readChainState = (bytes: Uint8Array): Either<string, StoredChainState> => {
  const version = decodeVersion(bytes.subarray(0, 4));
  if (E.isRight(version) && version.right !== CHAIN_STATE_FORMAT_VERSION)
    return E.left(
      `has format version ${String(version.right > VERSION_MAX ? 1 : version.right)}; this program reads version ${String(CHAIN_STATE_FORMAT_VERSION)}: ` +
        'start the data folder with the program version that wrote it, or sync it anew',
    );
  return E.mapLeft(
    ({ message }: { readonly message: string }) =>
      `is damaged (${message}); restore the data folder from a backup or sync it anew`,
  )(decodeStored(bytes));
};

/** The state that was kept, with the sets that it names; refused as by {@link readChainState}, or when a set is not there. */
export const decodeChainState = (
  bytes: Uint8Array,
  setOf: (set: Hash) => ValidatorSet | undefined,
): Either<string, ChainState> => {
  const stored = readChainState(bytes);
  if (E.isLeft(stored)) return stored;
  const { formatVersion: _known, lastValidatorsHash, validatorsHash, nextValidatorsHash, ...rest } = stored.right;
  const listOf = (set: Hash): Either<string, readonly FrozenValidator[]> =>
    E.fromNullable(
      `names validator set ${set}, which is missing; restore the data folder from a backup or sync it anew`,
    )(setOf(set)?.validators);
  return pipe(
    E.Do,
    E.apS('lastValidators', O.isNone(lastValidatorsHash) ? E.right([]) : listOf(lastValidatorsHash.value)),
    E.apS('validators', listOf(validatorsHash)),
    E.apS('nextValidators', listOf(nextValidatorsHash)),
    E.map((lists) => ({ ...rest, ...lists })),
  );
};

/** The state before the first block: the genesis set serves two heights. */
export const genesisChainState = (
  genesis: Genesis,
  validators: readonly FrozenValidator[],
  application: { readonly appHash: Hash; readonly resultsHash: Hash; readonly difficultyBits: number },
): ChainState => ({
  genesisHash: genesisHashOf(genesis),
  height: genesis.initialHeight - 1n,
  blockId: ZERO_HASH,
  time: genesis.genesisTime,
  appHash: application.appHash,
  resultsHash: application.resultsHash,
  difficultyBits: application.difficultyBits,
  parameters: genesis.parameters,
  lastValidators: [],
  validators,
  nextValidators: validators,
  rotation: firstRotation(genesis.parameters, validators),
});

/** The state after executing a block. */
export const afterBlock = (
  state: ChainState,
  blockId: Hash,
  header: Header,
  result: FinalizeBlockResult,
): ChainState => {
  const parameters = O.getOrElse(() => state.parameters)(result.parameters);
  return {
    genesisHash: state.genesisHash,
    height: header.height,
    blockId,
    time: header.time,
    appHash: result.appHash,
    resultsHash: result.resultsHash,
    difficultyBits: result.difficultyBits,
    parameters,
    lastValidators: state.validators,
    validators: state.nextValidators,
    nextValidators: O.getOrElse(() => state.nextValidators)(result.nextValidators),
    rotation: followingRotation(parameters, state.rotation, state.validators, state.nextValidators),
  };
};
