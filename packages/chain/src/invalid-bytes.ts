import {
  decode,
  encode,
  hashCodec,
  malformedVoteContent,
  SIGNED_BYTES_MAX,
  struct,
  u64,
  u8,
  ZERO_HASH,
  identityCodec,
  option,
  u32,
  type ConsensusVote,
  type Evidence,
  type IdentityId,
  type MisshapenMessage,
  type PostQuantumSignature,
  type SignatureCheck,
  type SignedProposal,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { evidenceError, type EvidenceError } from './evidence-error.ts';
import { proposalContentCodec, voteContentCodec } from './sign-bytes.ts';
import type { SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';

/*
 * Signed bytes that refute themselves (economics.md, Faults and penalties): whoever made this signature, under the domain of
 * votes or of proposals and over the genesis hash of this chain, did what no correct validator does, whatever the state. They
 * cannot be carried as the message they should have been, so the bytes are carried as they were signed.
 */

export type EvidenceOfBytes = Extract<Evidence, { readonly _tag: 'InvalidVote' | 'InvalidProposalBytes' }>;

const readVote = decode(voteContentCodec);
const readProposal = decode(proposalContentCodec);
const readHeight = decode(u64);
const writeIdentity = encode(identityCodec);
const writeHash = encode(hashCodec);

/** Where the height lies in each body: after the vote type, after the block id. It says whose set judges. */
const HEIGHT_OFFSETS = { InvalidVote: 1, InvalidProposalBytes: 32 } as const;
const HEIGHT_BYTES = 8;

const signedHeight = ({ _tag, signed }: EvidenceOfBytes): bigint | undefined => {
  const from = HEIGHT_OFFSETS[_tag];
  const height = readHeight(signed.subarray(from, from + HEIGHT_BYTES));
  return E.isRight(height) ? height.right : undefined;
};

/** The height of the offence; 0 for bytes too short to name one, which convict nobody. */
export const heightOfBytes = (evidence: EvidenceOfBytes): bigint => signedHeight(evidence) ?? 0n;

/** What makes two accusations the same one. One body may be signed by several. */
export const bodyOfBytes = ({ signer, signed }: EvidenceOfBytes): Uint8Array =>
  Uint8Array.from([...writeIdentity(signer), ...signed]);

/** What is wrong with bytes signed as a vote; undefined when a correct validator may have signed them. */
const wrongVote = (signer: IdentityId, signed: Uint8Array): string | undefined => {
  const vote = readVote(signed);
  if (E.isLeft(vote)) return vote.left.message;
  const { voter, proposalId } = vote.right;
  if (voter !== signer) return `it names another voter, ${voter}`;
  if (O.isSome(proposalId) && proposalId.value === ZERO_HASH) return 'it names the block with the id of zeros';
  return malformedVoteContent(vote.right);
};

const wrongProposal = (signer: IdentityId, signed: Uint8Array): string | undefined => {
  const proposal = readProposal(signed);
  if (E.isLeft(proposal)) return proposal.left.message;
  const { id, proposer, round, validRound } = proposal.right;
  if (proposer !== signer) return `it names another proposer, ${proposer}`;
  if (id === ZERO_HASH) return 'it names the block with the id of zeros';
  return O.isSome(validRound) && validRound.value >= round
    ? `valid round ${String(validRound.value)} is not below round ${String(round)}`
    : undefined;
};

/** What is wrong with the bytes; undefined when they convict nobody. */
const refutedBytes = ({ _tag, signer, signed }: EvidenceOfBytes): string | undefined =>
  _tag === 'InvalidVote' ? wrongVote(signer, signed) : wrongProposal(signer, signed);

/** `evidenceChecks` of signed bytes that refute themselves. */
export const invalidBytesChecks = (
  context: SigningContext,
  set: SignerSet,
  evidence: EvidenceOfBytes,
): Either<EvidenceError, readonly SignatureCheck[]> => {
  const { _tag, signer, signed, signature } = evidence;
  const height = signedHeight(evidence);
  if (height === undefined)
    return E.left(
      evidenceError('NoConflict', `the signed bytes are too short to name a height: ${String(signed.length)}`),
    );
  if (refutedBytes(evidence) === undefined)
    return E.left(evidenceError('NoConflict', `a correct validator may have signed these bytes for ${signer}`));
  if (O.isSome(signature.publicKey))
    return E.left(evidenceError('NotCanonical', 'evidence carries no public key: it comes from the validator set'));
  if (signature.algorithm !== context.algorithm)
    return E.left(
      evidenceError('WrongScheme', `signature is ${signature.algorithm}, this chain signs with ${context.algorithm}`),
    );
  const member = memberOf(set, signer);
  if (member === undefined)
    return E.left(evidenceError('UnknownSigner', `${signer} is not in the set of height ${String(height)}`));
  return E.right([
    {
      algorithm: context.algorithm,
      publicKey: member.consensusKey,
      domain: _tag === 'InvalidVote' ? 'zhtp/vote/v1' : 'zhtp/proposal/v1',
      message: Uint8Array.from([...writeHash(context.genesisHash), ...signed]),
      signature: signature.signature,
    },
  ]);
};

const writeLooseVote = encode(
  struct('LooseVoteContent', {
    voteType: u8,
    height: u64,
    round: u32,
    proposalId: option(hashCodec),
    polRound: option(u32),
    appHash: option(hashCodec),
    voter: identityCodec,
  }),
);
const writeVote = encode(voteContentCodec);
const writeProposal = encode(proposalContentCodec);

/** Nothing when a correct validator may have signed the bytes, or when they are too long to be carried. */
const ifRefuted = (
  _tag: EvidenceOfBytes['_tag'],
  signer: IdentityId,
  signed: Uint8Array,
  signature: PostQuantumSignature,
): EvidenceOfBytes | undefined => {
  const evidence: EvidenceOfBytes = { _tag, signer, signed, signature: { ...signature, publicKey: O.none } };
  return signed.length > SIGNED_BYTES_MAX || refutedBytes(evidence) === undefined ? undefined : evidence;
};

/** The accusation that a vote amounts to, if its signature holds; undefined when a correct validator may have signed it. */
export const invalidVoteOf = (vote: ConsensusVote): EvidenceOfBytes | undefined =>
  ifRefuted('InvalidVote', vote.voter, writeVote(vote), vote.signature);

/** Likewise of a proposal. */
export const invalidProposalOf = (proposal: SignedProposal): EvidenceOfBytes | undefined =>
  ifRefuted('InvalidProposalBytes', proposal.proposer, writeProposal(proposal), proposal.signature);

/** The accusation that a vote or proposal in the layout of the wire amounts to, whatever is wrong with the message around it. */
export const invalidBytesOf = (message: MisshapenMessage): EvidenceOfBytes | undefined =>
  message._tag === 'Vote'
    ? ifRefuted('InvalidVote', message.vote.voter, writeLooseVote(message.vote), message.vote.signature)
    : invalidProposalOf(message.proposal);
