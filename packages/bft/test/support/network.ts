import {
  type Certificate,
  commitCertificate,
  type CoreOptions,
  type CoreState,
  decision,
  fingerprint,
  type HeightParams,
  initialState,
  type Input,
  numberedSet,
  certificateFault,
  roundCertificate,
  roundState,
  type RoundState,
  type SignedVote,
  step,
  type Vote,
} from '@zhtp/bft';
import { fourValidators, params, type Signed, signProposal, signVote, type TestEffect } from './world.ts';

type TestInput = Input<Signed, Signed>;

/** A small, fast, seeded generator (mulberry32): whole numbers below a bound. */
const seeded = (seed: number): ((below: number) => number) => {
  let a = seed >>> 0;
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
};

interface Timer {
  readonly input: Extract<TestInput, { readonly _tag: 'TimeoutElapsed' }>;
  readonly dueMs: number;
}

interface Wire {
  readonly to: string;
  /** An input, or somebody's request for a round certificate. */
  readonly carries: TestInput | { readonly ask: string };
  readonly own: boolean;
}

interface NetworkNode {
  readonly id: string;
  state: CoreState<Signed, Signed>;
  readonly journal: TestInput[];
  timers: Timer[];
  alive: boolean;
  /** Everything this node's signer ever signed, by slot. */
  readonly signed: Map<string, string>;
}

export interface NetworkConfig {
  readonly seed: number;
  readonly options: CoreOptions;
  /** Validators that are not cores: they say whatever the seed says. */
  readonly byzantine: readonly string[];
  /** Of 100 messages, how many are lost while the network is bad. */
  readonly lossPercent: number;
  /** At most this many correct nodes are down at a time. */
  readonly crashes: number;
}

/** Four validators over one height: first a bad network ruled by the seed alone, then a good one in virtual time. */
export class Network {
  readonly #config: NetworkConfig;
  readonly #random: (below: number) => number;
  readonly #nodes: readonly NetworkNode[];
  #wires: Wire[] = [];
  #nowMs = 0;
  readonly #votesSent: SignedVote<Signed>[] = [];
  /** Breaches of what must hold after every step. */
  readonly breaches: string[] = [];
  readonly accused = new Set<string>();

  constructor(config: NetworkConfig) {
    this.#config = config;
    this.#random = seeded(config.seed);
    this.#nodes = fourValidators
      .filter((id) => !config.byzantine.includes(id))
      .map((id) => ({ id, state: initialState(), journal: [], timers: [], alive: true, signed: new Map() }));
    for (const node of this.#nodes) this.#give(node, { _tag: 'StartHeight', params: this.#params(node.id) });
  }

  /** Nothing is fair here: any message or timer next, loss, crashes, restarts from the journal. */
  misbehave(actions: number): void {
    for (let i = 0; i < actions; i++) {
      const dice = this.#random(100);
      if (dice < 70) this.#deliverAny();
      else if (dice < 80) this.#fireAny();
      else if (dice < 84) this.#crashOrRestart();
      else for (const id of this.#config.byzantine) this.#lie(id);
    }
  }

  /** Everybody is up, every message arrives, timers keep their order. */
  behave(actionsMax: number): void {
    for (const node of this.#nodes) if (!node.alive) this.#restart(node);
    for (let i = 0; i < actionsMax && !this.allDecided(); i++) {
      const wire = this.#wires.shift();
      if (wire !== undefined) this.#deliver(wire);
      else this.#fireEarliest();
    }
  }

  allDecided(): boolean {
    return this.#nodes.every(({ state }) => decision(state) !== null);
  }

  decidedValues(): readonly string[] {
    return [...new Set(this.#nodes.flatMap(({ state }) => decision(state)?.value ?? []))];
  }

  highestRound(): number {
    return Math.max(...this.#nodes.map((node) => this.#machine(node).round));
  }

  #params(id: string): HeightParams {
    return params(id, { options: this.#config.options });
  }

  #machine(node: NetworkNode): RoundState {
    const machine = roundState(node.state);
    if (machine === null) throw new Error(`${node.id} has no height`);
    return machine;
  }

  #give(node: NetworkNode, input: TestInput): void {
    const before = roundState(node.state);
    const wasDecided = decision(node.state) !== null;
    node.journal.push(input);
    const { state, effects } = step(node.state, input);
    node.state = state;
    if (input._tag !== 'StartHeight') this.#checkMonotone(node, before, wasDecided);
    for (const effect of effects) this.#carryOut(node, effect);
  }

  #carryOut(node: NetworkNode, effect: TestEffect): void {
    switch (effect._tag) {
      case 'BuildValue':
        return this.#give(node, {
          _tag: 'ValueBuilt',
          height: effect.height,
          round: effect.round,
          value: `${node.id}-${effect.round}`,
        });
      case 'JudgeValue':
      case 'FetchValue':
        return this.#own(node, { _tag: 'ValueJudged', height: effect.height, value: effect.value, verdict: 'valid' });
      case 'SignVote': {
        this.#checkSlot(
          node,
          `${effect.vote.kind} ${effect.vote.round}`,
          JSON.stringify([effect.vote.value, effect.vote.against, effect.vote.polRound]),
        );
        const vote = signVote(effect.vote);
        this.#votesSent.push(vote);
        this.#broadcast(node.id, { _tag: 'VoteReceived', vote });
        return this.#give(node, { _tag: 'OwnSigned', message: { _tag: 'Vote', vote } });
      }
      case 'SignProposal': {
        this.#checkSlot(
          node,
          `proposal ${effect.proposal.round}`,
          JSON.stringify([effect.proposal.value, effect.proposal.validRound]),
        );
        const proposal = signProposal(effect.proposal);
        this.#broadcast(node.id, { _tag: 'ProposalReceived', proposal, timely: true });
        return this.#give(node, { _tag: 'OwnSigned', message: { _tag: 'Proposal', proposal } });
      }
      case 'SendCertificate':
        return this.#broadcast(node.id, { _tag: 'CertificateReceived', certificate: effect.certificate });
      case 'Repeat':
        for (const vote of effect.votes) this.#broadcast(node.id, { _tag: 'VoteReceived', vote });
        if (effect.proposal !== null)
          this.#broadcast(node.id, { _tag: 'ProposalReceived', proposal: effect.proposal, timely: true });
        for (const certificate of effect.certificates)
          this.#broadcast(node.id, { _tag: 'CertificateReceived', certificate });
        return;
      case 'RequestRoundCertificate':
        for (const id of effect.from) this.#wire(id, { ask: node.id });
        return;
      case 'ScheduleTimeout':
      case 'CancelTimeout':
        return this.#setTimer(node, effect);
      case 'Evidence':
        this.accused.add(accusedOf(effect));
        return;
      case 'Halt':
        this.breaches.push(`${node.id} halted`);
        return;
      case 'Decide':
        if (certificateFault(effect.certificate, numberedSet(this.#params(node.id).validators), 1n) !== null)
          this.breaches.push(`${node.id} decided without a certificate`);
        return;
      case 'StepChanged':
      case 'Dropped':
        return;
    }
  }

  #setTimer(
    node: NetworkNode,
    effect: Extract<TestEffect, { readonly _tag: 'ScheduleTimeout' | 'CancelTimeout' }>,
  ): void {
    const { kind, height, round } = effect;
    node.timers = node.timers.filter(({ input }) => input.kind !== kind || input.round !== round);
    if (effect._tag === 'ScheduleTimeout')
      node.timers.push({ input: { _tag: 'TimeoutElapsed', kind, height, round }, dueMs: this.#nowMs + effect.afterMs });
  }

  /** The node's own application answers late, but it answers. */
  #own(node: NetworkNode, input: TestInput): void {
    this.#wires.push({ to: node.id, carries: input, own: true });
  }

  #broadcast(from: string, input: TestInput): void {
    for (const { id } of this.#nodes) if (id !== from) this.#wire(id, input);
  }

  #wire(to: string, carries: Wire['carries']): void {
    this.#wires.push({ to, carries, own: false });
  }

  #deliver(wire: Wire): void {
    const node = this.#nodes.find(({ id }) => id === wire.to);
    if (node === undefined) return;
    if (!node.alive) {
      if (wire.own) this.#wires.push(wire);
      return;
    }
    const input = wire.carries;
    if ('ask' in input) {
      for (const vote of roundCertificate(node.state)) this.#wire(input.ask, { _tag: 'VoteReceived', vote });
      return;
    }
    this.#give(node, input);
    // What the engine does for a laggard: whoever has decided answers its vote with the certificate.
    const certificate = commitCertificate(node.state);
    if (certificate !== null && input._tag === 'VoteReceived') this.#answerLaggard(input.vote.vote.voter, certificate);
  }

  #answerLaggard(voter: string, certificate: Certificate<Signed>): void {
    const laggard = this.#nodes.find(({ id }) => id === voter);
    if (laggard !== undefined && decision(laggard.state) === null)
      this.#wire(voter, { _tag: 'CertificateReceived', certificate });
  }

  #deliverAny(): void {
    const index = this.#random(Math.max(1, this.#wires.length));
    const [wire] = this.#wires.splice(index, 1);
    if (wire !== undefined && (wire.own || this.#random(100) >= this.#config.lossPercent)) this.#deliver(wire);
  }

  #fireAny(): void {
    const node = this.#nodes[this.#random(this.#nodes.length)];
    if (node === undefined || !node.alive || node.timers.length === 0) return;
    const [timer] = node.timers.splice(this.#random(node.timers.length), 1);
    if (timer !== undefined) this.#give(node, timer.input);
  }

  #fireEarliest(): void {
    const due = this.#nodes
      .flatMap((node) => node.timers.map((timer) => ({ node, timer })))
      .sort((a, b) => a.timer.dueMs - b.timer.dueMs)[0];
    if (due === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, due.timer.dueMs);
    due.node.timers = due.node.timers.filter((timer) => timer !== due.timer);
    this.#give(due.node, due.timer.input);
  }

  #crashOrRestart(): void {
    const node = this.#nodes[this.#random(this.#nodes.length)];
    if (node === undefined) return;
    if (!node.alive) this.#restart(node);
    else if (this.#nodes.filter(({ alive }) => !alive).length < this.#config.crashes) node.alive = false;
  }

  /** Replaying the journal restores the state and arms its timers anew. */
  #restart(node: NetworkNode): void {
    const before = fingerprint(node.state);
    node.state = initialState();
    node.timers = [];
    for (const input of node.journal) {
      const { state, effects } = step(node.state, input);
      node.state = state;
      for (const effect of effects)
        if (effect._tag === 'ScheduleTimeout' || effect._tag === 'CancelTimeout') this.#setTimer(node, effect);
    }
    node.alive = true;
    if (fingerprint(node.state) !== before) this.breaches.push(`${node.id} is another after its restart`);
  }

  #checkSlot(node: NetworkNode, slot: string, content: string): void {
    const before = node.signed.get(slot);
    if (before !== undefined && before !== content)
      this.breaches.push(`${node.id} signed ${slot} twice: ${before} and ${content}`);
    node.signed.set(slot, content);
  }

  #checkMonotone(node: NetworkNode, before: RoundState | null, wasDecided: boolean): void {
    if (before === null) return;
    const after = this.#machine(node);
    const sinks = (a: { readonly round: number } | null, b: { readonly round: number } | null): boolean =>
      (b?.round ?? -1) < (a?.round ?? -1);
    if (after.round < before.round) this.breaches.push(`${node.id}: round sank`);
    if (sinks(before.locked, after.locked)) this.breaches.push(`${node.id}: lock sank`);
    if (sinks(before.valid, after.valid)) this.breaches.push(`${node.id}: valid round sank`);
    if (sinks(after.locked, after.valid)) this.breaches.push(`${node.id}: valid round below the lock`);
    if (wasDecided && decision(node.state) === null) this.breaches.push(`${node.id}: decision lost`);
  }

  /** A faulty validator sends one node anything it can sign, or a certificate made with its help. */
  #lie(id: string): void {
    const target = this.#nodes[this.#random(this.#nodes.length)];
    if (target === undefined) return;
    const pick = <T>(items: readonly T[], otherwise: T): T => items[this.#random(items.length)] ?? otherwise;
    const values = [...new Set(this.#votesSent.flatMap(({ vote }) => vote.value ?? []))].concat('lie');
    const lastRound = this.highestRound();
    // Mostly about the rounds where somebody listens.
    const round = this.#random(3) === 0 ? this.#random(lastRound + 4) : lastRound;
    // A story of its own for each listener is what splits a network.
    const value = this.#random(2) === 0 ? `lie-to-${target.id}` : pick(values, 'lie');
    const dice = this.#random(10);
    const proposer = this.#params(id).proposer(round);
    if (dice < 3 && proposer === id) {
      const proposal = signProposal({
        height: 1n,
        round,
        value,
        validRound: round > 0 && this.#random(2) === 0 ? this.#random(round) : null,
        proposer: id,
      });
      return this.#wire(target.id, { _tag: 'ProposalReceived', proposal, timely: this.#random(4) > 0 });
    }
    const kind = pick(['prevote', 'precommit'] as const, 'prevote');
    const vote: Vote = {
      kind,
      height: 1n,
      round,
      voter: id,
      value,
      against: null,
      polRound: kind === 'prevote' && round > 0 && this.#random(2) === 0 ? this.#random(round) : null,
    };
    if (dice < 7)
      return this.#wire(target.id, {
        _tag: 'VoteReceived',
        vote: signVote(this.#random(4) === 0 ? { ...vote, value: null, polRound: null } : vote),
      });
    this.#forge(target.id, vote);
  }

  #forge(to: string, own: Vote): void {
    if (own.value === null) return;
    const liars = this.#config.byzantine.map((voter) => signVote({ ...own, voter }));
    const honest = this.#votesSent.filter(
      ({ vote }) => vote.kind === own.kind && vote.round === own.round && vote.value === own.value,
    );
    const votes = [...new Map([...honest, ...liars].map((signed) => [signed.vote.voter, signed])).values()];
    const kind = own.kind === 'prevote' ? 'polka' : 'commit';
    this.#wire(to, {
      _tag: 'CertificateReceived',
      certificate: { kind, height: 1n, round: own.round, value: own.value, votes },
    });
  }
}

const accusedOf = ({ evidence }: Extract<TestEffect, { readonly _tag: 'Evidence' }>): string => {
  switch (evidence._tag) {
    case 'Equivocation':
      return evidence.second.vote.voter;
    case 'TwoProposals':
      return evidence.second.proposal.proposer;
    case 'Amnesia':
      return evidence.prevote.vote.voter;
    case 'InvalidProposal':
      return evidence.proposal.proposal.proposer;
  }
};
