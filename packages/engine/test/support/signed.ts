import { option as O } from 'fp-ts';
import {
  blockIdOf,
  genesisHashOf,
  makeCertificate,
  proposalContentOf,
  proposalSignBytes,
  sealProposal,
  sealVote,
  voteSignBytes,
  type VoteContent,
} from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import {
  encode,
  peerMessageCodec,
  type Block,
  type CommittedBlock,
  type ConsensusProposal,
  type ConsensusVote,
  type Hash,
  type PeerMessage,
  type PostQuantumSignature,
} from '@zhtp/types';
import { makeValidatorSet, roundRobinProposer, type ValidatorSet } from '@zhtp/validators';
import { blockAt, GENESIS, VALIDATORS } from './genesis.ts';
import { keyOf } from './keys.ts';
import { hashNamed, identityNamed } from './votes.ts';

const NAMES = ['v0', 'v1', 'v2', 'v3'] as const;
export const GENESIS_HASH = genesisHashOf(GENESIS);

export const payloadOf = (message: PeerMessage): Uint8Array => encode(peerMessageCodec)(message);

export const SET: ValidatorSet = (() => {
  const set = makeValidatorSet(VALIDATORS);
  if (set._tag === 'Left') throw new Error(set.left);
  return set.right;
})();

/** Who proposes, by the name of its key. */
export const proposerName = (height: bigint, round: number): string => {
  const proposer = roundRobinProposer(SET.ids, height, round);
  const name = NAMES.find((candidate) => identityNamed(candidate) === proposer);
  if (name === undefined) throw new Error(`nobody proposes at ${String(height)}, ${String(round)}`);
  return name;
};

const signature = (bytes: Uint8Array): PostQuantumSignature => ({
  algorithm: 'ML-DSA-65',
  signature: bytes,
  publicKey: O.none,
});

export interface SignAs {
  /** Whose key signs; the voter's or proposer's own when left out. */
  readonly key?: string;
  readonly genesisHash?: Hash;
}

export interface SignedVoteContent extends Partial<Omit<VoteContent, 'voter'>>, SignAs {}

/** A vote of this validator for `block` at height 1, round 0, with these changes, really signed. */
export const signedVote = (name: string, change: SignedVoteContent = {}): ConsensusVote => {
  const { key = name, genesisHash = GENESIS_HASH, ...content } = change;
  const whole: VoteContent = {
    voteType: 'PreVote',
    height: 1n,
    round: 0,
    proposalId: O.some(hashNamed('block')),
    polRound: O.none,
    appHash: O.none,
    voter: identityNamed(name),
    ...content,
  };
  return sealVote(whole, signature(signMessage(keyOf(key), 'zhtp/vote/v1', voteSignBytes(genesisHash, whole))));
};

export interface SignedOffer extends SignAs {
  readonly round?: number;
  readonly validRound?: number;
  /** The proposer of its height and round when left out. */
  readonly proposer?: string;
}

/** A block offered by the proposer of a round, really signed. */
export const signedProposal = (block: Block, offered: SignedOffer = {}): ConsensusProposal => {
  const { round = 0, genesisHash = GENESIS_HASH } = offered;
  const { proposer = proposerName(block.header.height, round) } = offered;
  const offer = { block, round, validRound: O.fromNullable(offered.validRound), proposer: identityNamed(proposer) };
  const signed = proposalSignBytes(genesisHash, proposalContentOf(offer));
  return sealProposal(offer, signature(signMessage(keyOf(offered.key ?? proposer), 'zhtp/proposal/v1', signed)));
};

/** A block that names the set of its height, as a certificate for it must find. */
export const decidableAt = (height: bigint): Block => {
  const block = blockAt(height);
  return { ...block, header: { ...block.header, validatorsHash: SET.hash } };
};

/** The block with the precommits of these validators. */
export const decidedBy = (names: readonly string[], block: Block, round = 0): CommittedBlock => {
  const { height } = block.header;
  const certificate = makeCertificate(
    SET,
    names.map((name) =>
      signedVote(name, { voteType: 'PreCommit', height, round, proposalId: O.some(blockIdOf(block.header)) }),
    ),
  );
  if (certificate._tag === 'Left') throw new Error(certificate.left.message);
  return { block, certificate: certificate.right };
};
