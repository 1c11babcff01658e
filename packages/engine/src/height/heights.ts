import { either as E } from 'fp-ts';
import { commitCertificate } from '@zhtp/bft';
import { addLatePrecommits, type SigningContext } from '@zhtp/chain';
import type { CommittedBlock } from '@zhtp/types';
import type { ChainState } from './chain-state.ts';
import type { CoreLoop } from '../loop/core-loop.ts';
import type { CoreEffect } from '../effects/effects.ts';
import { paramsOf, viewAfter } from './height-cycle.ts';
import { proposerAt, type HeightView } from './height-view.ts';
import type { JournalEntry } from '../recovery/journal-entry.ts';
import type { NextHeightEntries } from './next-height-entries.ts';
import type { CoreInput, NodeContext } from '../node-context.ts';
import { createOwnOrder, ownCounted } from '../recovery/own-order.ts';
import { missingProtocol } from './protocol-upgrade.ts';
import { absorb, createOpenEffects, type Absorbers } from '../recovery/replay.ts';
import { blockIdOfValue } from '../loop/translate.ts';

/** What a node keeps about one height only, and forgets with it. */
interface OfOneHeight {
  reset(): void;
}

/** What goes on from height to height and has something to do when one begins. */
interface OverHeights {
  heightStarted(height: bigint): void;
}

export interface HeightParts {
  readonly signing: SigningContext;
  readonly repeatMs: number;
  /** Protocols this node runs heights on. */
  readonly protocols: readonly number[];
  readonly loop: CoreLoop;
  readonly nextEntries: NextHeightEntries;
  readonly absorbers: Absorbers;
  readonly decisions: OfOneHeight & { restore(): void };
  readonly ofOneHeight: readonly OfOneHeight[];
  readonly overHeights: readonly OverHeights[];
  /** Carries out an effect that the journal does not show as answered. */
  readonly execute: (effect: CoreEffect) => void;
}

/** The height in progress, and how the next one begins: anew, or as the journal has it. */
export interface Heights {
  current(): HeightView | undefined;
  head(): CommittedBlock | undefined;
  /** Decided and executed; the next height has not begun. */
  decided(committed: CommittedBlock): void;
  start(state: ChainState, parent: CommittedBlock | undefined): void;
  /** The next height after a decided one, with the precommits that came late. */
  startNext(state: ChainState, committed: CommittedBlock): void;
  /** The height in progress as the journal has it; what it left unanswered is asked again. */
  resume(state: ChainState, parent: CommittedBlock | undefined, entries: readonly JournalEntry[]): void;
}

export const isOfNextHeight = (height: bigint, input: CoreInput): boolean =>
  (input._tag === 'VoteReceived' && input.vote.vote.height > height) ||
  (input._tag === 'ProposalReceived' && input.proposal.proposal.height > height) ||
  (input._tag === 'CertificateReceived' && input.certificate.height > height);

/** @param askForParts asked when the first height begins: the parts and the heights know each other */
export const createHeights = (ctx: NodeContext, askForParts: () => HeightParts): Heights => {
  let parts: HeightParts | undefined;
  const partsOf = (): HeightParts => (parts ??= askForParts());
  const self = ctx.ports.signer?.identity;
  let current: HeightView | undefined;
  let head: CommittedBlock | undefined;

  const enter = (state: ChainState, parent: CommittedBlock | undefined): HeightView => {
    head = parent;
    const { signing, ofOneHeight } = partsOf();
    current = viewAfter(signing, state, parent, current);
    ctx.bodies.dropUpTo(state.height);
    ctx.peers.forgetMessages();
    for (const part of ofOneHeight) part.reset();
    ctx.ports.verifier.setPosition({ height: current.height, round: 0 });
    return current;
  };

  const begun = (height: bigint): void => {
    for (const part of partsOf().overHeights) part.heightStarted(height);
  };

  const start = (state: ChainState, parent: CommittedBlock | undefined): void => {
    const { loop, nextEntries, protocols, repeatMs } = partsOf();
    const missing = missingProtocol(state.parameters, state.height + 1n, protocols);
    if (missing !== undefined) {
      ctx.halt(missing);
      return;
    }
    const entered = enter(state, parent);
    ctx.emit({ _tag: 'HeightStarted', height: entered.height });
    // Written before the core starts the height: a replay begins here, and takes up what had come early.
    ctx.record({ _tag: 'HeightStarted', height: entered.height });
    for (const entry of nextEntries.take()) ctx.record(entry);
    loop.post({ entry: undefined, input: { _tag: 'StartHeight', params: paramsOf(entered, self, repeatMs) } });
    begun(entered.height);
  };

  /** Precommits that came while the next height waited join the certificate that the next block carries. */
  const withLatePrecommits = (committed: CommittedBlock): CommittedBlock => {
    const late = commitCertificate(partsOf().loop.state());
    const { certificate } = committed;
    const extended =
      late === null
        ? certificate
        : addLatePrecommits(
            ctx.view().sets.current,
            certificate,
            late.votes.map(({ signed }) => signed),
          );
    if (extended === certificate) return committed;
    const longer = { ...committed, certificate: extended };
    // Only who proposes next has to know them after a restart: all others take the certificate that its block brings, and
    // whoever asks for the head before is served by the quorum that is stored with it.
    if (proposerAt(ctx.view(), extended.height + 1n, 0) !== self) return longer;
    ctx.ports.blockStore.saveHeadCertificate(extended, (saved) => {
      if (E.isLeft(saved))
        ctx.halt(`the certificate of height ${String(extended.height)} could not be stored: ${saved.left.message}`);
    });
    return longer;
  };

  /** As in life: a body the core asked about stays, whatever its sender sent afterwards. */
  const holdBody = (effect: CoreEffect): void => {
    if (effect._tag === 'JudgeValue' || effect._tag === 'FetchValue' || effect._tag === 'Decide')
      ctx.bodies.keep(blockIdOfValue(effect.value));
  };

  const resume = (state: ChainState, parent: CommittedBlock | undefined, entries: readonly JournalEntry[]): void => {
    const { loop, nextEntries, absorbers, decisions, repeatMs, execute } = partsOf();
    const entered = enter(state, parent);
    const open = createOpenEffects();
    for (const effect of loop.replay({ _tag: 'StartHeight', params: paramsOf(entered, self, repeatMs) }))
      open.asked(effect);
    const own = createOwnOrder();
    const replay = (input: CoreInput): void => {
      for (const effect of loop.replay(input)) {
        holdBody(effect);
        open.asked(effect);
      }
    };
    for (const entry of entries) {
      const input = entry._tag === 'OwnCounted' ? own.take(entry) : absorb(ctx, absorbers, entry);
      if (input === undefined) continue;
      if (isOfNextHeight(entered.height, input)) nextEntries.keep({ entry, input });
      if (entry._tag === 'Committed') decisions.restore();
      open.answered(input);
      if (entry._tag === 'Own' && input._tag === 'OwnSigned') own.hold(input);
      else replay(input);
    }
    for (const input of own.rest()) {
      ctx.record(ownCounted(input));
      replay(input);
    }
    ctx.emit({ _tag: 'Replayed', height: entered.height, records: entries.length });
    // First: what a decision comes with is asked about before the decision itself is taken up.
    begun(entered.height);
    for (const effect of open.inOrder()) execute(effect);
  };

  return {
    current: () => current,
    head: () => head,
    decided: (committed) => {
      head = committed;
    },
    start,
    startNext: (state, committed) => {
      start(state, withLatePrecommits(committed));
    },
    resume,
  };
};
