import {
  bytes,
  CHAIN_ID_BYTES_MAX,
  consensusStepCodec,
  encode,
  encodeFor,
  hashCodec,
  identityCodec,
  option,
  putHex,
  publicKeyCodec,
  struct,
  text,
  u16,
  u32,
  u64,
  VOTE_EXTENSION_BYTES_MAX,
  voteTypeCodec,
  type Codec,
  type Hash,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { messageMemory } from './message-memory.ts';
import { writeVote } from './vote-bytes.ts';

/*
 * What consensus keys sign. Every body but the proof of possession starts with the genesis hash, so that nothing signed
 * for one chain means anything on another (protocol.md, "What is proposed and voted on"). What a body is for is not in
 * its bytes: the FIPS 204 context string says it (decisions.md §4). The functions take any message that has the fields
 * of the content: a vote is signed without its derived id, its constant timestamp, its signature and its extension.
 */

/** What a vote says. */
export const voteContentCodec = struct('VoteContent', {
  voteType: voteTypeCodec,
  height: u64,
  round: u32,
  proposalId: option(hashCodec),
  polRound: option(u32),
  appHash: option(hashCodec),
  voter: identityCodec,
});
export type VoteContent = TypeOf<typeof voteContentCodec>;

/** What a proposal says: `id` is the block id, which stands for the body. */
export const proposalContentCodec = struct('ProposalContent', {
  id: hashCodec,
  height: u64,
  round: u32,
  validRound: option(u32),
  protocolVersion: u32,
  proposer: identityCodec,
});
export type ProposalContent = TypeOf<typeof proposalContentCodec>;

/** What the second signature of a precommit covers (protocol.md, Messages). */
export const extensionContentCodec = struct('ExtensionContent', {
  height: u64,
  round: u32,
  voter: identityCodec,
  blockId: hashCodec,
  extension: bytes(VOTE_EXTENSION_BYTES_MAX),
});
export type ExtensionContent = TypeOf<typeof extensionContentCodec>;

/** What a heartbeat says. */
export const heartbeatContentCodec = struct('HeartbeatContent', {
  validator: identityCodec,
  height: u64,
  round: u32,
  step: consensusStepCodec,
  sequence: u64,
  activeValidators: u32,
  healthBp: u16,
  milliBlocksPerSecond: u32,
  timestamp: u64,
});
export type HeartbeatContent = TypeOf<typeof heartbeatContentCodec>;

const possessionCodec = struct('Possession', {
  chainId: text(CHAIN_ID_BYTES_MAX),
  identity: identityCodec,
  consensusKey: publicKeyCodec,
});

const signBytes = <A>(content: Codec<A>): ((genesisHash: Hash, message: A) => Uint8Array) => {
  const write = encodeFor(struct(`Signed${content.name}`, { genesisHash: hashCodec, content }));
  let signed: Uint8Array = new Uint8Array();
  const keep = (written: Uint8Array): void => {
    signed = messageMemory(written.length);
    signed.set(written);
  };
  return (genesisHash, message) => {
    write({ genesisHash, content: message }, keep);
    return signed;
  };
};

/** What a voter signs in domain `zhtp/vote/v1`: {@link voteContentCodec}, on the fast way. */
export const voteSignBytes = (genesisHash: Hash, vote: VoteContent): Uint8Array =>
  writeVote(vote).signBytes(genesisHash);

/** What a proposer signs in domain `zhtp/proposal/v1`. */
export const proposalSignBytes = signBytes(proposalContentCodec);

/** What a precommit's voter signs in domain `zhtp/extension/v1`. */
export const extensionSignBytes = signBytes(extensionContentCodec);

/** What a validator signs in domain `zhtp/heartbeat/v1`. */
export const heartbeatSignBytes = signBytes(heartbeatContentCodec);

const writePossession = encode(possessionCodec);

/**
 * What a consensus key signs in domain `zhtp/possession/v1` to show that whoever registers it holds it. It names the
 * chain by id: the proofs of the first validators are themselves part of genesis, so its hash cannot be in them.
 */
export const possessionSignBytes = (chainId: string, identity: IdentityId, consensusKey: Uint8Array): Uint8Array =>
  writePossession({ chainId, identity, consensusKey });

/**
 * What each signer of a commit certificate signed: its precommit can be rebuilt from the certificate alone. The voter is
 * the last field, 32 bytes wide, so the rest is encoded once for all signers.
 */
export const precommitSignBytes = (
  genesisHash: Hash,
  precommit: { readonly height: bigint; readonly round: number; readonly blockId: Hash },
): ((voter: IdentityId) => Uint8Array) => {
  const { height, round, blockId } = precommit;
  const content = {
    voteType: 'PreCommit',
    height,
    round,
    proposalId: O.some(blockId),
    polRound: O.none,
    appHash: O.none,
  } as const;
  let template: Uint8Array | undefined;
  return (voter) => {
    template ??= voteSignBytes(genesisHash, { ...content, voter });
    const message = messageMemory(template.length);
    message.set(template);
    putHex(message, message.length - 32, voter);
    return message;
  };
};
