import { option as O } from 'fp-ts';
import { genesisHashOf } from '@zhtp/chain';
import {
  chainParametersCodec,
  frozenValidatorsCodec,
  hashCodec,
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
import { firstRotation, followingRotation, rotationStateCodec } from './rotation-state.ts';

/**
 * What consensus needs to know after a height to decide the next: nothing in it comes from anywhere but genesis and blocks.
 * The set decided in block h acts at h + 2 (protocol.md, Blocks), so two sets are in force beside each other.
 */
export const chainStateCodec = struct('ChainState', {
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
  /** Who decided `height`; empty before the first block. */
  lastValidators: frozenValidatorsCodec,
  /** In force at height + 1. */
  validators: frozenValidatorsCodec,
  /** In force at height + 2. */
  nextValidators: frozenValidatorsCodec,
  /** Of height + 1; none under round robin. */
  rotation: option(rotationStateCodec),
});
export type ChainState = TypeOf<typeof chainStateCodec>;

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
