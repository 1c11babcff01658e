import { proposalsAnswerCodec } from '../answers/proposals.ts';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { time } from './show.ts';

export const proposals = queryCommand({
  usage: 'proposals',
  description: 'open proposals and the last that ended',
  example: 'proposals',
  path: fixedPath('/proposals'),
  codec: proposalsAnswerCodec,
  describe: ({ proposals: all }) => [
    all.map(({ id, status, proposalType, title, votingEndTime }) => [
      id,
      `${status}, ${proposalType}, voting ends ${time(votingEndTime)}: ${JSON.stringify(title)}`,
    ]),
  ],
  whenEmpty: 'no proposals on this chain',
});
