import { either as E } from 'fp-ts';
import { identityArgument } from '../../recipient.ts';
import { messageCommand } from '../message-command.ts';

export const claim = messageCommand<'ClaimRewards', { readonly validator?: string }>({
  name: 'claim',
  description: 'have earned rewards paid out; a validator gets its commission with its own',
  example: 'claim --from ./testnet/accounts/alice.json --validator ./testnet/node0 --wait',
  addOptions: (command) =>
    command.option(
      '--validator <identity>',
      'where they were earned: identity, key file or home; the sender itself when left out',
    ),
  message: async ({ validator }, { sender }) => {
    const identity = validator === undefined ? E.right(sender) : await identityArgument(validator);
    return E.isLeft(identity) ? identity : E.right({ _tag: 'ClaimRewards', validator: identity.right });
  },
});
