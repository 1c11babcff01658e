import type { AccrualPool, AccrualStake } from '@zhtp/rewards';
import { array, boolean, identityCodec, struct, u128, u32, u64, type Codec, type TypeOf } from '@zhtp/types';

/** A bound for a decoder: slashes of one pool while its delegations are being settled. */
const SLASHES_MAX = 1_000_000;

type RunningRewards = Pick<AccrualPool, 'current' | 'commission' | 'outstanding'>;

/** What of a pool every reward changes. */
export const runningRewardsCodec = struct('RunningRewards', {
  identity: identityCodec,
  current: u64,
  commission: u64,
  outstanding: u64,
});
export type OwnRunningRewards = TypeOf<typeof runningRewardsCodec>;

/** What changes with stake. */
export const accrualPoolCodec: Codec<Omit<AccrualPool, keyof RunningRewards>> = struct('AccrualPool', {
  stake: u64,
  delegations: u32,
  ratio: u128,
  slashes: array(struct('SlashMark', { ratio: u128, before: u64, after: u64 }), SLASHES_MAX),
  forgotten: u32,
  behind: u32,
  isVoid: boolean,
});

export const accrualStakeCodec: Codec<AccrualStake> = struct('AccrualStake', { stake: u64, ratio: u128, slashes: u32 });
