import { delegationCommand } from '../delegation-command.ts';

export const delegate = delegationCommand<'Delegate'>(
  'delegate',
  (delegation) => ({ _tag: 'Delegate', ...delegation }),
  'stake with somebody else’s validator, for a share of its rewards and of its slashes',
);
