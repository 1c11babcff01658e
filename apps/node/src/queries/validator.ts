import { option as O } from 'fp-ts';
import { validatorAnswerCodec } from '../answers/validators.ts';
import { identityPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { key, time, zhtp } from './show.ts';

export const validator = queryCommand({
  usage: 'validator <identity>',
  description: 'one validator: status, stake, commission, jail, liveness, keys; an identity, a key file or a home',
  example: 'validator ./testnet/node0',
  path: identityPath('/staking/validators/'),
  codec: validatorAnswerCodec,
  describe: (it) => [
    [
      ['validator', it.identity],
      ['status', it.status],
      ['in the set', it.isInSet ? 'yes' : 'no'],
      ['voting power', String(it.votingPower)],
      ['own stake', zhtp(it.stake)],
      ['delegated', zhtp(it.delegatedStake)],
      ['commission', `${String(it.commissionRate)} % (at most ${String(it.maxCommissionRate)} %)`],
      ['reputation', String(it.reputation)],
      ['slashed', `${String(it.slashCount)} times`],
      ['consensus key', key(it.consensusKey)],
      ['changes it to', O.isSome(it.nextConsensusKey) ? `${key(it.nextConsensusKey.value)} with the next epoch` : '-'],
      ['jailed until', O.isSome(it.jailUntil) ? time(it.jailUntil.value) : '-'],
      ['missed', `${String(it.windowMissed)} of the last ${String(it.windowBlocks)} blocks`],
      ['unpaid rewards', `${zhtp(it.outstandingRewards)}, ${zhtp(it.commission)} of it commission`],
    ],
  ],
});
