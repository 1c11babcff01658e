import { budgetLineNameCodec, type DaoExecutionParams, type GovernanceParameterValue } from '@zhtp/types';
import fc, { type Arbitrary } from 'fast-check';
import { person } from './support.ts';
import { hashFromBytes } from '@zhtp/types';
import { right } from './support.ts';

const u8 = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => right(hashFromBytes(bytes)));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0));
const name = fc.string({ unit: 'binary', maxLength: 16 });

const tagged64 = fc.constantFrom(
  'MinStake',
  'MinStorage',
  'BlockTime',
  'ProposeTimeout',
  'PrevoteTimeout',
  'PrecommitTimeout',
  'MaxDifficulty',
  'TargetDifficulty',
  'BlockchainAdjustmentInterval',
  'BlockchainTargetTimespan',
  'EpochLengthBlocks',
);
const tagged32 = fc.constantFrom('MaxValidators', 'MaxTransactionsPerBlock', 'BlockchainInitialDifficulty');
const tagged8 = fc.constantFrom('SlashDoubleSign', 'SlashLiveness');

const update: Arbitrary<GovernanceParameterValue> = fc.oneof(
  fc.tuple(tagged64, u64).map(([_tag, value]): GovernanceParameterValue => ({ _tag, value })),
  fc.tuple(tagged32, u32).map(([_tag, value]): GovernanceParameterValue => ({ _tag, value })),
  fc.tuple(tagged8, u8).map(([_tag, value]): GovernanceParameterValue => ({ _tag, value })),
  finite.map((value): GovernanceParameterValue => ({ _tag: 'ByzantineThreshold', value })),
  fc.boolean().map((value): GovernanceParameterValue => ({ _tag: 'DevelopmentMode', value })),
  fc.record({ name, value: u64 }).map((fields): GovernanceParameterValue => ({ _tag: 'ChainParameter', ...fields })),
);

const budgetLine = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/).filter((line) => budgetLineNameCodec.json.is(line));

export const executionParams: Arbitrary<DaoExecutionParams> = fc
  .oneof(
    fc.array(update, { maxLength: 64 }).map((updates) => ({ _tag: 'GovernanceParameterUpdate' as const, updates })),
    fc
      .record({ amount: u64, budgetLine })
      .map((fields) => ({ _tag: 'TreasuryPayment' as const, recipient: person('recipient'), ...fields })),
    hash.map((proposalId) => ({ _tag: 'CancelProposal' as const, proposalId })),
  )
  .map((action) => ({ action }));
