import type { IdentityId } from '@zhtp/types';
import { setAt } from '../block/frozen-sets.ts';
import type { ChainDomains } from '../chain-domains.ts';

/** The consensus key of a validator at a height: of its frozen set, or as registered where it is in none. */
export const consensusKeyAt = (
  { sets, staking }: Pick<ChainDomains, 'sets' | 'staking'>,
  validator: IdentityId,
  height: bigint,
): Uint8Array | undefined =>
  setAt(sets, height).find(({ identity }) => identity === validator)?.consensusKey ??
  staking.accounts.get(validator)?.validator.consensusKey;
