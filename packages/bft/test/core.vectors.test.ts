import { describeVectors } from '@zhtp/testing';
import { expect, test } from 'vitest';
import {
  type Certificate,
  type CoreState,
  decision,
  initialState,
  type Input,
  type RoundState,
  roundState,
  type SignedProposal,
  type SignedVote,
  step,
  type VoteKind,
  votingSet,
} from '@zhtp/bft';
import { params, paperOptions, type TestEffect } from './support/world.ts';

interface VectorVote {
  readonly type: VoteKind;
  readonly from: string;
  readonly height: number;
  readonly round: number;
  readonly value: string | null;
}

interface VectorProposal {
  readonly from: string;
  readonly height: number;
  readonly round: number;
  readonly value: string;
  readonly validRound: number;
}

interface VectorState {
  readonly height: number;
  readonly round: number;
  readonly step: string;
}

interface VectorOutput {
  readonly vote?: VectorVote;
  readonly propose?: VectorProposal;
  readonly decided?: { readonly round: number; readonly value: string };
  readonly getValue?: unknown;
}

interface VectorInput {
  readonly kind: string;
  readonly v?: unknown;
  readonly vote?: VectorVote;
  readonly votes?: readonly VectorVote[];
  readonly proposal?: VectorProposal;
}

interface TraceStep {
  readonly ev: string;
  readonly at?: string;
  readonly to?: string;
  readonly height?: number;
  readonly vote?: VectorVote;
  readonly input?: VectorInput;
  readonly output?: VectorOutput | null;
  readonly state?: VectorState;
}

interface Trace {
  readonly name: string;
  readonly validators: Readonly<Record<string, number>>;
  readonly correct: readonly string[];
  readonly steps: readonly TraceStep[];
  readonly final: Readonly<
    Record<string, { readonly decided: readonly { readonly height: number; readonly value: string }[] }>
  >;
}

type TestInput = Input<string, string>;

const voteOf = ({ type, from, height, round, value }: VectorVote): SignedVote<string> => ({
  vote: { kind: type, height: BigInt(height), round, voter: from, value, against: null, polRound: null },
  signed: '',
});

const proposalOf = ({ from, height, round, value, validRound }: VectorProposal): SignedProposal<string> => ({
  proposal: { height: BigInt(height), round, value, validRound: validRound < 0 ? null : validRound, proposer: from },
  signed: '',
});

const certificateOf = (votes: readonly VectorVote[]): Certificate<string> => {
  const [first] = votes;
  if (first === undefined || first.value === null) throw new Error('a vector certificate needs votes for a value');
  return {
    kind: first.type === 'prevote' ? 'polka' : 'commit',
    height: BigInt(first.height),
    round: first.round,
    value: first.value,
    votes: votes.map(voteOf),
  };
};

/** What others can see of an effect or a specified output: votes, proposals, decisions and the wish for a value. */
const visible = (effect: TestEffect): readonly string[] => {
  switch (effect._tag) {
    case 'SignVote':
      return [`${effect.vote.kind} ${effect.vote.round} ${effect.vote.value ?? 'nil'}`];
    case 'SignProposal':
      return [`propose ${effect.proposal.round} ${effect.proposal.value} ${effect.proposal.validRound ?? -1}`];
    case 'Decide':
      return [`decide ${effect.round} ${effect.value}`];
    case 'BuildValue':
      return ['build'];
    default:
      return [];
  }
};

const specified = ({ vote, propose, decided, getValue }: VectorOutput): readonly string[] => [
  ...(vote === undefined ? [] : [`${vote.type} ${vote.round} ${vote.value ?? 'nil'}`]),
  ...(propose === undefined ? [] : [`propose ${propose.round} ${propose.value} ${propose.validRound}`]),
  ...(decided === undefined ? [] : [`decide ${decided.round} ${decided.value}`]),
  ...(getValue === undefined ? [] : ['build']),
];

const stateOf = (state: RoundState): unknown => ({
  height: Number(state.height),
  round: state.round,
  step: state.step,
  lockedRound: state.locked?.round ?? -1,
  lockedValue: state.locked?.value ?? null,
  validRound: state.valid?.round ?? -1,
  validValue: state.valid?.value ?? null,
});

const timeoutKinds: Readonly<Record<string, 'propose' | 'prevote' | 'precommit'>> = {
  ProposeTimeout: 'propose',
  PrevoteTimeout: 'prevote',
  PrecommitTimeout: 'precommit',
};

/** The specification defers what its own step made possible to later, internal steps; the core does it at once. */
const internalKinds: ReadonlySet<string> = new Set(['pending', 'stepChange', 'no']);

class ReplayedNode {
  #state: CoreState<string, string> = initialState();
  readonly #self: string;
  readonly #trace: Trace;
  #seen: string[] = [];
  #expected: string[] = [];
  #lastSpecified: VectorState | undefined = undefined;
  #unread: VectorVote[] = [];
  #started = false;
  readonly decided: { readonly height: number; readonly value: string }[] = [];

  constructor(self: string, trace: Trace) {
    this.#self = self;
    this.#trace = trace;
  }

  deliver(vote: VectorVote): void {
    this.#unread.push(vote);
  }

  newHeight(): void {
    this.compare();
    this.#started = false;
  }

  run({ input, output, state }: TraceStep, height: number): void {
    if (input === undefined) throw new Error('a vector step needs an input');
    if (!internalKinds.has(input.kind)) this.compare();
    if (!this.#started) this.#start(height);
    for (const given of this.#inputs(input)) this.#give(given);
    this.#expected.push(...specified(output ?? {}));
    this.#lastSpecified = state;
  }

  /** At the end of the internal steps that follow an outside one both must have done and become the same. */
  compare(): void {
    const expected = this.#lastSpecified;
    const machine = roundState(this.#state);
    // A height that starts with a decision in its buffers is decided by the specification before its first round.
    if (expected !== undefined && machine !== null && expected.round >= 0) {
      const where = `${this.#trace.name} at ${this.#self}`;
      expect(stateOf(machine), where).toEqual(expected);
      expect([...this.#seen].sort(), where).toEqual([...this.#expected].sort());
    }
    this.#seen = [];
    this.#expected = [];
    this.#lastSpecified = undefined;
  }

  #start(height: number): void {
    this.#started = true;
    const validators = votingSet(Object.entries(this.#trace.validators).map(([id, power]) => [id, BigInt(power)]));
    this.#give({
      _tag: 'StartHeight',
      params: params(this.#self, { validators, height: BigInt(height), options: paperOptions }),
    });
    const waiting = this.#unread.filter((vote) => vote.height === height);
    this.#unread = this.#unread.filter((vote) => vote.height !== height);
    for (const vote of waiting) this.#give({ _tag: 'VoteReceived', vote: voteOf(vote) });
  }

  #inputs(input: VectorInput): readonly TestInput[] {
    const machine = roundState(this.#state);
    const now = { height: machine?.height ?? 0n, round: machine?.round ?? 0 };
    if (internalKinds.has(input.kind) || input.kind === 'start') return [];
    if (input.kind === 'proposeValue') return [{ _tag: 'ValueBuilt', ...now, value: String(input.v) }];
    if (input.proposal !== undefined)
      return [{ _tag: 'ProposalReceived', proposal: proposalOf(input.proposal), timely: true }];
    if (input.vote !== undefined) return [{ _tag: 'VoteReceived', vote: voteOf(this.#read(input.vote)) }];
    if (input.votes !== undefined) return [{ _tag: 'CertificateReceived', certificate: certificateOf(input.votes) }];
    const kind = timeoutKinds[/"(\w+Timeout)"/.exec(JSON.stringify(input.v))?.[1] ?? ''];
    if (kind === undefined) throw new Error(`vector input kind ${input.kind} is not understood`);
    return [{ _tag: 'TimeoutElapsed', kind, ...now }];
  }

  #read(vote: VectorVote): VectorVote {
    const at = this.#unread.findIndex((unread) => JSON.stringify(unread) === JSON.stringify(vote));
    if (at >= 0) this.#unread.splice(at, 1);
    return vote;
  }

  #give(input: TestInput): void {
    const result = step(this.#state, input);
    this.#state = result.state;
    this.#seen.push(...result.effects.flatMap(visible));
    for (const effect of result.effects) {
      if (effect._tag === 'Decide')
        this.decided.push({ height: Number(effect.height), value: decision(this.#state)?.value ?? '' });
      // Bodies travel with proposals here, so that a value without one cannot be fetched.
      if (effect._tag === 'JudgeValue') {
        this.#give({
          _tag: 'ValueJudged',
          height: effect.height,
          value: effect.value,
          verdict: effect.value === 'invalid' ? 'invalid' : 'valid',
        });
      }
    }
  }
}

const replay = (trace: Trace): void => {
  const nodes = new Map(trace.correct.map((id) => [id, new ReplayedNode(id, trace)]));
  const heights = new Map<string, number>();
  for (const traced of trace.steps) {
    const node = nodes.get(traced.at ?? traced.to ?? '');
    if (node === undefined) continue;
    if (traced.ev === 'deliverVote' && traced.vote !== undefined) node.deliver(traced.vote);
    if (traced.ev === 'newHeight') {
      node.newHeight();
      heights.set(traced.at ?? '', traced.height ?? 0);
    }
    if (traced.ev === 'step') node.run(traced, heights.get(traced.at ?? '') ?? 0);
  }
  for (const [id, node] of nodes) {
    node.compare();
    expect(node.decided, `${trace.name} at ${id}`).toEqual(trace.final[id]?.decided);
  }
};

const file = 'consensus/malachite_system_named.json.gz';
describeVectors<{ readonly traces: readonly Trace[] }>(
  `a network of cores follows the specification in ${file}`,
  file,
  ({ traces }) => {
    test.each(traces)('$name', (trace) => {
      expect.hasAssertions();
      replay(trace);
    });
  },
);
