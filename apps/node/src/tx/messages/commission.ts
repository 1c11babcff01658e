import { either as E } from 'fp-ts';
import { wholeNumber } from '../../commands/testnet.ts';
import { messageCommand } from '../message-command.ts';

export const commission = messageCommand<'ChangeCommission', { readonly rate: string }>({
  name: 'commission',
  description: 'change the share of rewards that the validator keeps, from the next epoch',
  example: 'commission --from ./testnet/node0 --rate 4 --wait',
  addOptions: (command) => command.requiredOption('--rate <percent>', 'whole percent, 0 to 100'),
  message: async (options) => {
    const rate = wholeNumber('--rate', options.rate, 0, 100);
    return E.isLeft(rate) ? rate : E.right({ _tag: 'ChangeCommission', rate: rate.right });
  },
});
