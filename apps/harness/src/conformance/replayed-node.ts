import {
  decision,
  initialState,
  roundState,
  step,
  votingSet,
  type Certificate,
  type CoreState,
  type Input,
  type SignedProposal,
  type SignedVote,
  type VotingSet,
} from '@zhtp/bft';
import { difference, shown } from './case-outcome.ts';
import type { TraceProposal, TraceState, TraceVote } from './malachite.ts';
import { traceStateOf } from './state-machine.ts';
import {
  decisionsOf,
  isOutputOf,
  specified,
  visible,
  withoutOwnTimeout,
  withoutPointless,
  type TraceOutput,
} from './system-outputs.ts';
import { notBetween, unstarted } from './trace-progress.ts';
import type { OutsideInput } from './system-trace.ts';

type CoreInput = Input<string, string>;

/** A signature is a string that nobody looks at: traces have none, and the core is given verified messages. */
const SIGNED = '';

const voteOf = ({ type: kind, from: voter, height, round, value }: TraceVote): SignedVote<string> => ({
  vote: { kind, height: BigInt(height), round, voter, value, against: null, polRound: null },
  signed: SIGNED,
});

const proposalOf = ({ from, height, round, value, validRound }: TraceProposal): SignedProposal<string> => ({
  proposal: { height: BigInt(height), round, value, validRound: validRound < 0 ? null : validRound, proposer: from },
  signed: SIGNED,
});

const certificateOf = (votes: readonly TraceVote[]): Certificate<string> => {
  const [first] = votes;
  if (first === undefined || first.value === null) throw new Error('a certificate needs votes for a value');
  const { type, height, round, value } = first;
  const kind = type === 'prevote' ? 'polka' : 'commit';
  return { kind, height: BigInt(height), round, value, votes: votes.map(voteOf) };
};

/** Powers of a height as a trace names them. */
export const votingSetOf = (validators: Readonly<Record<string, bigint>>): VotingSet =>
  votingSet(Object.entries(validators));

const numberOf = (id: string): number => Number(/^v(\d+)$/.exec(id)?.[1] ?? Number.NaN);

/** The specification's instances count their validators, v10 after v9; others take turns in the order of their names. */
const inRotation = (ids: VotingSet['ids']): VotingSet['ids'] =>
  ids.every((id) => numberOf(id) >= 0) ? ids.toSorted((a, b) => numberOf(a) - numberOf(b)) : ids;

/** What has arrived at a node, and waits to be read. */
export type Delivery =
  | { readonly vote: TraceVote }
  | { readonly proposal: TraceProposal }
  | { readonly votes: readonly TraceVote[] }
  | { readonly value: string };

/** What a step reads, where it reads what was delivered. */
const readingOf = (input: OutsideInput): Delivery | undefined => {
  switch (input.kind) {
    case 'vote':
      return { vote: input.vote };
    case 'proposal':
      return { proposal: input.proposal };
    case 'certificate':
      return { votes: input.votes };
    case 'proposeValue':
      return { value: input.v };
    case 'start':
    case 'timeout':
      return undefined;
  }
};

/**
 * One node of a system trace: the core beside what the specification says of it. The specification defers what its own
 * step made possible to later, internal steps; the core does it at once. So both are compared where internal steps end.
 */
export class ReplayedNode {
  #state: CoreState<string, string> = initialState();
  readonly #self: string;
  #height = 0;
  #validators: VotingSet;
  #seen: string[] = [];
  #expected: string[] = [];
  #before: TraceState = unstarted(0);
  /** States of the specification since the last comparison. */
  #passed: TraceState[] = [];
  #chainLength: number | undefined = undefined;
  #unread: Delivery[] = [];
  #started = false;
  readonly decided: { readonly height: number; readonly value: string }[] = [];

  constructor(self: string, validators: VotingSet) {
    this.#self = self;
    this.#validators = validators;
  }

  deliver(message: Delivery): void {
    this.#unread.push(message);
  }

  /** Ends a height; the next step starts this one. Answers with what differed until now. */
  newHeight(height: number, validators: VotingSet): string | undefined {
    const wrong = this.compare();
    this.#height = height;
    this.#validators = validators;
    this.#started = false;
    this.#before = unstarted(height);
    return wrong;
  }

  /** A step of the specification's own: the core has done it, unless this is where its height starts. */
  goOn(): undefined {
    if (!this.#started) this.#start();
  }

  /** An input from outside. Answers with what differed until now. */
  take(input: OutsideInput): string | undefined {
    const wrong = this.compare();
    if (!this.#started) this.#start();
    const reading = readingOf(input);
    if (reading !== undefined && !this.#read(reading))
      return wrong ?? `${this.#self} reads what was not delivered: ${shown(reading)}`;
    const given = this.#inputOf(input);
    if (given !== undefined) this.#give(given);
    return wrong;
  }

  /** What a step put out and led to. Answers with what cannot be. */
  expect(output: TraceOutput | null, state: TraceState, chainLength: number | undefined): string | undefined {
    this.#expected.push(...specified(output));
    this.#passed.push(state);
    this.#chainLength = chainLength ?? this.#chainLength;
    return isOutputOf(output, state) ? undefined : `${this.#self}, output ${shown(output)} in ${shown(state)}`;
  }

  /** What the core and the specification have done and become since the last comparison, where it differs. */
  compare(): string | undefined {
    const [before, passed, last] = [this.#before, this.#passed, this.#passed.at(-1)];
    const [seen, expected] = [this.#seen, this.#expected];
    if (last === undefined) return undefined;
    const machine = roundState(this.#state);
    this.#seen = [];
    this.#expected = [];
    this.#passed = [];
    this.#before = last;
    const wrong =
      last.round < 0
        ? this.#unlikeBeforeItsFirstRound(last, seen, expected)
        : (difference('state', machine === null ? null : traceStateOf(machine), last) ??
          difference(
            'outputs',
            withoutPointless(withoutOwnTimeout(seen), expected, last).toSorted(),
            withoutPointless(expected, seen, last).toSorted(),
          ));
    const found =
      wrong ??
      passed.map((state) => notBetween(before, state, last)).find((each) => each !== undefined) ??
      difference('chainLength', this.decided.length, this.#chainLength ?? this.decided.length);
    return found === undefined ? undefined : `${this.#self}, ${found}`;
  }

  /** The state at the last comparison, in which the core and the specification agreed. */
  lastCompared(): TraceState {
    return this.#before;
  }

  /** A height with a decision in its buffers is decided by the specification before its first round, by the core in it. */
  #unlikeBeforeItsFirstRound(
    state: TraceState,
    seen: readonly string[],
    expected: readonly string[],
  ): string | undefined {
    const isDecided = this.decided.some(({ height }) => height === this.#height);
    return (
      difference('state', { ...unstarted(this.#height), step: isDecided ? 'commit' : 'no' }, state) ??
      difference('decisions', decisionsOf(seen), decisionsOf(expected))
    );
  }

  #start(): void {
    this.#started = true;
    const ids = inRotation(this.#validators.ids);
    this.#give({
      _tag: 'StartHeight',
      params: {
        height: BigInt(this.#height),
        validators: this.#validators,
        // Plain rotation from the second validator on, as in the specification's instances.
        proposer: (round) => ids[(round + 1) % ids.length] ?? '',
        self: this.#self,
        timeouts: { proposeMs: 3000, prevoteMs: 1000, precommitMs: 1000, perRoundMs: 500, repeatMs: 800 },
        options: { raiseValidOnOldPolka: false, endStepEarly: false },
      },
    });
    // Votes that came early are in the specification's book from the start; their steps come all the same.
    for (const message of this.#unread)
      if ('vote' in message && message.vote.height === this.#height)
        this.#give({ _tag: 'VoteReceived', vote: voteOf(message.vote) });
  }

  #inputOf(input: OutsideInput): CoreInput | undefined {
    const machine = roundState(this.#state);
    const now = { height: machine?.height ?? 0n, round: machine?.round ?? 0 };
    switch (input.kind) {
      case 'start':
        return undefined;
      case 'proposeValue':
        return { _tag: 'ValueBuilt', ...now, value: input.v };
      case 'proposal':
        return { _tag: 'ProposalReceived', proposal: proposalOf(input.proposal), timely: true };
      case 'vote':
        return { _tag: 'VoteReceived', vote: voteOf(input.vote) };
      case 'certificate':
        return { _tag: 'CertificateReceived', certificate: certificateOf(input.votes) };
      case 'timeout':
        return { _tag: 'TimeoutElapsed', kind: TIMEOUTS[input.v.t], ...now };
    }
  }

  #read(message: Delivery): boolean {
    const at = this.#unread.findIndex((unread) => difference('message', unread, message) === undefined);
    if (at >= 0) this.#unread.splice(at, 1);
    return at >= 0;
  }

  #give(input: CoreInput): void {
    const result = step(this.#state, input);
    this.#state = result.state;
    this.#seen.push(...result.effects.flatMap((effect) => visible(this.#self, effect)));
    for (const effect of result.effects) {
      if (effect._tag === 'Decide')
        this.decided.push({ height: Number(effect.height), value: decision(this.#state)?.value ?? '' });
      // Bodies travel with proposals in a trace, and the specification's one invalid value is called so.
      if (effect._tag === 'JudgeValue') {
        const verdict = effect.value === 'invalid' ? 'invalid' : 'valid';
        this.#give({ _tag: 'ValueJudged', height: effect.height, value: effect.value, verdict });
      }
    }
  }
}

const TIMEOUTS = { ProposeTimeout: 'propose', PrevoteTimeout: 'prevote', PrecommitTimeout: 'precommit' } as const;
