import { taggedHash } from '@zhtp/crypto';
import {
  encodeUtf8,
  identityId,
  type ConsensusError,
  type DaoExecutionParams,
  type DaoProposalType,
  type GovernanceParameterValue,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  DaoEngine,
  type BlockPosition,
  type DaoEngineOptions,
  type GovernanceEvent,
  type ProposalRequest,
} from '@zhtp/dao';

export const ZHTP = 1_000_000n;
export const DAY = 86_400n;
/** 2026-01-01T00:00:00Z. */
const NEW_YEAR_2026 = 1_767_225_600n;

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`unexpected Left: ${shown(result.left)}`);
  return result.right;
};

const left = <L>(result: Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error(`unexpected Right: ${shown(result.right)}`);
  return result.left;
};

/** Tag and message of a refusal in one line. */
export const refusalOf = (result: Either<ConsensusError, unknown>): string => {
  const { _tag, message } = left(result);
  return `${_tag}: ${message}`;
};

export const some = <A>(value: O.Option<A>): A => {
  if (O.isNone(value)) throw new Error('unexpected None');
  return value.value;
};

/** Spread like real identities. */
export const person = (name: string | number): IdentityId =>
  right(identityId(taggedHash('test/person', encodeUtf8(String(name)))));

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Block 1 a day into 2026, ten seconds per block. */
export const block = (height: bigint): BlockPosition => ({
  height,
  timeSeconds: NEW_YEAR_2026 + DAY + 10n * height,
});

/** The first block at or after so many seconds past block `from`. */
export const after = (from: BlockPosition, seconds: bigint): BlockPosition => ({
  height: from.height + (seconds + 9n) / 10n,
  timeSeconds: from.timeSeconds + seconds,
});

export const request = (change: Partial<ProposalRequest> = {}): ProposalRequest => ({
  proposer: person('proposer'),
  title: 'Increase Validator Rewards',
  description: 'Proposal to increase base validator rewards by 20%.',
  proposalType: 'EconomicParams',
  votingPeriodDays: 7,
  at: block(1n),
  ...change,
});

export const update = (...updates: readonly GovernanceParameterValue[]): DaoExecutionParams => ({
  action: { _tag: 'GovernanceParameterUpdate', updates },
});
export const BLOCK_TIME = update({ _tag: 'BlockTime', value: 5n });

export interface Chain {
  readonly engine: DaoEngine;
  readonly events: GovernanceEvent[];
}

/** An engine on a chain where each of these has so much weight since block 0, and everyone enough for deposits. */
export const chain = (
  weights: Readonly<Record<string, bigint>> = { proposer: 100n, a: 60n, b: 30n, c: 10n },
  options: Partial<DaoEngineOptions> = {},
): Chain => {
  const engine = right(DaoEngine.create({ chainId: 'test-chain', treasuryBalance: 1_000n * ZHTP, ...options }));
  for (const [name, weight] of Object.entries(weights))
    right(engine.setVotingWeight({ identity: person(name), weight, height: 0n }));
  const events: GovernanceEvent[] = [];
  engine.events$.subscribe((event) => events.push(event));
  return { engine, events };
};

export const tags = (events: readonly GovernanceEvent[]): readonly string[] => events.map(({ _tag }) => _tag);

const SECONDS: Partial<Record<DaoProposalType, bigint>> = { Emergency: 3_600n };

/** Creates a proposal in block `at`, has these vote Yes a block later, and closes it; answers its id and the closing block. */
export const pass = (
  { engine }: Chain,
  change: Partial<ProposalRequest>,
  voters: readonly string[] = ['proposer', 'a', 'b', 'c'],
): { readonly id: Hash; readonly closedAt: BlockPosition } => {
  const at = change.at ?? block(1n);
  const seconds = SECONDS[change.proposalType ?? 'EconomicParams'] ?? DAY;
  const { votingPeriodDays: _days, ...rest } = request({ ...change, at });
  const id = right(engine.createDaoProposal({ ...rest, votingPeriodSeconds: seconds }));
  const voteAt = after(at, 10n);
  for (const voter of voters)
    right(engine.castDaoVote({ voter: person(voter), proposalId: id, voteChoice: { _tag: 'Yes' }, at: voteAt }));
  const closedAt = after(at, seconds);
  right(engine.processExpiredProposals(closedAt));
  return { id, closedAt };
};
