import {
  type CoreState,
  type HeightParams,
  initialState,
  type Input,
  type RoundState,
  roundState,
  step,
  type Vote,
  type Proposal,
} from '@zhtp/bft';
import { params, prevote, precommit, proposal, type Signed, signProposal, signVote, type TestEffect } from './world.ts';

/** What a node does with effects that ask for something. */
export interface Manners {
  /** Answer `JudgeValue` and `FetchValue` at once; `null` leaves the body missing. */
  readonly judge: (value: string) => 'valid' | 'invalid' | null;
  /** Whether the signer gives signatures back. */
  readonly signs: boolean;
}

const plain: Manners = { judge: (value) => (value.startsWith('invalid') ? 'invalid' : 'valid'), signs: true };

/** One core with a signer and an application that answer at once; for tests that read like a conversation. */
export class TestNode {
  #state: CoreState<Signed, Signed> = initialState();
  readonly #manners: Manners;
  readonly effects: TestEffect[] = [];

  constructor(self: string | null, overrides: Partial<HeightParams> = {}, manners: Partial<Manners> = {}) {
    this.#manners = { ...plain, ...manners };
    this.give({ _tag: 'StartHeight', params: params(self, overrides) });
  }

  get state(): CoreState<Signed, Signed> {
    return this.#state;
  }

  get round(): RoundState {
    const machine = roundState(this.#state);
    if (machine === null) throw new Error('no height was started');
    return machine;
  }

  /** Steps, answers what is answered at once, and returns all effects of that. */
  give(...inputs: readonly Input<Signed, Signed>[]): readonly TestEffect[] {
    const before = this.effects.length;
    const queue = [...inputs];
    for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
      const result = step(this.#state, input);
      this.#state = result.state;
      this.effects.push(...result.effects);
      queue.push(...result.effects.flatMap((effect) => this.#answers(effect)));
    }
    return this.effects.slice(before);
  }

  prevotes(value: string | null, round: number, ...voters: readonly string[]): readonly TestEffect[] {
    return this.give(...voters.map((voter) => ({ _tag: 'VoteReceived', vote: prevote(voter, value, round) }) as const));
  }

  precommits(value: string | null, round: number, ...voters: readonly string[]): readonly TestEffect[] {
    return this.give(
      ...voters.map((voter) => ({ _tag: 'VoteReceived', vote: precommit(voter, value, round) }) as const),
    );
  }

  proposal(
    proposer: string,
    value: string,
    round = 0,
    validRound: number | null = null,
    timely = true,
  ): readonly TestEffect[] {
    return this.give({ _tag: 'ProposalReceived', proposal: proposal(proposer, value, round, validRound), timely });
  }

  timeout(kind: 'propose' | 'prevote' | 'precommit' | 'repeat', round = this.round.round): readonly TestEffect[] {
    return this.give({ _tag: 'TimeoutElapsed', kind, height: this.round.height, round });
  }

  all<Tag extends TestEffect['_tag']>(
    tag: Tag,
    among: readonly TestEffect[] = this.effects,
  ): readonly Extract<TestEffect, { readonly _tag: Tag }>[] {
    return among.filter((effect): effect is Extract<TestEffect, { readonly _tag: Tag }> => effect._tag === tag);
  }

  votes(among: readonly TestEffect[] = this.effects): readonly Vote[] {
    return this.all('SignVote', among).map(({ vote }) => vote);
  }

  proposals(among: readonly TestEffect[] = this.effects): readonly Proposal[] {
    return this.all('SignProposal', among).map((effect) => effect.proposal);
  }

  #answers(effect: TestEffect): readonly Input<Signed, Signed>[] {
    switch (effect._tag) {
      case 'JudgeValue':
      case 'FetchValue': {
        const verdict = this.#manners.judge(effect.value);
        return verdict === null ? [] : [{ _tag: 'ValueJudged', height: effect.height, value: effect.value, verdict }];
      }
      case 'SignVote':
        return this.#manners.signs
          ? [{ _tag: 'OwnSigned', message: { _tag: 'Vote', vote: signVote(effect.vote) } }]
          : [];
      case 'SignProposal':
        return this.#manners.signs
          ? [{ _tag: 'OwnSigned', message: { _tag: 'Proposal', proposal: signProposal(effect.proposal) } }]
          : [];
      default:
        return [];
    }
  }
}
