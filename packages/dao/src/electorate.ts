import { daoError, identityCodec, U64_MAX, u64, type ConsensusResult, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { latestValue, valueAt, withCheckpoint, type Checkpoints } from './checkpoints.ts';
import { HexMap } from './hex-map.ts';
import { mistyped } from './refusals.ts';

/** Who may vote, with how much. */
export type Electorate =
  /** Everyone with power 1; who is eligible is not known before they vote. */
  | { readonly _tag: 'Open' }
  /** Weights by account and height, kept as checkpoints: a snapshot is a lookup, never a scan. */
  | {
      readonly _tag: 'Registered';
      readonly weights: HexMap<IdentityId, Checkpoints>;
      readonly total: Checkpoints;
    };

export const OPEN_ELECTORATE: Electorate = { _tag: 'Open' };
export const EMPTY_REGISTER: Electorate = { _tag: 'Registered', weights: HexMap.empty(), total: [] };

/** Own weight after block `height`. */
export const powerAt = (electorate: Electorate, identity: IdentityId, height: bigint): bigint =>
  electorate._tag === 'Open' ? 1n : valueAt(electorate.weights.get(identity) ?? [], height);

/** Own weight as it is now. */
export const currentPower = (electorate: Electorate, identity: IdentityId): bigint =>
  electorate._tag === 'Open' ? 1n : latestValue(electorate.weights.get(identity) ?? []);

/** E, the weight of everyone after block `height`; 0 where nobody knows who everyone is. */
export const totalPowerAt = (electorate: Electorate, height: bigint): bigint =>
  electorate._tag === 'Open' ? 0n : valueAt(electorate.total, height);

/** A new own weight of one account, as of a block. */
export interface WeightChange {
  readonly identity: IdentityId;
  readonly weight: bigint;
  readonly height: bigint;
}

/**
 * The register after a change of weight. DaoError for an open electorate, a height below one already noted, a weight or a
 * total that does not fit 64 bits.
 * @param snapshots rising heights that open proposals look at
 */
export const withWeight = (
  electorate: Electorate,
  { identity, weight, height }: WeightChange,
  snapshots: readonly bigint[],
): ConsensusResult<Electorate> => {
  if (electorate._tag === 'Open')
    return E.left(
      daoError('everyone has power 1 in this engine: create it with electorate "registered" to set weights'),
    );
  const wrong =
    mistyped('identity', identityCodec, identity) ?? mistyped('weight', u64, weight) ?? mistyped('height', u64, height);
  if (wrong !== undefined) return E.left(wrong);
  const last = electorate.total[electorate.total.length - 1]?.height ?? 0n;
  if (height < last)
    return E.left(daoError(`height ${String(height)} is below ${String(last)}, which weights are noted for already`));
  const own = electorate.weights.get(identity) ?? [];
  const total = latestValue(electorate.total) - latestValue(own) + weight;
  if (total > U64_MAX) return E.left(daoError('the weights of all accounts would exceed 64 bits', weight));
  return E.right({
    _tag: 'Registered',
    weights: electorate.weights.with(identity, withCheckpoint(own, { height, value: weight }, snapshots)),
    total: withCheckpoint(electorate.total, { height, value: total }, snapshots),
  });
};
