import { hasSigner, type FrozenValidator, type IdentityId } from '@zhtp/types';
import type { WorkingState } from '../working-state.ts';
import type { BlockOpening } from './block-input.ts';
import { setAt } from './frozen-sets.ts';
import type { LastBlock } from '../chain-domains.ts';

/** The previous block with the set that was to sign it, and who did. */
export interface CertifiedBlock extends LastBlock {
  /** In identity order. */
  readonly members: readonly FrozenValidator[];
  readonly signers: readonly IdentityId[];
}

/** What the certificate in a block says of the block before; undefined in the first block, which has none. */
export const certifiedBlock = (working: WorkingState, { signers }: BlockOpening): CertifiedBlock | undefined => {
  const { previous, sets } = working.domains();
  if (previous === undefined) return undefined;
  const members = setAt(sets, previous.height);
  const signed = members.filter((_, index) => hasSigner(signers, index));
  return { ...previous, members, signers: signed.map(({ identity }) => identity) };
};
