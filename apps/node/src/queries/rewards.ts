import { stakesAnswerCodec } from '../answers/stakes.ts';
import { identityPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { zhtp } from './show.ts';

export const rewards = queryCommand({
  usage: 'rewards <identity>',
  description: 'what an account has earned by staking and not claimed yet',
  example: 'rewards ./testnet/accounts/alice.json',
  path: identityPath('/accounts/', '/stakes'),
  codec: stakesAnswerCodec,
  describe: ({ stakes }) => [
    stakes.map(({ validator, rewards: earned, commission }) => [
      validator,
      `${zhtp(earned)}${commission > 0n ? `, and ${zhtp(commission)} commission` : ''}`,
    ]),
  ],
  whenEmpty: 'nothing staked, nothing earned',
});
