import { either as E } from 'fp-ts';
import { messageCommand } from '../message-command.ts';

export const leave = messageCommand<'LeaveSet', object>({
  name: 'leave',
  description: 'leave the validator set at the next epoch boundary; stake stays until it is unbonded',
  example: 'leave --from ./testnet/node0 --wait',
  afterwards: 'It leaves the set at the next epoch boundary: let its node run until then. See: zhtp query validator',
  addOptions: (command) => command,
  message: async () => E.right({ _tag: 'LeaveSet' }),
});
