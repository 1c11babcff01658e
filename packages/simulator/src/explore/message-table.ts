import type { Certificate, Input, SignedProposal, SignedVote } from '@zhtp/bft';
import { HEIGHT, isTwoThirds, nameOf, type BoundedWorld } from './bounded-world.ts';

/** What somebody signed, by content. `id` is its place in the table, and its bit in a set of messages. */
export interface Message {
  readonly id: number;
  readonly from: number;
  readonly kind: 'proposal' | 'prevote' | 'precommit';
  readonly round: number;
  /** `null` is nil. */
  readonly value: string | null;
  /** The valid round of a proposal, the polka round of a prevote. */
  readonly earlier: number | null;
  readonly against: string | null;
}

/** One thing that can happen to a node. */
export interface Delivery {
  readonly id: number;
  readonly input: Input<null, null>;
  readonly label: string;
  /** What it lets the node know. */
  readonly messages: readonly Message[];
  /** A single vote joins one tally: its kind and round. `null` for everything else. */
  readonly tally: { readonly kind: 'prevote' | 'precommit'; readonly round: number } | null;
  /** The round it speaks of. */
  readonly round: number;
  /** Votes of liars among `messages`, each with the set of what else that liar could put into its slot. */
  readonly twoFaced: readonly { readonly vote: bigint; readonly rivals: bigint }[];
}

/** Every message and delivery that occurs, each once. Grows while it is used. */
export interface MessageTable {
  readonly messages: readonly Message[];
  readonly deliveries: readonly Delivery[];
  message(content: Omit<Message, 'id'>): Message;
  deliver(message: Message): Delivery;
  untimely(message: Message): Delivery;
  certificate(votes: readonly Message[]): Delivery;
  timeout(kind: 'propose' | 'prevote' | 'precommit', round: number): Delivery;
  built(round: number, value: string): Delivery;
}

export const createMessageTable = (byzantine: readonly number[]): MessageTable => {
  const messages: Message[] = [];
  const deliveries: Delivery[] = [];
  const messageIds = new Map<string, Message>();
  const deliveryIds = new Map<string, Delivery>();

  /** The liars' messages are all in the table before the first of them is delivered. */
  const rivalsOf = ({ id, from, kind, round }: Message): bigint =>
    bitsOf(messages.filter((m) => m.id !== id && m.from === from && m.kind === kind && m.round === round));

  const delivery = (label: string, make: () => Omit<Delivery, 'id' | 'label' | 'twoFaced'>): Delivery => {
    const known = deliveryIds.get(label);
    if (known !== undefined) return known;
    const made = make();
    const twoFaced = made.messages
      .filter(({ from, kind }) => kind !== 'proposal' && byzantine.includes(from))
      .map((vote) => ({ vote: bitsOf([vote]), rivals: rivalsOf(vote) }));
    const added = { id: deliveries.length, label, ...made, twoFaced };
    deliveries.push(added);
    deliveryIds.set(label, added);
    return added;
  };

  return {
    messages,
    deliveries,
    message(content) {
      const key = describeMessage(content);
      const known = messageIds.get(key);
      if (known !== undefined) return known;
      const added = { id: messages.length, ...content };
      messages.push(added);
      messageIds.set(key, added);
      return added;
    },
    deliver: (message) =>
      delivery(describeMessage(message), () => ({
        input:
          message.kind === 'proposal'
            ? { _tag: 'ProposalReceived', proposal: signedProposal(message), timely: true }
            : { _tag: 'VoteReceived', vote: signedVote(message, message.kind) },
        messages: [message],
        tally: message.kind === 'proposal' ? null : { kind: message.kind, round: message.round },
        round: message.round,
      })),
    untimely: (message) =>
      delivery(`${describeMessage(message)}, too late`, () => ({
        input: { _tag: 'ProposalReceived', proposal: signedProposal(message), timely: false },
        messages: [message],
        tally: null,
        round: message.round,
      })),
    certificate(votes) {
      const [first] = votes;
      const kind = first?.kind === 'precommit' ? 'precommit' : 'prevote';
      const [value, round] = [first?.value ?? '', first?.round ?? 0];
      const certificate: Certificate<null> = {
        kind: kind === 'prevote' ? 'polka' : 'commit',
        height: HEIGHT,
        round,
        value,
        votes: votes.map((vote) => signedVote(vote, kind)),
      };
      return delivery(`${certificate.kind} certificate (${votes.map(describeMessage).join('; ')})`, () => ({
        input: { _tag: 'CertificateReceived', certificate },
        messages: votes,
        tally: null,
        round,
      }));
    },
    timeout: (kind, round) =>
      delivery(`timeout of ${kind} ${String(round)}`, () => ({
        input: { _tag: 'TimeoutElapsed', kind, height: HEIGHT, round },
        messages: [],
        tally: null,
        round,
      })),
    built: (round, value) =>
      delivery(`its application's value ${value} for round ${String(round)}`, () => ({
        input: { _tag: 'ValueBuilt', height: HEIGHT, round, value },
        messages: [],
        tally: null,
        round,
      })),
  };
};

/** A set of messages, one bit each. */
export const bitsOf = (messages: readonly Message[]): bigint =>
  messages.reduce((bits, { id }) => bits | (1n << BigInt(id)), 0n);

export const describeMessage = ({ from, kind, round, value, earlier, against }: Omit<Message, 'id'>): string => {
  const claim =
    earlier === null ? '' : kind === 'proposal' ? `, valid round ${String(earlier)}` : `, polka ${String(earlier)}`;
  return `${kind} ${String(round)} ${value ?? 'nil'}${against === null ? '' : ` against ${against}`}${claim} of ${nameOf(from)}`;
};

const signedProposal = ({ from, round, value, earlier }: Message): SignedProposal<null> => ({
  proposal: { height: HEIGHT, round, value: value ?? '', validRound: earlier, proposer: nameOf(from) },
  signed: null,
});

const signedVote = (
  { from, round, value, earlier, against }: Message,
  kind: 'prevote' | 'precommit',
): SignedVote<null> => ({
  vote: { kind, height: HEIGHT, round, voter: nameOf(from), value, against, polRound: earlier },
  signed: null,
});

/** Everything the liars could sign within the bounds. They keep no state: any of it can reach anybody at any time. */
export const byzantineMessages = (world: BoundedWorld, table: MessageTable): readonly Message[] => {
  const { byzantine, proposers, values, evidenceContents } = world;
  const found: Message[] = [];
  for (const from of byzantine)
    for (let round = 0; round < proposers.length; round++) {
      const earlier = [null, ...Array.from({ length: round }, (_, r) => r)];
      const say = (kind: Message['kind'], value: string | null, claim: number | null, against: string | null): void => {
        found.push(table.message({ from, kind, round, value, earlier: claim, against }));
      };
      for (const value of values) {
        if (proposers[round] === from) for (const validRound of earlier) say('proposal', value, validRound, null);
        for (const polRound of evidenceContents ? earlier : [null]) say('prevote', value, polRound, null);
        if (evidenceContents) say('prevote', null, null, value);
        say('precommit', value, null, null);
      }
      say('prevote', null, null, null);
      say('precommit', null, null, null);
    }
  return found;
};

/**
 * The least certificates that these votes allow, at most one per set of signers. A larger one is a least one followed by
 * the votes it has besides; a liar's claimed polka round is no part of what a certificate proves.
 */
export const certificatesOf = (
  world: BoundedWorld,
  table: MessageTable,
  votes: readonly Message[],
): readonly Delivery[] => {
  const groups = Map.groupBy(
    votes.filter(({ kind, value }) => kind !== 'proposal' && value !== null),
    ({ kind, round, value }) => `${kind} ${String(round)} ${value ?? ''}`,
  );
  return [...groups.values()].flatMap((group) => {
    const byVoter = [...new Map(group.toReversed().map((vote) => [vote.from, vote])).values()].toSorted(
      (a, b) => a.from - b.from,
    );
    return subsets(byVoter)
      .filter((signers) => isLeast(world, signers))
      .map((signers) => table.certificate(signers));
  });
};

const isLeast = (world: BoundedWorld, signers: readonly Message[]): boolean => {
  const positions = signers.map(({ from }) => from);
  return (
    isTwoThirds(world, positions) &&
    positions.every(
      (left) =>
        !isTwoThirds(
          world,
          positions.filter((p) => p !== left),
        ),
    )
  );
};

const subsets = (votes: readonly Message[]): readonly (readonly Message[])[] =>
  votes.reduce<readonly (readonly Message[])[]>(
    (sets, vote) => [...sets, ...sets.map((signers) => [...signers, vote])],
    [[]],
  );
