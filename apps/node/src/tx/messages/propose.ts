import { readFile } from 'node:fs/promises';
import { either as E, option as O } from 'fp-ts';
import { daoProposalTypeCodec } from '@zhtp/types';
import { collect } from '../../commands/common.ts';
import { wholeNumber } from '../../commands/testnet.ts';
import { attemptFile, fail, type Outcome } from '../../outcome.ts';
import { executionOption, type ExecutionOptions } from '../execution-options.ts';
import { messageCommand } from '../message-command.ts';
import { u64Option } from '../tx-options.ts';

interface ProposeOptions extends ExecutionOptions {
  readonly title: string;
  readonly description: string;
  readonly descriptionFile?: string;
  readonly type: string;
  readonly votingDays?: string;
  readonly votingSeconds?: string;
  readonly delaySeconds: string;
}

const TYPES =
  'UbiDistribution, WelfareAllocation, ProtocolUpgrade, TreasuryAllocation, ValidatorUpdate, EconomicParams, GovernanceRules, FeeStructure, Emergency, CommunityFunding or ResearchGrants';
const DAYS_MAX = 365;

const descriptionOf = async ({ description, descriptionFile }: ProposeOptions): Outcome<string> =>
  descriptionFile === undefined
    ? E.right(description)
    : attemptFile('reading the description', descriptionFile, () => readFile(descriptionFile, 'utf8'));

export const propose = messageCommand<'Propose', ProposeOptions>({
  name: 'propose',
  description: 'put something to the vote; the deposit comes back when it passes or fails by votes',
  example:
    "propose --from ./testnet/accounts/alice.json --type ProtocolUpgrade --title 'Slower blocks' --voting-seconds 30 --set BlockTime=2 --set BlockchainAdjustmentInterval=20 --wait",
  afterwards: 'Vote with: zhtp tx vote --proposal ID --choice yes',
  addOptions: (command) =>
    command
      .requiredOption('--title <text>', 'up to 200 characters')
      .option('--description <text>', 'up to 20 000 characters', '')
      .option('--description-file <file>', 'a file with it')
      .requiredOption('--type <type>', TYPES)
      .option('--voting-days <days>', 'how long voting lasts, 1 to 365 days')
      .option('--voting-seconds <seconds>', 'the same in seconds')
      .option('--delay-seconds <seconds>', 'voting starts so long after the block', '0')
      .option('--set <name=value>', 'change a parameter when it passes; may be repeated', collect, [])
      .option('--pay <identity>', 'pay from the treasury when it passes: identity, key file or home')
      .option('--amount <zhtp>', 'how much to pay')
      .option('--budget-line <name>', 'the line of the budget it is paid from', 'general')
      .option('--cancel <proposal>', 'cancel another proposal that has passed'),
  message: async (options) => {
    const { type, title, votingDays, votingSeconds } = options;
    if (!daoProposalTypeCodec.json.is(type)) return fail(`--type is "${type.slice(0, 40)}"; use ${TYPES}`);
    if ((votingDays === undefined) === (votingSeconds === undefined))
      return fail('say how long voting lasts: --voting-days or --voting-seconds, one of the two');
    const days = votingDays === undefined ? E.right(undefined) : wholeNumber('--voting-days', votingDays, 1, DAYS_MAX);
    if (E.isLeft(days)) return days;
    const seconds = votingSeconds === undefined ? E.right(undefined) : u64Option('--voting-seconds', votingSeconds, 1n);
    if (E.isLeft(seconds)) return seconds;
    const delay = u64Option('--delay-seconds', options.delaySeconds);
    if (E.isLeft(delay)) return delay;
    const description = await descriptionOf(options);
    if (E.isLeft(description)) return description;
    const executionParams = await executionOption(options);
    if (E.isLeft(executionParams)) return executionParams;
    return E.right({
      _tag: 'Propose',
      title,
      description: description.right,
      proposalType: type,
      votingPeriodDays: O.fromNullable(days.right),
      votingPeriodSeconds: O.fromNullable(seconds.right),
      votingDelaySeconds: delay.right,
      executionParams: executionParams.right,
      ubiImpact: O.none,
      economicImpact: O.none,
      privacyLevel: 'Public',
    });
  },
});
