import type { FrozenValidator, IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { setAt } from '../block/frozen-sets.ts';
import { keyOf, type LedgerState } from '../ledger-state.ts';
import { consensusKeyAt } from '../proofs/consensus-key.ts';

/** What signatures inside messages are judged by: the state before the block. */
export interface JudgingKeys {
  /** The frozen set of a height; empty where it is not known. */
  readonly setAt: (height: bigint) => readonly FrozenValidator[];
  /** A validator's consensus key at the next height. */
  readonly consensusKey: (validator: IdentityId) => Uint8Array | undefined;
  /** What acts for an account, once it has sent a transaction. */
  readonly accountKey: (identity: IdentityId) => Uint8Array | undefined;
}

export const judgingKeys = (state: LedgerState): JudgingKeys => ({
  setAt: (height) => setAt(state.sets, height),
  consensusKey: (validator) => consensusKeyAt(state, validator, (state.previous?.height ?? 0n) + 1n),
  accountKey: (identity) => O.toUndefined(keyOf(state, identity)),
});
