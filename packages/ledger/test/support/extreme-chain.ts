import { checkGenesis } from '@zhtp/chain';
import { CHAIN_PARAMETERS, changeParameters, invalidChainParameters } from '@zhtp/dao';
import {
  DEFAULT_CONSENSUS_CONFIG,
  floorDiv,
  GIB,
  invalidConsensusConfig,
  maxBigint,
  U64_MAX,
  type ConsensusConfig,
  type Evidence,
  type Genesis,
  type GovernanceParameterValue,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import {
  accountOf,
  executeBlock,
  genesisState,
  type BlockOutcome,
  type LedgerMessage,
  type LedgerState,
} from '@zhtp/ledger';
import { setAt } from '../../src/block/frozen-sets.ts';
import { governancePorts } from '../../src/block/governance-ports.ts';
import { openWorkingState } from '../../src/working-state.ts';
import { CONTEXT, GENESIS_TIME_MS, genesisWith, right } from './chain.ts';
import { BYTE_LENGTH, personOf, transactionOf, trusted } from './executor.ts';

export const ZHTP = 1_000_000n;

/** ML-DSA-44. */
const KEY_BYTES = 1_312;

/** Whoever may act; the first so many are validators of genesis. Nobody signs: the executor takes verdicts. */
export const identityAt = (n: number): IdentityId => personOf(n);
export const keyAt = (n: number): Uint8Array => {
  const key = new Uint8Array(KEY_BYTES).fill(1);
  new DataView(key.buffer).setUint32(0, n + 1);
  return key;
};

/** Ends of ranges of the configuration, and what may stand there. */
const CONFIG_ENDS: readonly Partial<ConsensusConfig>[] = [
  { minStake: 1n },
  { minStake: 1_000_000n * ZHTP },
  { minStorage: 0n },
  { minStorage: 2n ** 50n },
  { maxValidators: 4 },
  { maxValidators: 1_000 },
  { blockTime: 1n },
  { blockTime: 3_600n },
  { slashDoubleSign: 1 },
  { slashDoubleSign: 100 },
  { slashLiveness: 0 },
  { slashLiveness: 20 },
  { epochLengthBlocks: 1n },
  { epochLengthBlocks: 10n },
  { epochLengthBlocks: 100_000n },
  { targetDifficulty: 1n, maxDifficulty: 1n },
  { maxDifficulty: U64_MAX },
];

/** Genesis gives these in places of their own. */
const ELSEWHERE = ['maxBlockBytes', 'precisionMs', 'messageDelayMs', 'minFeePerByteMicro', 'newAccountFeeMicro'];

type NamedEnd = readonly [name: string, value: bigint];
const PARAMETER_ENDS: readonly NamedEnd[] = Object.entries(CHAIN_PARAMETERS).flatMap(
  ([name, { min, max }]): readonly NamedEnd[] => [
    [name, min],
    [name, max],
  ],
);

export interface Extreme {
  readonly validators: number;
  readonly type: ConsensusConfig['consensusType'];
  readonly weighted: boolean;
  readonly config: readonly Partial<ConsensusConfig>[];
  readonly parameters: readonly NamedEnd[];
  readonly evidenceAgeMs: bigint;
  readonly minFeePerByte: bigint;
  readonly newAccountFee: bigint;
  /** All of 64 bits is in existence. */
  readonly full: boolean;
  readonly stakes: readonly bigint[];
  readonly commission: number;
  readonly storage: bigint;
  readonly treasury: bigint;
}

export const extreme: fc.Arbitrary<Extreme> = fc.record({
  validators: fc.constantFrom(1, 4, 4, 5, 7),
  type: fc.constantFrom<ConsensusConfig['consensusType']>(
    'ProofOfStake',
    'ProofOfStorage',
    'ProofOfUsefulWork',
    'Hybrid',
    'ByzantineFaultTolerance',
  ),
  weighted: fc.boolean(),
  config: fc.array(fc.constantFrom(...CONFIG_ENDS), { maxLength: 8 }),
  parameters: fc.array(fc.constantFrom(...PARAMETER_ENDS), { maxLength: 20, size: 'max' }),
  evidenceAgeMs: fc.constantFrom(2_000n, 60_000n, 365n * 86_400_000n),
  minFeePerByte: fc.constantFrom(0n, 1n, 1_000_000n),
  newAccountFee: fc.constantFrom(0n, 1_000_000n * ZHTP),
  full: fc.boolean(),
  stakes: fc.array(fc.constantFrom(0n, 1n, ZHTP, 1_000n * ZHTP, 10n ** 15n, 10n ** 18n), {
    minLength: 7,
    maxLength: 7,
  }),
  commission: fc.constantFrom(0, 100),
  storage: fc.constantFrom(0n, 100n * GIB, 2n ** 50n, U64_MAX),
  treasury: fc.constantFrom(0n, 1n, 10n ** 15n),
});

/** Accounts beside the validators'. */
export const PEOPLE = 12;

/** The wishes that go together, in the order they are made. */
const admitted = <W, A>(first: A, wishes: readonly W[], next: (all: A, wish: W) => A, wrong: (all: A) => unknown): A =>
  wishes.reduce((all, wish) => {
    const more = next(all, wish);
    return wrong(more) === undefined ? more : all;
  }, first);

const configOf = ({ type, validators, config }: Extreme): ConsensusConfig =>
  admitted<Partial<ConsensusConfig>, ConsensusConfig>(
    {
      ...DEFAULT_CONSENSUS_CONFIG,
      consensusType: type,
      minStorage: 0n,
      minStake: ZHTP,
      epochLengthBlocks: 2n,
      developmentMode: true,
    },
    config,
    (all, wish) => ({ ...all, ...wish }),
    (all) => (all.maxValidators < validators ? 'too few seats' : invalidConsensusConfig(all)),
  );

/** What the evidence age asks of the parameters that have to agree with it. */
const parametersOf = ({ parameters, evidenceAgeMs }: Extreme): ReadonlyMap<string, bigint> =>
  admitted<NamedEnd, ReadonlyMap<string, bigint>>(
    new Map([
      ['evidenceAgeMs', evidenceAgeMs],
      ['unbondingSeconds', floorDiv(evidenceAgeMs, 1_000n)],
      ['trustingPeriodSeconds', floorDiv(evidenceAgeMs, 2_000n)],
      ['signedBlocksWindow', 10n],
      ['livenessJailSeconds', 1n],
    ]),
    parameters.filter(([name]) => !ELSEWHERE.includes(name) && name !== 'evidenceAgeMs'),
    (all, wish) => new Map([...all, wish]),
    (all) => invalidChainParameters(all),
  );

/** Only a permissioned chain takes validators without stake. */
const stakeAt = ({ type, stakes }: Extreme, n: number): bigint =>
  maxBigint(stakes[n] ?? 0n, type === 'ByzantineFaultTolerance' ? 0n : 1n);

const genesisOf = (wish: Extreme): Genesis => {
  const consensus = configOf(wish);
  const base = genesisWith([]);
  return {
    ...base,
    parameters: {
      ...base.parameters,
      consensus,
      evidenceAgeMs: wish.evidenceAgeMs,
      proposerRotation: wish.weighted ? 'Weighted' : 'RoundRobin',
    },
    validators: Array.from({ length: wish.validators }, (_, n) => ({
      identity: identityAt(n),
      consensusKey: keyAt(n),
      proofOfPossession: new Uint8Array(0),
      stake: stakeAt(wish, n),
      storageProvided: wish.storage < consensus.minStorage ? consensus.minStorage : wish.storage,
      commissionRate: wish.commission,
    })),
  };
};

/** The first state of a genesis that validation admits; none: it does not. */
const firstState = (wish: Extreme): LedgerState | undefined => {
  const genesis = genesisOf(wish);
  if (E.isLeft(checkGenesis(genesis, () => 'valid'))) return undefined;
  const staked = genesis.validators.reduce((sum, { stake }) => sum + stake, wish.treasury);
  const room = U64_MAX - staked;
  const each = wish.full ? room / BigInt(PEOPLE) : 5_000_000n * ZHTP;
  const state = genesisState(genesis, {
    accounts: Array.from({ length: PEOPLE }, (_, n) => ({
      identity: identityAt(n),
      balance: wish.full && n === 0 ? room - each * BigInt(PEOPLE - 1) : each,
      publicKey: O.some(keyAt(n)),
    })),
    parameters: { minFeePerByte: wish.minFeePerByte, newAccountFee: wish.newAccountFee },
    chainParameters: Array.from(parametersOf(wish), ([name, value]) => ({ name, value })),
    difficulty: O.none,
    treasury: wish.treasury,
    budgets: [],
    storage: [],
    hosted: O.none,
    allowList: O.none,
  });
  return E.isRight(state) ? state.right : undefined;
};

/** What one block is to contain. */
export interface ExtremeBlock {
  /** By whom; one transaction each. */
  readonly transactions: ReadonlyMap<number, readonly LedgerMessage[]>;
  /** On top of the least one, as far as the account has it. */
  readonly tip: bigint;
  readonly absent: ReadonlySet<number>;
  readonly evidence: readonly Evidence[];
  readonly seconds: bigint;
  readonly proposer: number;
  /** Bytes that the proposer has shown in the block before. */
  readonly shown: bigint | undefined;
}

/** The state with other parameters decided, where governance admits them. */
const decided = (state: LedgerState, updates: readonly GovernanceParameterValue[]): LedgerState => {
  const { governance } = state;
  const change = changeParameters(updates, { ...governance, config: governance.decidedConfig });
  if (E.isLeft(change)) return state;
  const ports = governancePorts(openWorkingState(state));
  if (ports.refusedParameters?.(change.right) !== undefined) return state;
  const { config, chainParameters, difficulty } = change.right;
  return { ...state, governance: { ...governance, decidedConfig: config, chainParameters, difficulty } };
};

/** A chain of that genesis driven through the executor; none where validation does not admit the genesis. */
export const extremeChain = (wish: Extreme) => {
  const first = firstState(wish);
  if (first === undefined) return undefined;
  let state = first;
  let height = 0n;
  let timeMs = GENESIS_TIME_MS;

  const bitmapOf = (absent: ReadonlySet<number>): Uint8Array => {
    const members = setAt(state.sets, height);
    const away = new Set([...absent].map((n) => members[n % Math.max(1, members.length)]?.identity));
    const bitmap = new Uint8Array((members.length + 7) >> 3);
    for (const [i, { identity }] of members.entries())
      if (!away.has(identity)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
    return bitmap;
  };

  const next = ({
    transactions,
    tip,
    absent,
    evidence,
    seconds,
    proposer: turn,
    shown,
  }: ExtremeBlock): BlockOutcome => {
    const members = height === 0n ? state.staking.members : setAt(state.sets, height + 1n);
    const proposer = members[turn % Math.max(1, members.length)]?.identity ?? identityAt(0);
    if (shown !== undefined) {
      const attested = state.proofs.attested.with(proposer, { capacity: shown, challengeHeight: height });
      state = { ...state, proofs: { ...state.proofs, attested } };
    }
    const judged = Array.from(transactions, ([by, messages]) => {
      const account = O.toUndefined(accountOf(state, identityAt(by)));
      const least = state.parameters.minFeePerByte * BigInt(BYTE_LENGTH);
      if (account === undefined || account.balance < least) return [];
      const fee = account.balance < least + tip ? least : least + tip;
      const content = transactionOf({ sender: identityAt(by), nonce: account.nonce, fee, messages });
      const known = O.toUndefined(account.publicKey) ?? keyAt(by);
      return [trusted(content, known)];
    }).flat();
    const outcome = right(
      executeBlock(state, CONTEXT, {
        height: height + 1n,
        timeMs: timeMs + seconds * 1_000n,
        proposer,
        signers: height === 0n ? new Uint8Array(0) : bitmapOf(absent),
        evidence,
        transactions: judged,
      }),
    );
    height += 1n;
    timeMs += seconds * 1_000n;
    ({ state } = outcome);
    return outcome;
  };

  return {
    next,
    state: () => state,
    height: () => height,
    decide: (updates: readonly GovernanceParameterValue[]): void => {
      state = decided(state, updates);
    },
  };
};

export type ExtremeChain = NonNullable<ReturnType<typeof extremeChain>>;
