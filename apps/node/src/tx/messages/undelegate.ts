import { delegationCommand } from '../delegation-command.ts';

export const undelegate = delegationCommand<'Undelegate'>(
  'undelegate',
  (delegation) => ({ _tag: 'Undelegate', ...delegation }),
  'take delegated stake back; it is paid out after the unbonding period',
);
