import * as T from '@zhtp/types';

/** The fields of a vote on the wire, told by the general codecs alone: neither vote-reader.ts nor vote-writer.ts has a part in it. */
export const declaredVote = T.struct('ConsensusVote', {
  id: T.hashCodec,
  voter: T.identityCodec,
  proposalId: T.option(T.hashCodec),
  voteType: T.voteTypeCodec,
  height: T.u64,
  round: T.u32,
  timestamp: T.u64,
  signature: T.postQuantumSignatureCodec,
  polRound: T.option(T.u32),
  appHash: T.option(T.hashCodec),
  extension: T.option(T.bytes(T.VOTE_EXTENSION_BYTES_MAX)),
  extensionSignature: T.option(T.postQuantumSignatureCodec),
});
