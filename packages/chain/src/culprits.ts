import { isBlocking, isQuorum } from '@zhtp/bft';
import type { ConsensusVote, Evidence, Hash, IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { bySigner, powerByValue, valueSlot, type CollectedMessages, type SignedByOne } from './collected-messages.ts';
import { stepOfVote, type VoteStep } from './vote-step.ts';
import { amnesia, duplicateProposal, duplicateVote } from './evidence.ts';
import type { SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';
import type { VerifySignature } from './verify-now.ts';

/**
 * A prevote against its voter's own precommit that claims a polka of `polRound`, which nobody has shown. It convicts its
 * voter unless that polka is produced: a correct voter knows the polka it names and keeps it (protocol.md, Evidence).
 */
export interface UnshownPolka {
  readonly precommit: ConsensusVote;
  readonly prevote: ConsensusVote;
  readonly polRound: number;
}

/** A validator that broke the protocol at the height, or has a polka to show. */
export interface Culprit {
  readonly validator: IdentityId;
  readonly power: bigint;
  /** What convicts it by itself; the first of each kind. */
  readonly evidence: readonly Evidence[];
  readonly unshownPolkas: readonly UnshownPolka[];
}

/** What the messages of a height say of who made a fork there. */
export interface CulpritsReport {
  readonly height: bigint;
  /** Blocks of the height with more than two thirds of the precommits of one round: two or more are a fork. */
  readonly decided: readonly Hash[];
  /** Convicted by their own signatures, in identity order. */
  readonly convicted: readonly Culprit[];
  /** Convicted as well unless they produce a polka, in identity order. */
  readonly asked: readonly Culprit[];
  /** Of convicted and asked together. */
  readonly power: bigint;
  readonly totalPower: bigint;
  /** Whether they are a third or more: what a fork always shows when both sides' messages are complete. */
  readonly explainsFork: boolean;
  /** Messages left out: of another height or chain, of strangers, or with a signature that is not theirs. */
  readonly ignored: number;
}

const firstOf = <A>(items: readonly A[]): readonly A[] => items.slice(0, 1);

/** Different contents of one round, side by side; the items are in the order of rounds. */
const pairs = <A extends { readonly round: number }>(items: readonly A[]): readonly (readonly [A, A])[] =>
  items.flatMap((item, i): readonly (readonly [A, A])[] => {
    const next = items[i + 1];
    return next?.round === item.round ? [[item, next]] : [];
  });

const equivocations = ({ votes, proposals }: SignedByOne): readonly Evidence[] => {
  const twoVotes = (step: VoteStep): readonly Evidence[] =>
    pairs(votes.filter((vote) => stepOfVote(vote) === step)).map(([a, b]) => duplicateVote(a, b));
  return [
    ...firstOf(twoVotes('prevote')),
    ...firstOf(twoVotes('precommit')),
    ...firstOf(twoVotes('attestation')),
    ...firstOf(pairs(proposals)).map(([a, b]) => duplicateProposal(a, b)),
  ];
};

interface Forgotten {
  readonly precommit: ConsensusVote;
  readonly prevote: ConsensusVote;
  /** −1 when the prevote claims none. */
  readonly polRound: number;
}

/** Prevotes for another block than one's own earlier precommit. */
const forgotten = ({ votes }: SignedByOne): readonly Forgotten[] => {
  const precommits = votes.filter((vote) => stepOfVote(vote) === 'precommit' && O.isSome(vote.proposalId));
  const prevotes = votes.filter((vote) => vote.voteType === 'PreVote' && O.isSome(vote.proposalId));
  return precommits.flatMap((precommit) =>
    prevotes.flatMap((prevote) =>
      prevote.round > precommit.round &&
      O.isSome(prevote.proposalId) &&
      O.isSome(precommit.proposalId) &&
      prevote.proposalId.value !== precommit.proposalId.value
        ? [{ precommit, prevote, polRound: O.isSome(prevote.polRound) ? prevote.polRound.value : -1 }]
        : [],
    ),
  );
};

const culpritOf = (
  set: SignerSet,
  validator: IdentityId,
  signed: SignedByOne,
  hasPolka: (round: number, value: Hash) => boolean,
): Culprit => {
  const breaches = forgotten(signed);
  const plain = breaches.filter(({ precommit, polRound }) => polRound < precommit.round);
  const unshown = breaches.filter(
    ({ precommit, prevote, polRound }) =>
      polRound >= precommit.round && O.isSome(prevote.proposalId) && !hasPolka(polRound, prevote.proposalId.value),
  );
  return {
    validator,
    power: memberOf(set, validator)?.votingPower ?? 0n,
    evidence: [
      ...equivocations(signed),
      ...firstOf(plain).map(({ precommit, prevote }) => amnesia(precommit, prevote)),
    ],
    unshownPolkas: unshown,
  };
};

/**
 * Who broke the protocol at a height, from signed messages alone: two contents in one slot, a precommit forgotten in a later
 * prevote, or one "unlocked" by a polka that nobody has shown. When two blocks were decided and the messages that correct
 * nodes of both sides received are there, these are a third of the power or more, and no correct validator is among them.
 * @param set the frozen set of `height`
 */
export const findCulprits = (
  context: SigningContext,
  set: SignerSet,
  height: bigint,
  collected: CollectedMessages,
  verify: VerifySignature,
): CulpritsReport => {
  const { signers, ignored } = bySigner(context, set, height, collected, verify);
  const prevotes = powerByValue(set, signers, 'prevote');
  const hasPolka = (round: number, value: Hash): boolean =>
    isQuorum(prevotes.get(valueSlot(round, value)) ?? 0n, set.totalPower);
  const culprits = [...signers].map(([validator, signed]) => culpritOf(set, validator, signed, hasPolka));
  const convicted = culprits.filter(({ evidence }) => evidence.length > 0);
  const asked = culprits.filter(({ evidence, unshownPolkas }) => evidence.length === 0 && unshownPolkas.length > 0);
  const power = [...convicted, ...asked].reduce((sum, culprit) => sum + culprit.power, 0n);
  const decided = new Set<Hash>();
  const precommits = powerByValue(set, signers, 'precommit');
  for (const { votes } of signers.values())
    for (const vote of votes)
      if (
        vote.voteType === 'PreCommit' &&
        O.isSome(vote.proposalId) &&
        isQuorum(precommits.get(valueSlot(vote.round, vote.proposalId.value)) ?? 0n, set.totalPower)
      )
        decided.add(vote.proposalId.value);
  return {
    height,
    decided: [...decided].sort(),
    convicted,
    asked,
    power,
    totalPower: set.totalPower,
    explainsFork: isBlocking(power, set.totalPower),
    ignored,
  };
};
