import { either as E, option as O } from 'fp-ts';
import { daoExecutionParamsCodec, hash, toJson } from '@zhtp/types';
import { proposalAnswerCodec } from '../answers/proposals.ts';
import { fail } from '../outcome.ts';
import { queryCommand } from './query-command.ts';
import { time, zhtp } from './show.ts';

const executionJson = toJson(daoExecutionParamsCodec);

export const proposal = queryCommand({
  usage: 'proposal <id>',
  description: 'a proposal, its votes, and what it would do',
  example: 'proposal 3f0c…',
  path: async (id) => {
    const checked = hash(id);
    return E.isLeft(checked)
      ? fail(`the proposal id: ${checked.left}; \`zhtp query proposals\` lists them`)
      : E.right(`/proposals/${checked.right}`);
  },
  codec: proposalAnswerCodec,
  describe: ({ proposal: it, execution, deposit, approvalBasisPoints, executableFrom, reason, votes }) => [
    [
      ['proposal', it.id],
      ['title', JSON.stringify(it.title)],
      ['description', JSON.stringify(it.description)],
      ['type', it.proposalType],
      ['status', `${it.status}${O.isSome(reason) ? `: ${reason.value}` : ''}`],
      ['proposer', it.proposer],
      ['voting', `${time(it.votingStartTime)} to ${time(it.votingEndTime)}`],
      ['quorum', `${String(it.quorumRequired)} % of ${String(it.voteTally.totalEligiblePower)}`],
      ['approval', `${String(approvalBasisPoints)} basis points of yes and no`],
      ['yes', String(it.voteTally.weightedYes)],
      ['no', String(it.voteTally.weightedNo)],
      ['abstain', String(it.voteTally.weightedAbstain)],
      ['deposit', zhtp(deposit)],
      ['executable', O.isSome(executableFrom) ? `from block ${String(executableFrom.value)}` : '-'],
      ['does', O.isSome(execution) ? JSON.stringify(executionJson(execution.value)) : 'nothing by itself'],
    ],
    votes.map(({ voter, choice, weight }) => [
      voter,
      `${choice._tag === 'Delegate' ? `delegates to ${choice.identity}` : choice._tag}, weight ${String(weight)}`,
    ]),
  ],
});
