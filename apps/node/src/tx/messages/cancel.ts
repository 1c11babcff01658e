import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';
import { proposalOption } from '../proposal-option.ts';

export const cancel = messageCommand<'CancelProposal', { readonly proposal: string }>({
  name: 'cancel',
  description: 'take the sender’s own proposal back, at half its deposit',
  example: 'cancel --from ./testnet/accounts/alice.json --proposal 3f0c… --wait',
  addOptions: (command) => command.requiredOption('--proposal <id>', 'as `zhtp query proposals` lists it'),
  message: async (options) => {
    const proposalId = proposalOption(options.proposal);
    return E.isLeft(proposalId) ? proposalId : E.right({ _tag: 'CancelProposal', proposalId: proposalId.right });
  },
});
