import { either as E } from 'fp-ts';
import { identityArgument } from '../../recipient.ts';
import { messageCommand } from '../message-command.ts';
import { amountOption } from '../tx-options.ts';

interface RedelegationOptions {
  readonly source: string;
  readonly destination: string;
  readonly amount: string;
}

export const redelegate = messageCommand<'Redelegate', RedelegationOptions>({
  name: 'redelegate',
  description: 'move delegated stake from one validator to another without waiting',
  example:
    'redelegate --from ./testnet/accounts/alice.json --source ./testnet/node0 --destination ./testnet/node1 --amount 100 --wait',
  addOptions: (command) =>
    command
      .requiredOption('--source <identity>', 'the validator that loses it: identity, key file or home')
      .requiredOption('--destination <identity>', 'the validator that gets it: identity, key file or home')
      .requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
  message: async (options) => {
    const amount = amountOption('--amount', options.amount);
    if (E.isLeft(amount)) return amount;
    const source = await identityArgument(options.source);
    if (E.isLeft(source)) return source;
    const destination = await identityArgument(options.destination);
    if (E.isLeft(destination)) return destination;
    return E.right({
      _tag: 'Redelegate',
      source: source.right,
      destination: destination.right,
      amount: amount.right,
    });
  },
});
