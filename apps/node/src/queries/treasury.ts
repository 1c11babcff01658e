import { daoTreasuryCodec } from '@zhtp/types';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { time, zhtp } from './show.ts';

const RECORDS_SHOWN = 20;

export const treasury = queryCommand({
  usage: 'treasury',
  description: 'what the treasury holds, its budgets and its last movements',
  example: 'treasury',
  path: fixedPath('/treasury'),
  codec: daoTreasuryCodec,
  describe: (it) => [
    [
      ['balance', zhtp(it.totalBalance)],
      ['available', zhtp(it.availableBalance)],
      ['in budget lines', zhtp(it.allocatedFunds)],
      ['passed, not paid', zhtp(it.reservedFunds)],
    ],
    it.annualBudgets.flatMap(({ year, lines }) =>
      [...lines].map(([name, { allocated, spent }]): [string, string] => [
        `${String(year)} ${name}`,
        `${zhtp(spent)} spent of ${zhtp(allocated)}`,
      ]),
    ),
    it.transactionHistory
      .slice(-RECORDS_SHOWN)
      .map(({ timestamp, kind, amount, description }) => [time(timestamp), `${kind} ${zhtp(amount)}: ${description}`]),
  ],
});
