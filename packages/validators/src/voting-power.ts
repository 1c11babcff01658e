import {
  clamp,
  floorDiv,
  GIB,
  DELEGATED_PER_OWN_MAX,
  maxBigint,
  MICRO_PER_ZHTP,
  minBigint,
  mulDivFloor,
  type ConsensusType,
} from '@zhtp/types';

/** What a validator's voting power is made of. */
export interface PowerBasis {
  /** Own bonded stake, micro-ZHTP. */
  readonly stake: bigint;
  /** Delegated to it, micro-ZHTP. */
  readonly delegatedStake: bigint;
  /** Attested storage, bytes. */
  readonly storageProvided: bigint;
  /** Mean of proven units per epoch over the last ten; only ProofOfUsefulWork looks at it. */
  readonly provenWork: bigint;
}

/** Which rule makes power out of it. */
export interface PowerRule {
  readonly consensusType: ConsensusType;
  /** Bytes. */
  readonly minStorage: bigint;
}

/** Whole ZHTP behind a validator: own stake and what counts of the delegated. */
const stakeInZhtp = ({ stake, delegatedStake }: PowerBasis): bigint =>
  floorDiv(stake + minBigint(delegatedStake, DELEGATED_PER_OWN_MAX * stake), MICRO_PER_ZHTP);

/** ⌊s · 20 · clamp(g − m, 0, 9m) / (900 · m)⌋: up to a fifth more for ten times the required storage. */
const storageBonus = (s: bigint, g: bigint, m: bigint): bigint =>
  m === 0n ? 0n : mulDivFloor(s * 20n, clamp(g - m, 0n, 9n * m), 900n * m);

const rawPower = (rule: PowerRule, basis: PowerBasis): bigint => {
  const s = stakeInZhtp(basis);
  const g = floorDiv(basis.storageProvided, GIB);
  switch (rule.consensusType) {
    case 'ProofOfStake':
      return s;
    case 'ProofOfStorage':
      return minBigint(g, s);
    case 'ProofOfUsefulWork':
      return minBigint(basis.provenWork, s);
    case 'Hybrid':
      return s + storageBonus(s, g, floorDiv(rule.minStorage, GIB));
    case 'ByzantineFaultTolerance':
      return 1n;
  }
};

/**
 * Voting power of an active validator, at least 1 (decisions.md §6). Linear in stake on purpose: a root or a logarithm
 * would reward splitting one stake over many identities.
 */
export const votingPower = (rule: PowerRule, basis: PowerBasis): bigint => maxBigint(1n, rawPower(rule, basis));
