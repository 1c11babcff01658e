import {
  array,
  bitSet,
  boolean,
  consensusTypeCodec,
  identityCodec,
  option,
  orUndefined,
  publicKeyCodec,
  signatureAlgorithmCodec,
  sparse,
  struct,
  u128,
  u32,
  u64,
  u8,
  validatorStatusCodec,
  type Codec,
  type IdentityId,
  type TypeOf,
  type Validator,
} from '@zhtp/types';
import {
  LIVENESS_WINDOW_MAX,
  type BlockPoint,
  type BondedCheckpoint,
  type CommissionTerms,
  type Conviction,
  type Delegation,
  type LivenessWindow,
  type RedelegationEntry,
  type StakingRules,
  type StakingState,
  type StakingTotals,
  type UnbondingEntry,
  type ValidatorAccount,
  type VerifyPossession,
} from '@zhtp/validators';

/** Most checkpoints and identities of one list: bounds for a decoder, beyond what the rules let grow. */
const LIST_MAX = 1_000_000;

const commissionTermsCodec: Codec<CommissionTerms> = sparse(
  'CommissionTerms',
  { maxRate: u8, maxDailyChange: u8 },
  { pendingRate: u8, changedAt: u64 },
);

/** What of a validator every block changes that it signs. */
export const signingRecordCodec = struct('SigningRecord', {
  identity: identityCodec,
  reputation: u32,
  /** Unix seconds. */
  lastActivity: u64,
  /** Of its liveness window. */
  counted: u32,
  missed: u32,
});
export type SigningRecord = TypeOf<typeof signingRecordCodec>;

/** The blocks of its window that a validator missed. */
export const missedBitsCodec: Codec<LivenessWindow['missedBits']> = bitSet(LIVENESS_WINDOW_MAX);

type StoredValidator = Omit<Validator, 'reputation' | 'lastActivity'>;

const storedValidatorCodec: Codec<StoredValidator> = struct('Validator', {
  identity: identityCodec,
  stake: u64,
  storageProvided: u64,
  status: validatorStatusCodec,
  consensusKey: publicKeyCodec,
  votingPower: u64,
  commissionRate: u8,
  slashCount: u32,
  jailUntil: option(u64),
  delegatedStake: u64,
});

type SteadyAccount = Omit<ValidatorAccount, 'validator' | 'bondedHistory' | 'liveness'>;

/**
 * A validator without what every block changes of it ({@link SigningRecord}; the key alone is two kilobytes) and without
 * its history, which grows and is seldom read: those have maps of their own.
 */
export const validatorEntryCodec: Codec<SteadyAccount & { readonly validator: StoredValidator }> = sparse(
  'ValidatorAccount',
  {
    validator: storedValidatorCodec,
    seniority: u64,
    minStake: u64,
    commission: commissionTermsCodec,
    shares: u128,
    provenWork: u64,
    countedFrom: u64,
  },
  { keyChangedAt: u64, pendingKey: publicKeyCodec },
);
export type ValidatorEntry = TypeOf<typeof validatorEntryCodec>;

export const bondedHistoryCodec: Codec<readonly BondedCheckpoint[]> = array(
  struct('BondedCheckpoint', { fromHeight: u64, bonded: u64, atSeconds: u64 }),
  LIST_MAX,
);

export const delegationCodec: Codec<Delegation> = struct('Delegation', { shares: u128, locked: u128 });

export const unbondingEntryCodec: Codec<UnbondingEntry> = struct('UnbondingEntry', {
  validator: identityCodec,
  delegator: identityCodec,
  initial: u64,
  left: u64,
  backedUntil: u64,
  maturesAt: orUndefined(u64),
  serial: u64,
});

export const redelegationEntryCodec: Codec<RedelegationEntry> = struct('RedelegationEntry', {
  source: identityCodec,
  destination: identityCodec,
  delegator: identityCodec,
  initial: u64,
  shares: u128,
  backedUntil: u64,
  maturesAt: orUndefined(u64),
  serial: u64,
});

export const convictionCodec: Codec<Conviction> = struct('Conviction', {
  identity: identityCodec,
  infractionHeight: u64,
  power: u64,
  totalPower: u64,
  atSeconds: u64,
  base: u64,
  taken: u64,
});

const totalsCodec: Codec<StakingTotals> = struct('StakingTotals', {
  own: u64,
  delegated: u64,
  unbonding: u64,
  power: u64,
  activeOwn: u64,
  // Whatever validators claim, times their number.
  activeStorage: u128,
  activePower: u64,
  // Money comes back and is slashed again: over the life of a chain more than there ever is at once.
  taken: u128,
});

const blockPointCodec: Codec<BlockPoint> = struct('BlockPoint', { height: u64, atSeconds: u64 });

/** What is no map in staking. */
export const stakingScalarsCodec: Codec<Pick<StakingState, 'now' | 'epoch' | 'nextSerial' | 'totals'>> = struct(
  'Staking',
  {
    now: orUndefined(blockPointCodec),
    epoch: struct('Epoch', { start: u64, length: u64 }),
    nextSerial: u64,
    totals: totalsCodec,
  },
);

/** Rules as values: the list of who is allowed in order; how possession is verified is the chain's, not the state's. */
export const stakingRulesCodec = sparse(
  'StakingRules',
  {
    consensusType: consensusTypeCodec,
    minStorage: u64,
    jailSeconds: u64,
    livenessJailSeconds: u64,
    maxValidators: u32,
    minStake: u64,
    algorithm: signatureAlgorithmCodec,
    developmentMode: boolean,
    epochLengthBlocks: u64,
    unbondingSeconds: u64,
    evidenceBlocks: u64,
    signedBlocksWindow: u32,
    minSignedPercent: u8,
    slashDoubleSign: u8,
  },
  { allowed: array(identityCodec, LIST_MAX) },
);
type StoredRules = TypeOf<typeof stakingRulesCodec>;

const asStored = ({ allowed, verifyPossession: _verify, ...rules }: StakingRules): StoredRules =>
  allowed === undefined ? rules : { ...rules, allowed: [...allowed].sort((a, b) => (a < b ? -1 : 1)) };

/** Of rules, which stay for an epoch at least. */
const stored = new WeakMap<StakingRules, StoredRules>();

export const storedRules = (rules: StakingRules): StoredRules => {
  const known = stored.get(rules);
  if (known !== undefined) return known;
  const fresh = asStored(rules);
  stored.set(rules, fresh);
  return fresh;
};

export const rulesOf = (
  { allowed, ...rules }: StoredRules,
  verifyPossession: VerifyPossession | undefined,
): StakingRules => ({
  ...rules,
  ...(allowed === undefined ? {} : { allowed: new Set<IdentityId>(allowed) }),
  ...(verifyPossession === undefined ? {} : { verifyPossession }),
});
