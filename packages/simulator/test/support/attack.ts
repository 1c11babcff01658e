import { option as O } from 'fp-ts';
import { genesisHashOf, sealVote, voteSignBytes, type CollectedMessages } from '@zhtp/chain';
import { createWorld, type SimulationScheme, type World } from '@zhtp/simulator';
import {
  decode,
  encode,
  peerMessageCodec,
  type CommitCertificate,
  type ConsensusProposal,
  type ConsensusVote,
  type Hash,
  type Network,
} from '@zhtp/types';
import { either as E } from 'fp-ts';

const HEIGHT = 1n;
const write = encode(peerMessageCodec);
const read = decode(peerMessageCodec);

/** Everything the correct nodes of a world received, signed and decided at the first height. */
export interface Collected {
  readonly messages: () => CollectedMessages;
  readonly hear: (payload: Uint8Array) => void;
  readonly decided: (certificate: CommitCertificate) => void;
}

export const collector = (): Collected => {
  const votes = new Map<string, ConsensusVote>();
  const proposals: ConsensusProposal[] = [];
  const certificates: CommitCertificate[] = [];
  return {
    messages: () => ({ votes: [...votes.values()], proposals, certificates }),
    decided: (certificate) => {
      if (certificate.height === HEIGHT) certificates.push(certificate);
    },
    hear: (payload) => {
      const message = read(payload);
      if (E.isLeft(message)) return;
      const { right } = message;
      const heard = right._tag === 'Vote' ? [right.vote] : 'votes' in right ? right.votes : [];
      for (const vote of heard) if (vote.height === HEIGHT) votes.set(vote.id, vote);
      if (right._tag === 'Propose' && right.proposal.height === HEIGHT) proposals.push(right.proposal);
    },
  };
};

/** What the faulty say of the polka that would free them from their precommit. */
export type Excuse = 'none' | 'false polka';

export interface Fork {
  readonly world: World;
  readonly collected: Collected;
  /** Identities of the faulty, who are the first nodes. */
  readonly faulty: ReadonlySet<string>;
}

/**
 * A fork by amnesia: the faulty, between two halves of correct nodes that do not hear each other, help one half to decide
 * its block in one round, forget, and help the other half to decide another block in a later round. They never sign two
 * contents in a slot.
 */
export const forkByAmnesia = async (
  seed: number,
  validators: number,
  faultyCount: number,
  excuse: Excuse,
  scheme: SimulationScheme,
): Promise<Fork> => {
  const collected = collector();
  const faultyNodes = Array.from({ length: faultyCount }, (_, index) => index);
  const correct = Array.from({ length: validators - faultyCount }, (_, i) => faultyCount + i);
  const world: World = createWorld({
    seed,
    validators,
    scheme,
    faulty: faultyNodes,
    sent: (node, payload) => {
      if (node >= faultyCount) collected.hear(payload);
    },
    delivered: (node, payload) => {
      if (node >= faultyCount) collected.hear(payload);
    },
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') collected.decided(event.certificate);
    },
  });
  const identities = world.nodes.flatMap(({ identity }) => identity ?? []);
  const order = identities.toSorted();
  const proposerOf = (round: number): number =>
    identities.findIndex((identity) => identity === order[Number((HEIGHT + BigInt(round)) % BigInt(order.length))]);

  const half = correct.filter((_node, i) => i % 2 === 0);
  const otherHalf = correct.filter((node) => !half.includes(node));
  const rounds = Array.from({ length: 3 * validators }, (_, round) => round);
  const early = rounds.find((round) => half.includes(proposerOf(round))) ?? 0;
  // A round between the two, in which the faulty lead the other half on with nil votes.
  const late = rounds.find((round) => round >= early + 2 && otherHalf.includes(proposerOf(round))) ?? 0;

  const genesisHash = genesisHashOf(world.genesis);
  const networks = new Map<number, Network>();

  const say = (
    node: number,
    voteType: 'PreVote' | 'PreCommit',
    round: number,
    value: Hash | undefined,
    to: readonly number[],
    polRound?: number,
  ): void => {
    const voter = identities[node];
    const peers = to.flatMap((index) => world.nodes[index]?.peer ?? []);
    if (voter === undefined) return;
    const content = {
      voteType,
      height: HEIGHT,
      round,
      proposalId: O.fromNullable(value),
      polRound: O.fromNullable(polRound),
      appHash: O.none,
      voter,
    };
    const keyPair = scheme.keyPair(node);
    const message = voteSignBytes(genesisHash, content);
    const request = {
      _tag: voteType,
      height: HEIGHT,
      round,
      proposalId: content.proposalId,
      polRound: O.none,
      message,
      publicKey: keyPair.publicKey,
    };
    scheme.signFunction(keyPair)(request, (signature) => {
      if (E.isLeft(signature)) throw new Error(signature.left);
      const vote = sealVote(content, { algorithm: scheme.algorithm, signature: signature.right, publicKey: O.none });
      for (const peer of peers) networks.get(node)?.send(peer, write({ _tag: 'Vote', vote }));
    });
  };

  /** Leads correct nodes into `round` + 1 with nothing but nil votes. */
  const pass = (round: number, to: readonly number[]): void => {
    for (const node of faultyNodes) {
      say(node, 'PreVote', round, undefined, to);
      say(node, 'PreCommit', round, undefined, to);
    }
  };

  const support = (node: number, { round, id }: ConsensusProposal, to: readonly number[], polRound?: number): void => {
    say(node, 'PreVote', round, id, to, polRound);
    say(node, 'PreCommit', round, id, to);
  };

  for (const node of faultyNodes) {
    const network = world.network.join(world.nodes[node]?.peer ?? ('' as never), identities[node], () => 0n);
    networks.set(node, network);
    const answered = new Set<number>();
    network.inbound$.subscribe(({ payload }) => {
      const message = read(payload);
      if (E.isLeft(message) || message.right._tag !== 'Propose') return;
      const { proposal } = message.right;
      if (proposal.height !== HEIGHT || answered.has(proposal.round)) return;
      answered.add(proposal.round);
      if (proposal.round === early) support(node, proposal, half);
      if (proposal.round === late) support(node, proposal, otherHalf, excuse === 'none' ? undefined : early + 1);
    });
    network.peers$.subscribe();
  }
  const peersOf = (nodes: readonly number[]) => new Set(nodes.flatMap((index) => world.nodes[index]?.peer ?? []));
  world.network.partition([peersOf([...faultyNodes, ...half]), peersOf([...faultyNodes, ...otherHalf])]);
  for (const node of correct) world.start(node);
  world.scheduler.after(500, () => {
    for (let round = 0; round < late; round++) if (round !== early) pass(round, round < early ? correct : otherHalf);
  });
  const hasForked = (): boolean => world.record.disagreements().some(({ height }) => height === HEIGHT);
  await world.runUntil(hasForked, 120_000);
  return { world, collected, faulty: new Set(faultyNodes.flatMap((index) => identities[index] ?? [])) };
};

/** A fork by twins: each half of the correct nodes hears one machine of each faulty key. */
export const forkByTwins = async (
  seed: number,
  validators: number,
  faultyCount: number,
  scheme: SimulationScheme,
): Promise<Fork> => {
  const collected = collector();
  const twinsOf = Array.from({ length: faultyCount }, (_, index) => index);
  const isCorrect = (node: number): boolean => node >= faultyCount && node < validators;
  const hear = (node: number, payload: Uint8Array): void => {
    if (isCorrect(node)) collected.hear(payload);
  };
  const world = createWorld({
    seed,
    validators,
    twinsOf,
    scheme,
    sent: hear,
    delivered: hear,
    observe: (node, event) => {
      if (event._tag === 'BlockCommitted' && isCorrect(node)) collected.decided(event.certificate);
    },
  });
  world.nodes.forEach((_node, index) => {
    world.start(index);
  });
  const correct = Array.from({ length: validators - faultyCount }, (_, i) => faultyCount + i);
  const half = correct.filter((_index, i) => i % 2 === 0);
  const sides = [
    [...twinsOf, ...half],
    [...twinsOf.map((_index, i) => validators + i), ...correct.filter((index) => !half.includes(index))],
  ];
  world.network.partition(sides.map((side) => new Set(side.flatMap((index) => world.nodes[index]?.peer ?? []))));
  const hasForked = (): boolean => world.checker.violations().some(({ property }) => property === 'agreement');
  await world.runUntil(hasForked, 15_000);
  return { world, collected, faulty: new Set(twinsOf.flatMap((index) => world.nodes[index]?.identity ?? [])) };
};
