import { either as E } from 'fp-ts';
import { identityArgument } from '../../recipient.ts';
import { messageCommand } from '../message-command.ts';
import { amountOption } from '../tx-options.ts';

interface SendOptions {
  readonly to: string;
  readonly amount: string;
}

export const send = messageCommand<'Transfer', SendOptions>({
  name: 'send',
  description: 'send ZHTP to an account',
  example: 'send --from ./testnet/accounts/alice.json --to ./testnet/accounts/bob.json --amount 2.5 --wait',
  addOptions: (command) =>
    command
      .requiredOption('--to <identity>', 'identity of the recipient (64 hex characters), its key file or home')
      .requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
  message: async (options) => {
    const amount = amountOption('--amount', options.amount);
    if (E.isLeft(amount)) return amount;
    const recipient = await identityArgument(options.to);
    if (E.isLeft(recipient)) return recipient;
    return E.right({ _tag: 'Transfer', recipient: recipient.right, amount: amount.right });
  },
});
