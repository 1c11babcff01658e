import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { parametersHashOf } from '@zhtp/chain';
import {
  chainParametersCodec,
  decode,
  encode,
  encodeUtf8,
  hashCodec,
  struct,
  u64,
  type ChainParameters,
  type ChainStateRow,
  type Hash,
  type StateChange,
} from '@zhtp/types';

/** Prefix of the rows of this file in the chain state store: the hash that headers call parameters by. */
export const PARAMETERS_PREFIX: Uint8Array = encodeUtf8('chain-parameters/');

/** They change at epoch boundaries only: snapshots of many epochs ago can still be joined from. */
export const PARAMETERS_KEPT = 64;

const rowCodec = struct('KeptParameters', {
  /** The state after this height was the first to hold them, or to hold them again. */
  sinceHeight: u64,
  parameters: chainParametersCodec,
});

const writeRow = encode(rowCodec);
const readRow = decode(rowCodec);
const writeHash = encode(hashCodec);

const keyOf = (parameters: Hash): Uint8Array => Uint8Array.from([...PARAMETERS_PREFIX, ...writeHash(parameters)]);

/**
 * The last parameters that were in force, by hash: a header names them, and whoever joins by a snapshot asks for those of a
 * height that lies behind. Rows change in the batch that saves the state of a height.
 */
export interface KeptParameters {
  /** Takes up what an earlier process wrote, or says which row is damaged. */
  load(rows: readonly ChainStateRow[]): Either<string, void>;
  get(parameters: Hash): ChainParameters | undefined;
  /** The changes of rows that belong into the batch with the state after `height`. */
  changesWith(height: bigint, parameters: ChainParameters): readonly StateChange[];
}

interface Kept {
  readonly sinceHeight: bigint;
  readonly parameters: ChainParameters;
}

export const createKeptParameters = (): KeptParameters => {
  const kept = new Map<Hash, Kept>();
  let inForce: { readonly hash: Hash; readonly parameters: ChainParameters } | undefined;

  const dropOldest = (): readonly StateChange[] => {
    if (kept.size <= PARAMETERS_KEPT) return [];
    const byAge = [...kept].toSorted(([, a], [, b]) => (a.sinceHeight < b.sinceHeight ? -1 : 1));
    return byAge.slice(0, kept.size - PARAMETERS_KEPT).map(([hash]) => {
      kept.delete(hash);
      return { _tag: 'Delete', key: keyOf(hash) };
    });
  };

  return {
    load: (rows) => {
      for (const { value } of rows) {
        const row = readRow(value);
        if (E.isLeft(row)) return E.left(`stored chain parameters are damaged: ${row.left.message}`);
        kept.set(parametersHashOf(row.right.parameters), row.right);
      }
      return E.right(undefined);
    },
    get: (parameters) => kept.get(parameters)?.parameters,
    changesWith: (height, parameters) => {
      // A state hands the object on to the next as long as nothing changes.
      if (inForce?.parameters === parameters) return [];
      const hash = parametersHashOf(parameters);
      const isSame = inForce?.hash === hash || (inForce === undefined && kept.has(hash));
      inForce = { hash, parameters };
      if (isSame) return [];
      kept.set(hash, { sinceHeight: height, parameters });
      return [{ _tag: 'Put', key: keyOf(hash), value: writeRow({ sinceHeight: height, parameters }) }, ...dropOldest()];
    },
  };
};
