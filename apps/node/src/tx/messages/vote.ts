import { either as E, option as O } from 'fp-ts';
import type { DaoVoteChoice } from '@zhtp/types';
import { fail, type Outcome } from '../../outcome.ts';
import { identityArgument } from '../../recipient.ts';
import { messageCommand } from '../message-command.ts';
import { proposalOption } from '../proposal-option.ts';

interface VoteOptions {
  readonly proposal: string;
  readonly choice?: string;
  readonly delegateTo?: string;
  readonly reason?: string;
}

const CHOICES: ReadonlyMap<string, DaoVoteChoice> = new Map([
  ['yes', { _tag: 'Yes' }],
  ['no', { _tag: 'No' }],
  ['abstain', { _tag: 'Abstain' }],
]);

const choiceOf = async ({ choice, delegateTo }: VoteOptions): Outcome<DaoVoteChoice> => {
  if ((choice === undefined) === (delegateTo === undefined))
    return fail('say how: --choice yes, no or abstain, or --delegate-to <identity>');
  if (delegateTo !== undefined) {
    const identity = await identityArgument(delegateTo);
    return E.isLeft(identity) ? identity : E.right({ _tag: 'Delegate', identity: identity.right });
  }
  const spoken = CHOICES.get(choice ?? '');
  return spoken === undefined
    ? fail(`--choice is "${String(choice).slice(0, 40)}"; use ${[...CHOICES.keys()].join(', ')}`)
    : E.right(spoken);
};

export const vote = messageCommand<'Vote', VoteOptions>({
  name: 'vote',
  description: 'vote on a proposal; a second vote replaces the first',
  example: 'vote --from ./testnet/node0 --proposal 3f0c… --choice yes --wait',
  addOptions: (command) =>
    command
      .requiredOption('--proposal <id>', 'as `zhtp query proposals` lists it')
      .option('--choice <choice>', 'yes, no or abstain')
      .option('--delegate-to <identity>', 'let somebody else’s vote carry this weight, for this proposal')
      .option('--reason <text>', 'up to 4096 bytes'),
  message: async (options) => {
    const proposalId = proposalOption(options.proposal);
    if (E.isLeft(proposalId)) return proposalId;
    const voteChoice = await choiceOf(options);
    if (E.isLeft(voteChoice)) return voteChoice;
    return E.right({
      _tag: 'Vote',
      proposalId: proposalId.right,
      voteChoice: voteChoice.right,
      justification: O.fromNullable(options.reason),
    });
  },
});
