import type { SignatureDomain } from '@zhtp/crypto';
import type {
  ConsensusVote,
  Hash,
  HeartbeatMessage,
  IdentityId,
  PostQuantumSignature,
  SignatureAlgorithm,
  SignatureCheck,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  extensionSignBytes,
  heartbeatSignBytes,
  possessionSignBytes,
  proposalSignBytes,
  voteSignBytes,
  type ProposalContent,
} from './sign-bytes.ts';
import { writeVote } from './vote-bytes.ts';
import { wrongVoteId } from './vote-id.ts';

/** What every signature of one chain depends on beside key and message. */
export interface SigningContext {
  readonly genesisHash: Hash;
  /** The chain's one scheme, from genesis. */
  readonly algorithm: SignatureAlgorithm;
}

/** Why a message cannot even be checked: its signature claims another scheme than the chain's. */
const wrongScheme = (context: SigningContext, signature: PostQuantumSignature): string | undefined =>
  signature.algorithm === context.algorithm
    ? undefined
    : `signature is ${signature.algorithm}, this chain signs with ${context.algorithm}`;

const check = (
  context: SigningContext,
  publicKey: Uint8Array,
  domain: SignatureDomain,
  message: Uint8Array,
  signature: PostQuantumSignature,
): Either<string, SignatureCheck> => {
  const wrong = wrongScheme(context, signature);
  return wrong === undefined
    ? E.right({ algorithm: context.algorithm, publicKey, domain, message, signature: signature.signature })
    : E.left(wrong);
};

/** The check of a vote's signature, by its voter's key from the frozen set. */
export const voteCheck = (
  context: SigningContext,
  publicKey: Uint8Array,
  vote: ConsensusVote,
): Either<string, SignatureCheck> =>
  check(context, publicKey, 'zhtp/vote/v1', voteSignBytes(context.genesisHash, vote), vote.signature);

/** Why a vote from outside is not worth checking. */
export interface VoteCheckFault {
  readonly _tag: 'WrongVoteId' | 'WrongScheme';
  readonly message: string;
}

/** {@link voteCheck} of a vote from outside, whose id is recomputed on the way. */
export const receivedVoteCheck = (
  context: SigningContext,
  publicKey: Uint8Array,
  vote: ConsensusVote,
): Either<VoteCheckFault, SignatureCheck> => {
  const written = writeVote(vote);
  const id = written.id();
  if (id !== vote.id) return E.left({ _tag: 'WrongVoteId', message: wrongVoteId(vote, id) });
  const checked = check(context, publicKey, 'zhtp/vote/v1', written.signBytes(context.genesisHash), vote.signature);
  return E.isRight(checked) ? checked : E.left({ _tag: 'WrongScheme', message: checked.left });
};

/** The check of a precommit's second signature; none when the vote has no extension. */
export const extensionCheck = (
  context: SigningContext,
  publicKey: Uint8Array,
  vote: ConsensusVote,
): Either<string, O.Option<SignatureCheck>> => {
  if (O.isNone(vote.extension) || O.isNone(vote.extensionSignature) || O.isNone(vote.proposalId))
    return E.right(O.none);
  const message = extensionSignBytes(context.genesisHash, {
    height: vote.height,
    round: vote.round,
    voter: vote.voter,
    blockId: vote.proposalId.value,
    extension: vote.extension.value,
  });
  const made = check(context, publicKey, 'zhtp/extension/v1', message, vote.extensionSignature.value);
  return E.isRight(made) ? E.right(O.some(made.right)) : made;
};

/** The check of a proposal's signature, by the key of the round's proposer. */
export const proposalCheck = (
  context: SigningContext,
  publicKey: Uint8Array,
  proposal: ProposalContent & { readonly signature: PostQuantumSignature },
): Either<string, SignatureCheck> =>
  check(context, publicKey, 'zhtp/proposal/v1', proposalSignBytes(context.genesisHash, proposal), proposal.signature);

/** The check of a heartbeat's signature. */
export const heartbeatCheck = (
  context: SigningContext,
  publicKey: Uint8Array,
  heartbeat: HeartbeatMessage,
): Either<string, SignatureCheck> =>
  check(
    context,
    publicKey,
    'zhtp/heartbeat/v1',
    heartbeatSignBytes(context.genesisHash, heartbeat),
    heartbeat.signature,
  );

/** The check of a proof of possession, by the very key that is registered. */
export const possessionCheck = (
  algorithm: SignatureAlgorithm,
  chainId: string,
  identity: IdentityId,
  consensusKey: Uint8Array,
  proof: Uint8Array,
): SignatureCheck => ({
  algorithm,
  publicKey: consensusKey,
  domain: 'zhtp/possession/v1',
  message: possessionSignBytes(chainId, identity, consensusKey),
  signature: proof,
});
