import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { unrefinedProposalCodec } from './proposal.ts';
import { postQuantumSignatureCodec } from './signature.ts';
import { VOTE_EXTENSION_BYTES_MAX } from './vote.ts';

/**
 * Proposals and votes in the layout of the wire that may break every rule about their content, under the tags of
 * `PeerMessage`: bytes that are no message may still hold something that was signed and convicts its signer.
 */
export const misshapenMessageCodec = C.union('MisshapenMessage', {
  Propose: [1, { proposal: unrefinedProposalCodec }],
  Vote: [
    2,
    {
      vote: C.struct('MisshapenVote', {
        id: hashCodec,
        voter: identityCodec,
        proposalId: C.option(hashCodec),
        voteType: C.u8,
        height: C.u64,
        round: C.u32,
        timestamp: C.u64,
        signature: postQuantumSignatureCodec,
        polRound: C.option(C.u32),
        appHash: C.option(hashCodec),
        extension: C.option(C.bytes(VOTE_EXTENSION_BYTES_MAX)),
        extensionSignature: C.option(postQuantumSignatureCodec),
      }),
    },
  ],
});
export type MisshapenMessage = C.TypeOf<typeof misshapenMessageCodec>;
