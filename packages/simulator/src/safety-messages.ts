import { either as E, option as O } from 'fp-ts';
import {
  blockCodec,
  decode,
  gossipMessageCodec,
  hasSigner,
  peerMessageCodec,
  type CommitCertificate,
  type ConsensusProposal,
  type ConsensusVote,
} from '@zhtp/types';
import type { Voters } from './safety-voters.ts';

/** Prevote and Against share a slot (decisions.md §5). */
export type SlotStep = 'prevote' | 'precommit' | 'attestation';

/** What the checker keeps of a vote. */
export interface SeenVote {
  /** Number of the validator; −1 for a stranger. */
  readonly voter: number;
  readonly height: bigint;
  readonly round: number;
  readonly step: SlotStep;
  /** The block voted for; undefined is nil, Against included. */
  readonly value: string | undefined;
  /** −1 for none. */
  readonly polRound: number;
  /** Equal exactly when two votes of a slot say the same; extensions are signed apart. */
  readonly content: string;
}

export interface SeenProposal {
  readonly proposer: number;
  readonly height: bigint;
  readonly round: number;
  readonly value: string;
  /** −1 for a fresh one. */
  readonly validRound: number;
  /** Time of its block, unix milliseconds; undefined when its bytes are no block. */
  readonly time: bigint | undefined;
  readonly content: string;
}

/** The signed parts of one payload. */
export interface SeenMessage {
  readonly votes: readonly SeenVote[];
  readonly proposal: SeenProposal | undefined;
}

const NOTHING: SeenMessage = { votes: [], proposal: undefined };

const decodeMessage = decode(peerMessageCodec);
const decodeGossip = decode(gossipMessageCodec);
const decodeBlock = decode(blockCodec);

const orNil = <A>(option: O.Option<A>): string => (O.isSome(option) ? String(option.value) : 'nil');
const orMinusOne = (round: O.Option<number>): number => (O.isSome(round) ? round.value : -1);

const stepOf = (vote: ConsensusVote): SlotStep => {
  switch (vote.voteType) {
    case 'PreVote':
    case 'Against':
      return 'prevote';
    case 'PreCommit':
      return 'precommit';
    case 'Commit':
      return 'attestation';
  }
};

const contentOf = (type: string, value: string, polRound: string, appHash: string): string =>
  `${type} ${value} polRound ${polRound} app ${appHash}`;

/** Reads each payload once: the same bytes go to many peers, as the same object. */
export interface MessageReader {
  read(payload: Uint8Array): SeenMessage;
  /** What gossiped evidence shows. */
  gossip(payload: Uint8Array): { readonly votes: readonly SeenVote[]; readonly proposals: readonly SeenProposal[] };
  vote(vote: ConsensusVote): SeenVote | undefined;
  proposal(proposal: Pick<ConsensusProposal, 'proposer' | 'height' | 'round' | 'id' | 'validRound'>): SeenProposal;
  /** The precommits that a certificate is made of. */
  precommits(certificate: CommitCertificate): readonly SeenVote[];
}

export const createMessageReader = (voters: Voters): MessageReader => {
  const read = new WeakMap<Uint8Array, SeenMessage>();

  const vote = (v: ConsensusVote): SeenVote | undefined => {
    const voter = voters.numberOf(v.voter);
    if (voter < 0) return undefined;
    const isNil = O.isNone(v.proposalId) || v.voteType === 'Against';
    return {
      voter,
      height: v.height,
      round: v.round,
      step: stepOf(v),
      value: isNil || O.isNone(v.proposalId) ? undefined : v.proposalId.value,
      polRound: orMinusOne(v.polRound),
      content: contentOf(v.voteType, orNil(v.proposalId), orNil(v.polRound), orNil(v.appHash)),
    };
  };

  const proposal: MessageReader['proposal'] = (p) => ({
    proposer: voters.numberOf(p.proposer),
    height: p.height,
    round: p.round,
    value: p.id,
    validRound: orMinusOne(p.validRound),
    time: undefined,
    content: `${p.id} validRound ${orNil(p.validRound)}`,
  });

  const precommits = (c: CommitCertificate): readonly SeenVote[] =>
    voters.members(c.height).flatMap((voter, bit) =>
      hasSigner(c.signers, bit)
        ? [
            {
              voter,
              height: c.height,
              round: c.round,
              step: 'precommit' as const,
              value: c.blockId,
              polRound: -1,
              content: contentOf('PreCommit', c.blockId, 'nil', 'nil'),
            },
          ]
        : [],
    );

  const votesOf = (votes: readonly ConsensusVote[]): readonly SeenVote[] => votes.flatMap((v) => vote(v) ?? []);

  const look = (payload: Uint8Array): SeenMessage => {
    const message = decodeMessage(payload);
    if (E.isLeft(message)) return NOTHING;
    const { right } = message;
    if (right._tag === 'Vote') return { votes: votesOf([right.vote]), proposal: undefined };
    if (right._tag === 'Polka' || right._tag === 'Round') return { votes: votesOf(right.votes), proposal: undefined };
    if (right._tag === 'Decision') return { votes: precommits(right.committed.certificate), proposal: undefined };
    if (right._tag === 'BodyChunk') {
      // Of a body in several pieces no message shows the certificate; its precommits are seen where they were sent as votes.
      const body = right.chunks === 1 ? decodeBlock(right.bytes) : undefined;
      return body === undefined || E.isLeft(body)
        ? NOTHING
        : { votes: precommits(body.right.lastCommit), proposal: undefined };
    }
    if (right._tag !== 'Propose') return NOTHING;
    const block = decodeBlock(right.proposal.blockData);
    const offered = proposal(right.proposal);
    return E.isLeft(block)
      ? { votes: [], proposal: offered }
      : { votes: precommits(block.right.lastCommit), proposal: { ...offered, time: block.right.header.time } };
  };

  const gossip: MessageReader['gossip'] = (payload) => {
    const message = decodeGossip(payload);
    if (E.isLeft(message) || message.right._tag !== 'Evidence') return { votes: [], proposals: [] };
    const { evidence } = message.right;
    switch (evidence._tag) {
      case 'DuplicateVote':
        return { votes: votesOf([evidence.voteA, evidence.voteB]), proposals: [] };
      case 'Amnesia':
        return { votes: votesOf([evidence.precommit, evidence.prevote]), proposals: [] };
      case 'DuplicateProposal':
        return { votes: [], proposals: [proposal(evidence.proposalA), proposal(evidence.proposalB)] };
      case 'InvalidProposal':
        return { votes: [], proposals: [proposal(evidence.proposal)] };
      case 'InvalidVote':
      case 'InvalidProposalBytes':
        // Signed all the same, and nothing that the checker knows as a vote or proposal.
        return { votes: [], proposals: [] };
    }
  };

  return {
    vote,
    gossip,
    proposal,
    precommits,
    read: (payload) => {
      const known = read.get(payload);
      if (known !== undefined) return known;
      const message = look(payload);
      read.set(payload, message);
      return message;
    },
  };
};
