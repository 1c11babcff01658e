import { workAnswerCodec } from '../answers/work.ts';
import { identityPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';

export const work = queryCommand({
  usage: 'work <identity>',
  description: 'the work that receipts have shown of a validator; an identity, a key file or a home',
  example: 'work ./testnet/node0',
  path: identityPath('/staking/validators/', '/work'),
  codec: workAnswerCodec,
  describe: ({ validator, epoch, record, mean }) => [
    [
      ['validator', validator],
      ['epoch', `${String(epoch)}, which receipts must be for`],
      ['receipts used', String(record.receipts)],
      ['routing', `${String(record.routingWork)} units`],
      ['computation', `${String(record.computeWork)} units`],
      ['mean of past epochs', `${String(mean)} units`],
    ],
    record.past.map((each) => [`epoch ${String(each.epoch)}`, `${String(each.units)} units`] as const),
  ],
});
