import { governanceGenesis } from '@zhtp/dao';
import { DEFAULT_CHAIN_PARAMETERS, DEFAULT_CONSENSUS_CONFIG } from '@zhtp/types';
import { DEFAULT_RULES, emptyMap, emptyStaking, type VerifyPossession } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { ChainDomains } from '../chain-domains.ts';
import { assertInvariant } from '../invariant.ts';
import { NO_PROOFS } from '../proofs/proof-state.ts';
import { firstVoting } from '../voting-weight.ts';

/**
 * Domains without a single entry, to load stored ones into: every value here is replaced by them. Only what the chain
 * itself brings stays.
 */
export const blankDomains = (verifyPossession?: VerifyPossession): ChainDomains => {
  const staking = emptyStaking({
    ...DEFAULT_RULES,
    maxValidators: DEFAULT_CONSENSUS_CONFIG.maxValidators,
    minStake: DEFAULT_CONSENSUS_CONFIG.minStake,
    ...(verifyPossession === undefined ? {} : { verifyPossession }),
  });
  const governance = governanceGenesis({ chainId: 'blank' });
  assertInvariant(E.isRight(staking) && E.isRight(governance), 'the default rules of a domain are refused');
  return {
    staking: staking.right,
    governance: governance.right,
    voting: firstVoting(staking.right, 1n),
    accrual: { pools: emptyMap(), stakes: emptyMap(), outstanding: 0n },
    proofs: NO_PROOFS,
    faults: emptyMap(),
    hosted: emptyMap(),
    sets: emptyMap(),
    epochTimes: emptyMap(),
    difficulty: { bits: 0, startHeight: 0n, startSeconds: 0n },
    consensus: DEFAULT_CHAIN_PARAMETERS,
    previous: undefined,
  };
};
