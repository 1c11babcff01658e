import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';

export const rejoin = messageCommand<'RejoinSet', object>({
  name: 'rejoin',
  description: 'return to the validator set from Inactive, at the next epoch boundary',
  example: 'rejoin --from ./testnet/node0 --wait',
  addOptions: (command) => command,
  message: async () => E.right({ _tag: 'RejoinSet' }),
});
