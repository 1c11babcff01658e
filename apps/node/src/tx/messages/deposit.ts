import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';
import { amountOption } from '../tx-options.ts';

export const deposit = messageCommand<'DepositToTreasury', { readonly amount: string }>({
  name: 'deposit',
  description: 'give ZHTP to the treasury, for good',
  example: 'deposit --from ./testnet/accounts/alice.json --amount 250 --wait',
  addOptions: (command) => command.requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
  message: async (options) => {
    const amount = amountOption('--amount', options.amount);
    return E.isLeft(amount) ? amount : E.right({ _tag: 'DepositToTreasury', amount: amount.right });
  },
});
