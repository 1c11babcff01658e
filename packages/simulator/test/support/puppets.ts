import { either as E, option as O } from 'fp-ts';
import {
  decisionOf,
  genesisHashOf,
  makeCertificate,
  openProposal,
  proposalContentOf,
  proposalSignBytes,
  sealProposal,
  sealVote,
  voteSignBytes,
  type CommitClaim,
  type Offer,
  type SignerSet,
} from '@zhtp/chain';
import { createWorld, nullScheme, worldValidators, type World, type WorldOptions } from '@zhtp/simulator';
import {
  decode,
  encode,
  peerMessageCodec,
  type Block,
  type CommitCertificate,
  type ConsensusProposal,
  type ConsensusVote,
  type Hash,
  type Network,
  type PeerMessage,
} from '@zhtp/types';
import { validatorsFromGenesis } from '@zhtp/validators';

const scheme = nullScheme();
const HEIGHT = 1n;
const read = decode(peerMessageCodec);
const write = encode(peerMessageCodec);

/** Nodes by identity: round robin counts on from height and round, so node `ORDER[1 + r]` proposes in round r of height 1. */
const ORDER = worldValidators(scheme, 4)
  .map(({ identity }, index) => ({ identity, index }))
  .toSorted((a, b) => (a.identity < b.identity ? -1 : 1))
  .map(({ index }) => index);
/** Proposes in round 3 only. */
export const SUBJECT = ORDER[0] ?? 0;
export const PUPPETS = ORDER.slice(1);
export const proposerOf = (round: number): number => ORDER[(1 + round) % 4] ?? 0;

const startAll = (world: World, nodes: readonly number[]): void => {
  for (const node of nodes) world.start(node);
};

/** A valid first block: what correct nodes offer in this round when those before are silent. */
const offered = async (round: number): Promise<Block> => {
  let found: ConsensusProposal | undefined;
  const world = createWorld({
    seed: 1,
    validators: 4,
    sent: (_node, payload) => {
      const message = read(payload);
      if (E.isRight(message) && message.right._tag === 'Propose' && message.right.proposal.round === round)
        found ??= message.right.proposal;
    },
  });
  startAll(
    world,
    ORDER.filter((node) => round === 0 || node !== proposerOf(0)),
  );
  await world.runUntil(() => found !== undefined, 30_000);
  world.stop();
  const block = found === undefined ? undefined : openProposal(found);
  if (block === undefined || E.isLeft(block)) throw new Error('a correct node offers a block');
  return block.right;
};

export const BLOCK_X = await offered(0);
export const BLOCK_Y = await offered(1);
export const idOf = (block: Block): Hash =>
  proposalContentOf({ block, round: 0, validRound: O.none, proposer: block.header.proposer }).id;
export const X = idOf(BLOCK_X);
export const Y = idOf(BLOCK_Y);

/** One node with the shipping engine among three validators that say what a test wants, when it wants. */
export class Puppetry {
  readonly world: World;
  readonly #networks = new Map<number, Network>();
  /** What the subject sent, without repetitions. */
  readonly said: PeerMessage[] = [];

  constructor(options: Partial<WorldOptions> = {}) {
    const known = new Set<Uint8Array>();
    this.world = createWorld({
      seed: 1,
      validators: 4,
      faulty: PUPPETS,
      scheme,
      clockErrorMs: 0,
      ...options,
      sent: (node, payload) => {
        const message = read(payload);
        if (node !== SUBJECT || known.has(payload) || E.isLeft(message)) return;
        known.add(payload);
        this.said.push(message.right);
      },
    });
  }

  async start(): Promise<this> {
    for (const node of PUPPETS) {
      const { peer, identity } = this.world.nodes[node] ?? {};
      if (peer === undefined) throw new Error('four nodes');
      const network = this.world.network.join(peer, identity, () => 0n);
      network.peers$.subscribe();
      this.#networks.set(node, network);
    }
    this.world.start(SUBJECT);
    await this.pass(200);
    return this;
  }

  async pass(ms: number): Promise<void> {
    const until = this.world.scheduler.nowMs() + ms;
    this.world.scheduler.after(ms, () => undefined);
    await this.world.runUntil(() => this.world.scheduler.nowMs() >= until, until);
  }

  send(from: number, message: PeerMessage): void {
    const peer = this.world.nodes[SUBJECT]?.peer;
    if (peer !== undefined) this.#networks.get(from)?.send(peer, write(message));
  }

  sign(
    voter: number,
    voteType: 'PreVote' | 'PreCommit',
    round: number,
    value: Hash | null,
    polRound?: number,
  ): ConsensusVote {
    const identity = this.world.nodes[voter]?.identity;
    if (identity === undefined) throw new Error('a validator');
    const content = {
      voteType,
      height: HEIGHT,
      round,
      proposalId: O.fromNullable(value),
      polRound: O.fromNullable(polRound),
      appHash: O.none,
      voter: identity,
    };
    const message = voteSignBytes(genesisHashOf(this.world.genesis), content);
    return sealVote(content, this.#signature(voter, message));
  }

  #signature(node: number, message: Uint8Array): ConsensusVote['signature'] {
    let bytes = new Uint8Array(0);
    const keyPair = scheme.keyPair(node);
    scheme.signFunction(keyPair)({ _tag: 'Heartbeat', publicKey: keyPair.publicKey, message }, (signed) => {
      if (E.isRight(signed)) bytes = Uint8Array.from(signed.right);
    });
    return { algorithm: scheme.algorithm, signature: bytes, publicKey: O.none };
  }

  async prevote(round: number, value: Hash | null, voters: readonly number[] = PUPPETS): Promise<void> {
    for (const voter of voters) this.send(voter, { _tag: 'Vote', vote: this.sign(voter, 'PreVote', round, value) });
    await this.pass(150);
  }

  async precommit(round: number, value: Hash | null, voters: readonly number[] = PUPPETS): Promise<void> {
    for (const voter of voters) this.send(voter, { _tag: 'Vote', vote: this.sign(voter, 'PreCommit', round, value) });
    await this.pass(150);
  }

  proposal(block: Block, round: number, validRound?: number): ConsensusProposal {
    const node = proposerOf(round);
    const proposer = this.world.nodes[node]?.identity;
    if (proposer === undefined) throw new Error('a validator');
    const offer: Offer = { block, round, validRound: O.fromNullable(validRound), proposer };
    const message = proposalSignBytes(genesisHashOf(this.world.genesis), proposalContentOf(offer));
    return sealProposal(offer, this.#signature(node, message));
  }

  async offer(block: Block, round: number, validRound?: number): Promise<void> {
    this.send(proposerOf(round), { _tag: 'Propose', proposal: this.proposal(block, round, validRound) });
    await this.pass(150);
  }

  /** Nil all the way: the subject enters the next round. */
  async endRound(round: number): Promise<void> {
    await this.precommit(round, null);
    await this.pass(1_500);
  }

  /** The subject locks X in round 0 and is alone with it. */
  async lockX(): Promise<void> {
    await this.offer(BLOCK_X, 0);
    await this.prevote(0, X, PUPPETS.slice(0, 2));
  }

  #set(): SignerSet {
    const set = validatorsFromGenesis(this.world.genesis);
    if (E.isLeft(set)) throw new Error(set.left);
    return set.right;
  }

  /** That this certificate decides X. */
  claim(certificate: CommitCertificate): CommitClaim {
    const { genesis } = this.world;
    return {
      context: { genesisHash: genesisHashOf(genesis), algorithm: genesis.signatureAlgorithm },
      set: this.#set(),
      certificate,
      decision: decisionOf(BLOCK_X.header),
    };
  }

  certificate(round: number, value: Hash): CommitCertificate {
    const made = makeCertificate(
      this.#set(),
      PUPPETS.map((voter) => this.sign(voter, 'PreCommit', round, value)),
    );
    if (E.isLeft(made)) throw new Error(made.left.message);
    return made.right;
  }

  round() {
    return this.world.nodes[SUBJECT]?.running()?.status()?.round;
  }

  committed(): bigint {
    return this.world.record.committedBy(SUBJECT);
  }

  decided(): Hash | undefined {
    return this.world.record.heights()[0]?.blockId;
  }

  /** The subject's own offers. */
  offers(): readonly ConsensusProposal[] {
    const { identity } = this.world.nodes[SUBJECT] ?? {};
    return this.said.flatMap((message) =>
      message._tag === 'Propose' && message.proposal.proposer === identity ? [message.proposal] : [],
    );
  }

  /** What the subject itself voted for at the first height, of one kind of vote; it passes on those of others too. */
  votes(voteType: 'PreVote' | 'PreCommit' | 'Against'): readonly (readonly [round: number, value: Hash | null])[] {
    const { identity } = this.world.nodes[SUBJECT] ?? {};
    return this.said.flatMap((message) =>
      message._tag === 'Vote' &&
      message.vote.voter === identity &&
      message.vote.voteType === voteType &&
      message.vote.height === HEIGHT
        ? [[message.vote.round, O.toNullable(message.vote.proposalId)] as const]
        : [],
    );
  }

  offence(name: string): number {
    return this.world.network.counters().offences.get(name) ?? 0;
  }
}
