import type { NodeEvent, NodeStatus } from '@zhtp/engine';
import { ANY, type Knowledge } from './safety-knowledge.ts';
import type { SeenProposal, SeenVote } from './safety-messages.ts';
import type { Signatures } from './safety-signatures.ts';
import type { Violated } from './safety-violation.ts';
import type { Voters } from './safety-voters.ts';

/** Round, step, lock and valid value of a node as it shows them. */
export type ShownRound = NonNullable<NodeStatus['round']>;

/** What a correct node does, beside what it has heard and where it says it stands (S6, S7, S9 to S13). */
export interface Conduct {
  /** A vote of its own key leaves a node for the first time. */
  released(node: number, vote: SeenVote, shown: ShownRound | undefined): void;
  offered(node: number, proposal: SeenProposal): void;
  observe(node: number, event: NodeEvent, shown: ShownRound | undefined): void;
}

type Step = ShownRound['step'];

const STEP_ORDER: Readonly<Record<Step, number>> = { unstarted: -1, propose: 0, prevote: 1, precommit: 2, commit: 3 };

interface Position {
  height: bigint;
  round: number;
  step: Step;
  /** Replayed at this height: where it stands is not shown before its next step, and its journal knows votes that never left. */
  isResumed: boolean;
  isShown: boolean;
  /** The signer was asked at this height for something it must not sign: slots may be left empty. */
  hasSilence: boolean;
  /** Rounds in which it told of a vote it signed: without a peer in reach nothing of that can be seen to leave. */
  readonly voted: Set<number>;
  /** Of this incarnation and height. */
  last: ShownRound | undefined;
}

const at = (height: bigint, isResumed: boolean): Position => ({
  height,
  round: -1,
  step: 'unstarted',
  isResumed,
  isShown: !isResumed,
  hasSilence: false,
  voted: new Set(),
  last: undefined,
});

export const createConduct = (
  voters: Voters,
  signatures: Signatures,
  knowledge: Knowledge,
  violated: Violated,
): Conduct => {
  const positions = new Map<number, Position>();

  /** S6: nothing for a later round, nothing before its step. */
  const checkPlace = (node: number, height: bigint, round: number, step: Step): void => {
    const position = positions.get(node);
    if (position === undefined || position.height !== height || !position.isShown) return;
    const isEarly =
      round > position.round || (round === position.round && STEP_ORDER[position.step] < STEP_ORDER[step]);
    if (isEarly)
      violated(
        'message before its round or step',
        height,
        `node ${String(node)} sent a message of ${step}, round ${String(round)}, in ${position.step}, round ${String(position.round)}`,
      );
  };

  const place = (node: number, { height, round, step }: SeenVote): string =>
    `node ${String(node)}, height ${String(height)}, round ${String(round)}, ${step}`;

  /** S11: a prevote for a block follows its offer, fresh or with a polka; and the polka it claims is known. */
  const checkPrevote = (node: number, vote: SeenVote, value: string): void => {
    const { height, round, polRound } = vote;
    // A proposal of its own may be on its disk and not have found a peer yet; weighted rotation is not judged.
    const isOwn = (voters.proposerOf(height, round) ?? vote.voter) === vote.voter;
    const hasReason =
      isOwn ||
      [...knowledge.offers(node, height, round, value)].some(
        (validRound) => validRound < 0 || (validRound < round && knowledge.hasPolka(node, height, validRound, value)),
      );
    if (!hasReason) violated('prevote without a reason', height, `${place(node, vote)} for ${value}: no offer of it`);
    if (polRound >= 0 && !(polRound < round && knowledge.hasPolka(node, height, polRound, value)))
      violated(
        'prevote without a reason',
        height,
        `${place(node, vote)} for ${value}: claims a polka of round ${String(polRound)} that it does not know`,
      );
  };

  /** S12, and S9 where the node shows its lock. */
  const checkPrecommit = (node: number, vote: SeenVote, shown: ShownRound | undefined): void => {
    const { height, round, value } = vote;
    if (!knowledge.hasPolka(node, height, round, value ?? ANY))
      violated('precommit without a polka', height, `${place(node, vote)} for ${value ?? 'nil'}`);
    const position = positions.get(node);
    const isWhole = position?.height === height && !position.isResumed && !position.hasSilence;
    const hasPrevoted = position?.voted.has(round) === true || signatures.hasVote(vote.voter, height, round, 'prevote');
    if (isWhole && !hasPrevoted) violated('precommit without a prevote', height, place(node, vote));
    if (value !== undefined && shown?.height === height) checkLock(node, vote, shown);
  };

  const checkLock = (node: number, precommit: SeenVote, { height, locked }: ShownRound): void => {
    const isLock =
      locked !== null &&
      (locked.round > precommit.round || (locked.round === precommit.round && locked.value === precommit.value));
    if (!isLock)
      violated(
        'lock is not the last precommit',
        height,
        `${place(node, precommit)} for ${precommit.value ?? 'nil'}, locked on ${locked === null ? 'nothing' : `${locked.value} of round ${String(locked.round)}`}`,
      );
  };

  /** S10 within an incarnation, S9 over all of them, S13. */
  const checkShown = (node: number, shown: ShownRound, before: ShownRound | undefined): void => {
    const { height, round, locked, valid } = shown;
    const lockedRound = locked?.round ?? -1;
    const validRound = valid?.round ?? -1;
    const wentBack =
      before !== undefined &&
      (round < before.round || lockedRound < (before.locked?.round ?? -1) || validRound < (before.valid?.round ?? -1));
    if (wentBack || validRound < lockedRound)
      violated(
        'round, lock or valid value went back',
        height,
        `node ${String(node)} in round ${String(round)}, locked in ${String(lockedRound)}, valid in ${String(validRound)}`,
      );
    if (valid !== null && !knowledge.hasPolka(node, height, valid.round, valid.value))
      violated('valid value without a polka', height, `node ${String(node)}, round ${String(valid.round)}`);
    const own = voters.ofNode(node);
    const last = own < 0 ? undefined : signatures.lastPrecommit(own, height);
    if (last !== undefined) checkLock(node, last, shown);
  };

  const show = (node: number, position: Position, shown: ShownRound | undefined): void => {
    if (shown === undefined || shown.height !== position.height) return;
    checkShown(node, shown, position.last);
    position.last = shown;
  };

  return {
    released: (node, vote, shown) => {
      if (vote.step === 'attestation') return;
      checkPlace(node, vote.height, vote.round, vote.step);
      if (vote.step === 'precommit') checkPrecommit(node, vote, shown);
      else if (vote.value !== undefined) checkPrevote(node, vote, vote.value);
    },
    offered: (node, { height, round }) => {
      checkPlace(node, height, round, 'propose');
    },
    observe: (node, event, shown) => {
      if (event._tag === 'HeightStarted' || event._tag === 'Replayed') {
        const position = at(event.height, event._tag === 'Replayed');
        positions.set(node, position);
        knowledge.forgetBelow(node, event.height);
        show(node, position, shown);
        return;
      }
      const position = positions.get(node);
      if (position === undefined) return;
      if (event._tag === 'SignerRefused') position.hasSilence = true;
      // The event of a precommit follows its release, so that whatever is here by then was a prevote.
      if (event._tag === 'Signed' && event.message === 'Vote' && event.height === position.height)
        position.voted.add(event.round);
      if (event._tag !== 'StepEntered') return;
      position.round = event.round;
      position.step = event.step;
      position.isShown = true;
      show(node, position, shown);
    },
  };
};
