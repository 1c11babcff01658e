import { delegationCommand } from '../delegation-command.ts';

export const undelegate = delegationCommand(
  'undelegate',
  'Undelegate',
  'take delegated stake back; it is paid out after the unbonding period',
);
