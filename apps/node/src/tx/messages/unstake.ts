import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';
import { amountOption } from '../tx-options.ts';

export const unstake = messageCommand<'RemoveStake', { readonly amount: string }>({
  name: 'unstake',
  description: 'unbond own stake of the sender’s validator; it is paid out after the unbonding period',
  example: 'unstake --from ./testnet/node0 --amount 500 --wait',
  afterwards: 'It is paid out after the unbonding period. See: zhtp query delegations',
  addOptions: (command) => command.requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
  message: async (options) => {
    const amount = amountOption('--amount', options.amount);
    return E.isLeft(amount) ? amount : E.right({ _tag: 'RemoveStake', amount: amount.right });
  },
});
