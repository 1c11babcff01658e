import { option as O } from 'fp-ts';
import { stakesAnswerCodec } from '../answers/stakes.ts';
import { identityPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { time, zhtp } from './show.ts';

export const delegations = queryCommand({
  usage: 'delegations <identity>',
  description: 'what an account has staked, its own and delegated, and what is on its way out',
  example: 'delegations ./testnet/accounts/alice.json',
  path: identityPath('/accounts/', '/stakes'),
  codec: stakesAnswerCodec,
  describe: ({ stakes, unbonding }) => [
    stakes.map(({ validator, amount, locked }) => [
      validator,
      `${zhtp(amount)}${locked > 0n ? `, ${zhtp(locked)} of it held after a redelegation` : ''}`,
    ]),
    unbonding.map(({ validator, amount, maturesAt }) => [
      validator,
      `${zhtp(amount)} unbonding, paid out ${O.isSome(maturesAt) ? `from ${time(maturesAt.value)}` : 'some time after the next epoch'}`,
    ]),
  ],
  whenEmpty: 'nothing staked',
});
