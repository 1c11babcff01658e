import { keyPairFromSeed } from '@zhtp/crypto';
import {
  bytesToHex,
  DEFAULT_CONSENSUS_CONFIG,
  type ConsensusConfig,
  type DifficultyConfig,
  type Evidence,
  type Genesis,
  type Hash,
  type IdentityId,
  type KeyPair,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  accountOf,
  executeBlock,
  genesisState,
  type BlockOutcome,
  type ChainEvent,
  type FirstPolicy,
  type LedgerMessage,
  type LedgerState,
} from '@zhtp/ledger';
import {
  ALGORITHM,
  CONTEXT,
  GENESIS_TIME_MS,
  genesisWith,
  hashOf,
  identityOfPair,
  PARAMETERS,
  right,
} from './chain.ts';
import { LEAST_FEE, transactionOf, trusted } from './executor.ts';

const ZHTP = 1_000_000n;

const KEYS: readonly KeyPair[] = Array.from({ length: 12 }, (_, i) =>
  keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(i + 50)),
);

/** A person of these tests: an account and the key behind it, which is also its consensus key where it validates. */
export interface Person {
  readonly who: IdentityId;
  readonly key: Uint8Array;
}

/** The first so many are validators of genesis, the others have accounts only. In identity order. */
export const people: readonly Person[] = KEYS.map((pair) => ({ who: identityOfPair(pair), key: pair.publicKey })).sort(
  (a, b) => (a.who < b.who ? -1 : 1),
);

export interface StakedChainOptions {
  readonly validators?: number;
  readonly stake?: bigint;
  readonly config?: Partial<ConsensusConfig>;
  readonly chainParameters?: Readonly<Record<string, bigint>>;
  /** What becomes of the state between blocks; it stays by default. */
  readonly between?: (state: LedgerState, height: bigint) => LedgerState;
  /** Milliseconds. */
  readonly evidenceAgeMs?: bigint;
  readonly treasury?: bigint;
  readonly budgets?: Readonly<Record<string, bigint>>;
  readonly difficulty?: DifficultyConfig;
  /** Of everybody with an account. */
  readonly balance?: bigint;
  /** Id of the block before the one of a height; {@link parentIdAt} when left out. */
  readonly previousIds?: (height: bigint) => Hash;
  /** Who may register beside the validators of genesis. */
  readonly allowList?: readonly IdentityId[];
  readonly storage?: FirstPolicy['storage'];
}

/** Of the block before this height, in these tests: it decides what the height's challenges ask. */
export const parentIdAt = (height: bigint): Hash => hashOf(Number(height % 256n));

/** What one block is to contain. */
export interface NextBlock {
  readonly messages?: readonly (readonly [Person, LedgerMessage])[];
  /** Transactions of several messages. */
  readonly together?: readonly (readonly [Person, readonly LedgerMessage[]])[];
  /** Whose precommits of the block before are in its certificate; all by default. */
  readonly absent?: readonly Person[];
  readonly evidence?: readonly Evidence[];
  /** After the block before. */
  readonly seconds?: bigint;
}

/** A chain of staked validators driven block by block through the executor, with verdicts in place of signatures. */
export const stakedChain = ({
  validators = 4,
  stake = 1_000n * ZHTP,
  config,
  chainParameters = {},
  between = (state) => state,
  evidenceAgeMs,
  treasury = 0n,
  budgets = {},
  difficulty,
  balance = 1_000_000n * ZHTP,
  previousIds = parentIdAt,
  allowList,
  storage = [],
}: StakedChainOptions = {}) => {
  const genesis: Genesis = {
    ...genesisWith([]),
    parameters: {
      ...genesisWith([]).parameters,
      ...(evidenceAgeMs === undefined ? {} : { evidenceAgeMs }),
      consensus: {
        ...DEFAULT_CONSENSUS_CONFIG,
        consensusType: 'ProofOfStake',
        minStorage: 0n,
        epochLengthBlocks: 10n,
        ...config,
      },
    },
    validators: people.slice(0, validators).map(({ who, key }) => ({
      identity: who,
      consensusKey: key,
      proofOfPossession: new Uint8Array(0),
      stake,
      storageProvided: 0n,
      commissionRate: 10,
    })),
  };
  let state: LedgerState = right(
    genesisState(genesis, {
      accounts: people.map(({ who, key }) => ({ identity: who, balance, publicKey: O.some(key) })),
      parameters: PARAMETERS,
      chainParameters: Object.entries(chainParameters).map(([name, value]) => ({ name, value })),
      difficulty: O.fromNullable(difficulty),
      treasury,
      storage,
      hosted: O.none,
      allowList: O.fromNullable(allowList),
      budgets: Object.entries(budgets).map(([line, amount]) => ({ line, amount })),
    }),
  );
  let height = 0n;
  let timeMs = GENESIS_TIME_MS;

  const signersOf = (absent: readonly Person[]): Uint8Array => {
    const sets = [...state.sets.entries()].filter(([from]) => BigInt(from) <= height);
    const members = sets[sets.length - 1]?.[1] ?? [];
    const bitmap = new Uint8Array((members.length + 7) >> 3);
    for (const [i, { identity }] of members.entries())
      if (!absent.some(({ who }) => who === identity)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
    return bitmap;
  };

  const nextOf = ({ messages = [], together = [], absent = [], evidence = [], seconds = 10n }: NextBlock) => {
    const nonces = new Map<IdentityId, bigint>();
    const contents = [...messages.map(([by, message]) => [by, [message]] as const), ...together];
    const transactions = contents.map(([{ who, key }, list]) => {
      const account = O.toUndefined(accountOf(state, who));
      const nonce = nonces.get(who) ?? account?.nonce ?? 0n;
      nonces.set(who, nonce + 1n);
      return trusted(transactionOf({ sender: who, nonce, fee: LEAST_FEE, messages: list }), key);
    });
    return {
      height: height + 1n,
      timeMs: timeMs + seconds * 1_000n,
      proposer: people[0]?.who ?? ('' as never),
      signers: height === 0n ? new Uint8Array(0) : signersOf(absent),
      evidence,
      transactions,
      previousId: previousIds(height + 1n),
    };
  };

  const next = (content: NextBlock = {}): BlockOutcome => {
    const block = nextOf(content);
    const outcome = right(executeBlock(state, CONTEXT, block));
    ({ height, timeMs } = block);
    state = between(outcome.state, height);
    return outcome;
  };

  return {
    genesis,
    state: () => state,
    /** Goes on from another state. */
    replace: (other: LedgerState): void => {
      state = other;
    },
    height: () => height,
    next,
    /** So many empty blocks. */
    passBlocks: (blocks: number): readonly ChainEvent[] => Array.from({ length: blocks }, () => next().events).flat(),
    balance: ({ who }: Person): bigint => O.toUndefined(accountOf(state, who))?.balance ?? 0n,
    validator: ({ who }: Person) => state.staking.accounts.get(who)?.validator,
    keyHex: ({ key }: Person): string => bytesToHex(key),
  };
};

export type StakedChain = ReturnType<typeof stakedChain>;
