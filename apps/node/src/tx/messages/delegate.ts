import { delegationCommand } from '../delegation-command.ts';

export const delegate = delegationCommand(
  'delegate',
  'Delegate',
  'stake with somebody else’s validator, for a share of its rewards and of its slashes',
);
