import type { CommitCertificate, ConsensusVote, Hash, IdentityId, SignedProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { votesOfCertificate } from './certificate-votes.ts';
import { signedProposalOf } from './proposal.ts';
import { proposalCheck, voteCheck, type SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';
import type { VerifySignature } from './verify-now.ts';
import { stepOfVote, type VoteStep } from './vote-step.ts';
import { checkVoteId, withoutExtension } from './vote-id.ts';

/** Signed messages of one height from both sides of a fork: whatever correct nodes received, in any order, copies included. */
export interface CollectedMessages {
  readonly votes: readonly ConsensusVote[];
  readonly proposals: readonly SignedProposal[];
  readonly certificates: readonly CommitCertificate[];
}

interface OfRound {
  readonly round: number;
  readonly id: Hash;
}

const byRoundAndId = (a: OfRound, b: OfRound): number =>
  a.round === b.round ? (a.id < b.id ? -1 : 1) : a.round - b.round;

/** What one validator signed at the height: one of each content, in the order of rounds. */
export interface SignedByOne {
  readonly votes: ConsensusVote[];
  readonly proposals: SignedProposal[];
}

/** Verified, without copies, by validator; and how many messages were left out. */
export const bySigner = (
  context: SigningContext,
  set: SignerSet,
  height: bigint,
  collected: CollectedMessages,
  verify: VerifySignature,
): { readonly signers: ReadonlyMap<IdentityId, SignedByOne>; readonly ignored: number } => {
  const signers = new Map<IdentityId, SignedByOne>(
    set.validators.map(({ identity }) => [identity, { votes: [], proposals: [] }]),
  );
  const known = new Set<string>();
  let ignored = 0;

  const isTheirs = (signer: IdentityId, checkOf: (key: Uint8Array) => ReturnType<typeof voteCheck>): boolean => {
    const key = memberOf(set, signer)?.consensusKey;
    const check = key === undefined ? undefined : checkOf(key);
    return check !== undefined && E.isRight(check) && verify(check.right) === 'valid';
  };

  const certified = collected.certificates.flatMap((certificate) =>
    votesOfCertificate(set, certificate, context.algorithm),
  );
  for (const vote of [...collected.votes, ...certified]) {
    if (known.has(vote.id)) continue;
    const bare = withoutExtension(vote);
    const holds =
      vote.height === height &&
      E.isRight(checkVoteId(bare)) &&
      isTheirs(vote.voter, (key) => voteCheck(context, key, bare));
    if (!holds) {
      ignored += 1;
      continue;
    }
    known.add(vote.id);
    signers.get(vote.voter)?.votes.push(bare);
  }
  for (const each of collected.proposals) {
    const proposal = signedProposalOf(each);
    const content = `${proposal.proposer}/${String(proposal.round)}/${proposal.id}/${O.isSome(proposal.validRound) ? String(proposal.validRound.value) : ''}`;
    if (known.has(content)) continue;
    if (proposal.height !== height || !isTheirs(proposal.proposer, (key) => proposalCheck(context, key, proposal))) {
      ignored += 1;
      continue;
    }
    known.add(content);
    signers.get(proposal.proposer)?.proposals.push(proposal);
  }
  for (const { votes, proposals } of signers.values()) {
    votes.sort(byRoundAndId);
    proposals.sort(byRoundAndId);
  }
  return { signers, ignored };
};

/** Power behind each value of each round, voters counted once per value. */
export const powerByValue = (
  set: SignerSet,
  signers: ReadonlyMap<IdentityId, SignedByOne>,
  step: VoteStep,
): ReadonlyMap<string, bigint> => {
  const powers = new Map<string, bigint>();
  for (const [signer, { votes }] of signers) {
    const power = memberOf(set, signer)?.votingPower ?? 0n;
    const counted = new Set<string>();
    for (const vote of votes) {
      if (stepOfVote(vote) !== step || vote.voteType === 'Against' || O.isNone(vote.proposalId)) continue;
      const slot = valueSlot(vote.round, vote.proposalId.value);
      if (counted.has(slot)) continue;
      counted.add(slot);
      powers.set(slot, (powers.get(slot) ?? 0n) + power);
    }
  }
  return powers;
};

export const valueSlot = (round: number, value: Hash): string => `${String(round)}/${value}`;
