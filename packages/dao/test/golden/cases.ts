import { bytesToHex, type Json } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { DaoEngine, encodeExecutionParams } from '@zhtp/dao';
import { signBytesOf, voteIdOf } from '../../src/proposal-id.ts';
import { chain, person, request, right } from '../support.ts';

/** Ids, signed bytes and encodings that another implementation must reach. */
export const goldenVectors = (): Json => {
  const content = {
    chainId: 'test-chain',
    proposalId: right(chain().engine.createDaoProposal(request())),
    voter: person('a'),
    revision: 1n,
    choice: { _tag: 'Delegate', identity: person('b') },
    justification: O.some('because'),
  } as const;
  const action = { _tag: 'TreasuryPayment', recipient: person('r'), amount: 7n, budgetLine: 'ubi' } as const;
  return {
    proposalId: content.proposalId,
    detachedProposalId: right(new DaoEngine().createDaoProposal(request())),
    voteId: voteIdOf(content),
    voteSignBytes: bytesToHex(signBytesOf(content)),
    payment: bytesToHex(right(encodeExecutionParams({ action }))),
  };
};
