import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';

export const release = messageCommand<'ReleaseFromJail', object>({
  name: 'release',
  description: 'leave jail, once the term is over',
  example: 'release --from ./testnet/node0 --wait',
  addOptions: (command) => command,
  message: async () => E.right({ _tag: 'ReleaseFromJail' }),
});
