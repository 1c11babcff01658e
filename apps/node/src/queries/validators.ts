import { option as O } from 'fp-ts';
import { registryAnswerCodec, type RegisteredValidator } from '../answers/validators.ts';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { time, zhtp } from './show.ts';

const row = (validator: RegisteredValidator): readonly [string, string] => {
  const { identity, status, isInSet, stake, delegatedStake, votingPower, jailUntil } = validator;
  const jailed = status === 'Jailed' && O.isSome(jailUntil) ? ` until ${time(jailUntil.value)}` : '';
  const part = isInSet ? 'in the set' : 'not in the set';
  return [
    identity,
    `${status}${jailed}, ${part}, power ${String(votingPower)}, own stake ${zhtp(stake)}, delegated ${zhtp(delegatedStake)}`,
  ];
};

export const validators = queryCommand({
  usage: 'validators',
  description: 'everybody who registered: status, power and stake',
  example: 'validators --json',
  path: fixedPath('/staking/validators'),
  codec: registryAnswerCodec,
  describe: ({ height, nextEpochAt, validators: all }) => [
    [
      ['after block', String(height)],
      ['next epoch at', `block ${String(nextEpochAt)}`],
    ],
    all.map(row),
  ],
});
