import { taggedHash } from '@zhtp/crypto';
import {
  bytes,
  CHAIN_ID_BYTES_MAX,
  daoError,
  daoProposalTypeCodec,
  daoVoteChoiceCodec,
  economicImpactCodec,
  encode,
  EXECUTION_PARAMS_BYTES_MAX,
  found,
  hashCodec,
  identityCodec,
  JUSTIFICATION_BYTES_MAX,
  option,
  PROPOSAL_DESCRIPTION_CHARACTERS_MAX,
  PROPOSAL_TITLE_CHARACTERS_MAX,
  struct,
  text,
  u64,
  ubiImpactCodec,
  type ConsensusResult,
  type Hash,
  type TypeOf,
} from '@zhtp/types';
import { either as E } from 'fp-ts';

const UTF8_BYTES_PER_CHARACTER_MAX = 4;

/** What a proposal's id binds: canonical bytes, every part with its length in front. */
const proposalContentCodec = struct('ProposalContent', {
  chainId: text(CHAIN_ID_BYTES_MAX),
  proposer: identityCodec,
  /** How many proposals the proposer made before: no clock and no randomness in an id. */
  count: u64,
  title: text(PROPOSAL_TITLE_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
  description: text(PROPOSAL_DESCRIPTION_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
  proposalType: daoProposalTypeCodec,
  votingStartTime: u64,
  votingEndTime: u64,
  executionParams: option(bytes(EXECUTION_PARAMS_BYTES_MAX)),
  ubiImpact: option(ubiImpactCodec),
  economicImpact: option(economicImpactCodec),
});
export type ProposalContent = TypeOf<typeof proposalContentCodec>;

/** H(chain id ‖ proposer ‖ proposer's count ‖ content) (economics.md, Governance: Proposals), of content that was judged. */
export const idOfContent = (content: ProposalContent): Hash =>
  taggedHash('zhtp/dao-proposal/v1', encode(proposalContentCodec)(content));

/** {@link idOfContent} for whoever foretells an id: a DaoError for what is no content of a proposal. */
export const proposalIdOf = (content: ProposalContent): ConsensusResult<Hash> =>
  proposalContentCodec.json.is(content)
    ? E.right(idOfContent(content))
    : E.left(
        daoError(`the proposal is ${found(content)} or has a field out of range; give all fields of ProposalContent`),
      );

/** What a vote says and what its id binds. */
const voteContentCodec = struct('VoteContent', {
  chainId: text(CHAIN_ID_BYTES_MAX),
  proposalId: hashCodec,
  voter: identityCodec,
  /** How many votes this voter cast on the proposal before: an older signature never replaces a newer vote. */
  revision: u64,
  choice: daoVoteChoiceCodec,
  justification: option(text(JUSTIFICATION_BYTES_MAX)),
});
export type VoteContent = TypeOf<typeof voteContentCodec>;

const voteBytes = encode(voteContentCodec);

/** The bytes a voter signs: canonical, chain id first. The signature scheme adds its own domain. */
export const signBytesOf = (content: VoteContent): Uint8Array => voteBytes(content);

/** {@link signBytesOf} for voters: a DaoError for what is no content of a vote. */
export const voteSignBytes = (content: VoteContent): ConsensusResult<Uint8Array> =>
  voteContentCodec.json.is(content)
    ? E.right(signBytesOf(content))
    : E.left(daoError(`the vote is ${found(content)} or has a field out of range; give all six fields of VoteContent`));

export const voteIdOf = (content: VoteContent): Hash => taggedHash('zhtp/dao-vote/v1', voteBytes(content));

const recordIdCodec = struct('TreasuryRecordId', { chainId: text(CHAIN_ID_BYTES_MAX), sequence: u64 });

/** The id of the treasury's n-th record. */
export const treasuryRecordIdOf = (chainId: string, sequence: bigint): Hash =>
  taggedHash('zhtp/dao-treasury-record/v1', encode(recordIdCodec)({ chainId, sequence }));
