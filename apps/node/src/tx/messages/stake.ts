import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';
import { amountOption } from '../tx-options.ts';

export const stake = messageCommand<'AddStake', { readonly amount: string }>({
  name: 'stake',
  description: 'bond more own stake of the sender’s validator',
  example: 'stake --from ./testnet/node0 --amount 500 --wait',
  addOptions: (command) => command.requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
  message: async (options) => {
    const amount = amountOption('--amount', options.amount);
    return E.isLeft(amount) ? amount : E.right({ _tag: 'AddStake', amount: amount.right });
  },
});
