import { option as O } from 'fp-ts';
import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { consensusProofCodec } from './proofs.ts';
import { postQuantumSignatureCodec } from './signature.ts';

/** Largest payload of a frame, checked before anything is allocated (protocol.md, Messages). */
export const FRAME_PAYLOAD_BYTES_MAX = 8 * 1024 * 1024;
/** Ceiling for the `maxBlockBytes` parameter: an encoded block always fits a frame beside its envelope. */
export const BLOCK_BYTES_MAX = 6 * 1024 * 1024;

/** A body that does not travel inside its proposal is fetched in pieces of this size (protocol.md). */
export const BODY_CHUNK_BYTES = 64 * 1024;

const proposalFields = C.struct('ConsensusProposal', {
  /** The block id (protocol.md, "What is proposed and voted on"). */
  id: hashCodec,
  /** proposer(height, round): the sender, not always the block's first builder. */
  proposer: identityCodec,
  height: C.u64,
  previousHash: hashCodec,
  /** Canonical bytes of the block; empty where the body travels apart and is fetched by its id. */
  blockData: C.bytes(BLOCK_BYTES_MAX),
  /** Seconds: ⌊header.time / 1000⌋. */
  timestamp: C.u64,
  signature: postQuantumSignatureCodec,
  consensusProof: consensusProofCodec,
  round: C.u32,
  /** The earlier round whose polka lets this block be proposed again; none for a fresh one. */
  validRound: C.option(C.u32),
  protocolVersion: C.u32,
});

/** A block offered by the proposer of a round. Its signature covers the block id, not the body. */
export type ConsensusProposal = C.TypeOf<typeof proposalFields>;

/** The layout alone: what a proposal may not say is not looked at. */
export const unrefinedProposalCodec: C.Codec<ConsensusProposal> = { ...proposalFields, name: 'UnrefinedProposal' };

/** A proposal in its canonical form: no public key, and a valid round, if any, below its round. */
export const consensusProposalCodec = C.refine(proposalFields, 'ConsensusProposal', (p) => {
  if (O.isSome(p.signature.publicKey))
    return 'signature.publicKey must be absent: the key comes from the validator set';
  if (O.isSome(p.validRound) && p.validRound.value >= p.round)
    return `validRound ${String(p.validRound.value)} must be below round ${String(p.round)}`;
  return undefined;
});

const signedProposalFields = C.struct('SignedProposal', {
  id: hashCodec,
  proposer: identityCodec,
  height: C.u64,
  round: C.u32,
  validRound: C.option(C.u32),
  protocolVersion: C.u32,
  signature: postQuantumSignatureCodec,
});

/** Exactly what a proposer signs, with the signature: a proposal without its body, as evidence carries it. */
export type SignedProposal = C.TypeOf<typeof signedProposalFields>;
export const signedProposalCodec = C.named('SignedProposal', signedProposalFields);
