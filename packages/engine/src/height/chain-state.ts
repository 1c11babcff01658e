import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { genesisHashOf } from '@zhtp/chain';
import {
  array,
  chainParametersCodec,
  decode,
  encode,
  frozenValidatorsCodec,
  hashCodec,
  option,
  struct,
  u32,
  u64,
  u8,
  ZERO_HASH,
  type FinalizeBlockResult,
  type FrozenValidator,
  type Genesis,
  type Hash,
  type Header,
  type TypeOf,
} from '@zhtp/types';
import { firstRotation, followingRotation, rotationStateCodec } from './rotation-state.ts';

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
  parameters: chainParametersCodec,
};
/** Of height + 1; none under round robin. */
const rotation = option(rotationStateCodec);

/**
 * What consensus needs to know after a height to decide the next: nothing in it comes from anywhere but genesis and blocks.
 * The set decided in block h acts at h + 2 (protocol.md, Blocks), so two sets are in force beside each other.
 */
export const chainStateCodec = struct('ChainState', {
  ...STATE_FIELDS,
  /** Who decided `height`; empty before the first block. */
  lastValidators: frozenValidatorsCodec,
  /** In force at height + 1. */
  validators: frozenValidatorsCodec,
  /** In force at height + 2. */
  nextValidators: frozenValidatorsCodec,
  rotation,
});
export type ChainState = TypeOf<typeof chainStateCodec>;

/** As it is stored: sets are most of it and mostly one, so each is there once, and named by its place. */
const storedCodec = struct('StoredChainState', {
  ...STATE_FIELDS,
  sets: array(frozenValidatorsCodec, 3),
  last: u8,
  current: u8,
  next: u8,
  rotation,
});
const encodeStored = encode(storedCodec);
const decodeStored = decode(storedCodec);

/** The bytes that are kept of a state after each height. */
export const encodeChainState = ({ lastValidators, validators, nextValidators, ...rest }: ChainState): Uint8Array => {
  const sets = [...new Set([lastValidators, validators, nextValidators])];
  return encodeStored({
    ...rest,
    sets,
    last: sets.indexOf(lastValidators),
    current: sets.indexOf(validators),
    next: sets.indexOf(nextValidators),
  });
};

/** The state that was kept; what {@link encodeChainState} did not write is refused. */
export const decodeChainState = (bytes: Uint8Array): Either<{ readonly message: string }, ChainState> => {
  const stored = decodeStored(bytes);
  if (E.isLeft(stored)) return stored;
  const { sets, last, current, next, ...rest } = stored.right;
  const [lastValidators, validators, nextValidators] = [sets[last], sets[current], sets[next]];
  return lastValidators === undefined || validators === undefined || nextValidators === undefined
    ? E.left({ message: `StoredChainState: it names a validator set beyond its ${String(sets.length)}` })
    : E.right({ ...rest, lastValidators, validators, nextValidators });
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
