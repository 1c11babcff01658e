import { supplyCodec } from '@zhtp/ledger';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { zhtp } from './show.ts';

export const supply = queryCommand({
  usage: 'supply',
  description: 'how many ZHTP there are, and where',
  example: 'supply',
  path: fixedPath('/supply'),
  codec: supplyCodec,
  describe: (it) => [
    [
      ['in accounts', zhtp(it.balances)],
      ['own stake', zhtp(it.ownStake)],
      ['delegated', zhtp(it.delegatedStake)],
      ['unbonding', zhtp(it.unbonding)],
      ['unpaid rewards', zhtp(it.outstandingRewards)],
      ['fees of the last block', zhtp(it.feePool)],
      ['UBI pool', zhtp(it.ubiPool)],
      ['governance pool', zhtp(it.governancePool)],
      ['deposits', zhtp(it.deposits)],
      ['treasury', zhtp(it.treasury)],
    ],
    [
      ['supply', zhtp(it.supply)],
      ['emitted', zhtp(it.emitted)],
      ['burned', zhtp(it.burned)],
    ],
  ],
});
