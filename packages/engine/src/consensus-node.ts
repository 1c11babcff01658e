import { either as E } from 'fp-ts';
import { commitCertificate, fingerprint, roundState, type RoundState } from '@zhtp/bft';
import { addLatePrecommits, genesisHashOf, type SigningContext } from '@zhtp/chain';
import type { Answer, CommittedBlock, ConsensusRound, Genesis, Hash, LivenessMonitor, PeerEvent } from '@zhtp/types';
import { Subject, type Observable, type Subscription } from 'rxjs';
import { createApplicationQueue } from './application-queue.ts';
import { createAttestations } from './attestations.ts';
import { createBlockSync } from './block-sync.ts';
import { createBodies } from './bodies.ts';
import { createBodyExchange } from './body-exchange.ts';
import { createBuilding } from './building.ts';
import type { ChainState } from './chain-state.ts';
import { createCommitting } from './committing.ts';
import { createCoreLoop } from './core-loop.ts';
import { createCounters, type CounterName } from './counters.ts';
import { createDecisionIntake } from './decision-intake.ts';
import { createEffects, type CoreEffect } from './effects.ts';
import { createEvidenceIntake } from './evidence-intake.ts';
import { recover, type Recovered } from './executing.ts';
import { DEFAULT_REPEAT_MS, paramsOf, pauseMs, viewAfter } from './height-cycle.ts';
import { createHeartbeats } from './heartbeats.ts';
import type { HeightView } from './height-view.ts';
import { createInbound } from './inbound.ts';
import type { JournalEntry } from './journal-entry.ts';
import { createJudging } from './judging.ts';
import type { MempoolLimits } from './mempool.ts';
import { createNextHeightEntries } from './next-height-entries.ts';
import type { CoreInput, Mail, NodeContext } from './node-context.ts';
import type { NodeEvent } from './node-event.ts';
import type { NodePorts } from './node-ports.ts';
import { createOutbox, payloadOf } from './outbox.ts';
import { createOwnOrder, ownCounted } from './own-order.ts';
import { ownStatus } from './own-status.ts';
import { createPastHeights } from './past-heights.ts';
import { createPeers } from './peers.ts';
import { createPolkaIntake } from './polka-intake.ts';
import { createProposalIntake } from './proposal-intake.ts';
import { loadRemembered } from './remembered-rows.ts';
import { absorb, createOpenEffects, entriesOfHeight, readEntries } from './replay.ts';
import { missingProtocol, SPOKEN_PROTOCOLS } from './protocol-upgrade.ts';
import { consensusRoundOf, type RoundClock } from './round-view.ts';
import { createRoundExchange } from './round-exchange.ts';
import { createSigning } from './signing.ts';
import { unsupportedParameters } from './supported-parameters.ts';
import { createTimeouts } from './timeouts.ts';
import { createTransactions, type SubmitRefusal } from './transactions.ts';
import { blockIdOfValue } from './translate.ts';
import { createVoteIntake } from './vote-intake.ts';
import { createVoteExtensions } from './vote-extensions.ts';

const NEIGHBOURS_EVERY_HEIGHTS = 16n;

/** Peers come and go in groups: told once for all of them, or a mesh would be built with a cube of messages. */
const NEIGHBOURS_AFTER_MS = 20;

export interface NodeOptions {
  readonly genesis: Genesis;
  readonly ports: NodePorts;
  /** What the journal kept from before the start, in order. */
  readonly journalRecords: readonly Uint8Array[];
  readonly mempoolLimits?: MempoolLimits;
  readonly repeatMs?: number;
  /** Protocols the node runs heights on: those of this version when left out. */
  readonly protocols?: readonly number[];
}

export interface NodeStatus {
  readonly genesisHash: Hash;
  readonly state: ChainState;
  readonly head: CommittedBlock | undefined;
  /** Round, step and locks of the height in progress. */
  readonly round: RoundState | undefined;
  readonly peers: number;
  /** Who is silent, by heartbeats: for operators, nothing in the protocol reads it. */
  readonly liveness: LivenessMonitor;
  readonly mempool: { readonly transactions: number; readonly bytes: number };
  /** Verified evidence that waits for a block. */
  readonly evidence: { readonly pieces: number; readonly bytes: number };
  readonly counters: Readonly<Partial<Record<CounterName, number>>>;
  readonly halted: string | undefined;
}

/** One node: the shell around the core, all ports given. No promise and no clock of its own inside. */
export interface ConsensusNode {
  /** Recovers what is on disk, replays the height in progress and goes on from there. Answers when it takes part. */
  start(done: Answer<string, void>): void;
  stop(): void;
  submitTransaction(bytes: Uint8Array, done: Answer<SubmitRefusal, Hash>): void;
  /** The bytes of what waits in the mempool, each sender's in the order of its sequences. Not to be changed by the caller. */
  waitingTransactions(): readonly Uint8Array[];
  status(): NodeStatus | undefined;
  /** The documented view of the round in progress; undefined before the start. */
  currentRound(): ConsensusRound | undefined;
  /** Equal exactly when two cores answer every input alike: what a restart must bring back. */
  coreFingerprint(): string;
  readonly events$: Observable<NodeEvent>;
  /** Resolves once the application has no call open; a simulated world waits for it between two events. */
  readonly applicationIdle: () => Promise<void>;
  readonly isApplicationBusy: () => boolean;
}

export const createConsensusNode = ({
  genesis,
  ports,
  journalRecords,
  mempoolLimits,
  repeatMs = DEFAULT_REPEAT_MS,
  protocols = SPOKEN_PROTOCOLS,
}: NodeOptions): ConsensusNode => {
  const genesisHash = genesisHashOf(genesis);
  const signing: SigningContext = { genesisHash, algorithm: genesis.signatureAlgorithm };
  const counters = createCounters();
  const peers = createPeers(() => {
    counters.count('messageIdsForgotten');
  });
  const application = createApplicationQueue();
  const events$ = new Subject<NodeEvent>();
  const bodies = createBodies(
    (id) => {
      const machine = roundState(loop.state());
      return machine?.locked?.value === id || machine?.valid?.value === id;
    },
    () => {
      counters.count('bodyDropped');
    },
  );
  const nextEntries = createNextHeightEntries(() => {
    counters.count('nextHeightDisplaced');
  });
  const subscriptions: Subscription[] = [];
  let pendingEvents: NodeEvent[] = [];
  let current: HeightView | undefined;
  let head: CommittedBlock | undefined;
  let halted: string | undefined;
  let stopPause: (() => void) | undefined;
  let stopTelling: (() => void) | undefined;
  let running = false;
  let roundClock: RoundClock = { round: -1, startTime: 0n, timedOut: false };

  const view = (): HeightView => {
    if (current === undefined) throw new Error('broken invariant in engine: no height in progress before the start');
    return current;
  };

  const flush = (): void => {
    if (pendingEvents.length === 0) return;
    const events = pendingEvents;
    pendingEvents = [];
    for (const event of events) events$.next(event);
  };

  const stop = (): void => {
    if (!running) return;
    running = false;
    stopPause?.();
    stopTelling?.();
    loop.close();
    timeouts.cancelAll();
    building?.stop();
    sync.stop();
    heartbeats.stop();
    application.close();
    subscriptions.forEach((subscription) => {
      subscription.unsubscribe();
    });
    flush();
    events$.complete();
  };

  const halt = (reason: string): void => {
    if (halted !== undefined) return;
    halted = reason;
    pendingEvents.push({ _tag: 'Halted', reason });
    stop();
  };

  const isOfNextHeight = (input: CoreInput): boolean =>
    (input._tag === 'VoteReceived' && input.vote.vote.height > view().height) ||
    (input._tag === 'ProposalReceived' && input.proposal.proposal.height > view().height) ||
    (input._tag === 'CertificateReceived' && input.certificate.height > view().height);

  const post = (mail: Mail): void => {
    if (isOfNextHeight(mail.input)) nextEntries.keep(mail);
    loop.post(mail);
  };

  const ctx: NodeContext = {
    genesis,
    genesisHash,
    ports,
    counters,
    application,
    peers,
    bodies,
    outbox: createOutbox(ports.network, peers, counters),
    view,
    nearestFar: (height) => (height === view().height ? Math.max(0, roundState(loop.state())?.round ?? 0) + 2 : 2),
    isRunning: () => running,
    hasDecided: () => decisions.hasCoreDecided(),
    post,
    record: (entry) => {
      if (running) loop.record(entry);
    },
    emit: (event) => {
      if (loop.isBusy() || pendingEvents.length > 0) pendingEvents.push(event);
      else events$.next(event);
    },
    accuse: (found) => {
      evidence.accuse(found);
    },
    halt,
  };

  const self = ports.signer?.identity;
  const past = createPastHeights();
  const evidence = createEvidenceIntake(ctx, past);
  const transactions = createTransactions(ports, application, counters, halt, mempoolLimits);
  const attestations = createAttestations(ctx);
  const extensions = createVoteExtensions(ctx);
  const votes = createVoteIntake(ctx, attestations, extensions);
  const polkas = createPolkaIntake(ctx, votes);
  const decisions = createDecisionIntake(ctx);
  const judging = createJudging(ctx, past);
  const building =
    self === undefined ? undefined : createBuilding(ctx, self, transactions.mempool, evidence, extensions);
  const sync = createBlockSync(ctx, decisions);
  const bodyExchange = createBodyExchange(ctx, (blockId, block) => {
    ctx.record({ _tag: 'Body', block });
    judging.judge(blockId);
    proposals.bodyArrived(blockId);
    committing.bodyArrived(blockId);
  });
  const proposals = createProposalIntake(ctx, bodyExchange.fetch);
  const timeouts = createTimeouts(ports.timers, (kind, height, round) => {
    if (kind !== 'repeat' && round === roundClock.round) roundClock = { ...roundClock, timedOut: true };
    const timeout = { _tag: 'TimeoutElapsed' as const, kind, height, round };
    post({ entry: timeout, input: timeout });
  });
  const ownSigning =
    ports.signer === undefined ? undefined : createSigning(ctx, ports.signer, proposals, attestations, extensions);
  /** Also after a restart: the signer gives the same signature again, and never another. */
  const attest = ({ height, blockId, appHash }: ChainState): void => {
    if (!attestations.areOn() || height < genesis.initialHeight) return;
    attestations.executed(height, { blockId, appHash });
    ownSigning?.attest(height, { blockId, appHash });
  };
  const committing = createCommitting(ctx, past, extensions, bodyExchange.fetch, ({ committed, state }) => {
    head = committed;
    evidence.committed(committed.block);
    transactions.committed(committed.block);
    ctx.outbox.broadcast(payloadOf(ownStatus(ctx)));
    attest(state);
    stopPause = ports.timers.start(
      pauseMs(state, ports.clock.nowMs(), transactions.mempool.size().transactions > 0),
      () => {
        startHeight(state, withLatePrecommits(committed));
      },
    );
  });
  const rounds = createRoundExchange(ctx, () => loop.state(), votes);
  const execute = createEffects(ctx, {
    signing: ownSigning,
    building,
    judging,
    bodies: bodyExchange,
    timeouts,
    committing,
    decisions,
    rounds,
    extensions,
  });
  const executeAndNote = (effect: CoreEffect): void => {
    if (effect._tag === 'StepChanged' && (effect.round !== roundClock.round || effect.step === 'propose'))
      roundClock = { round: effect.round, startTime: ports.clock.nowMs(), timedOut: false };
    if (effect._tag === 'StepChanged')
      ports.verifier.setPosition({ height: effect.height, round: Math.max(0, effect.round) });
    execute(effect);
  };
  const loop = createCoreLoop(ports.journal, executeAndNote, flush);
  const heartbeats = createHeartbeats(ctx, ports.signer, () => roundState(loop.state()));
  const inbound = createInbound(ctx, {
    rounds,
    votes,
    proposals,
    polkas,
    decisions,
    bodies: bodyExchange,
    sync,
    heartbeats,
  });

  /** Precommits that came while the next height waited join the certificate that the next block carries. */
  const withLatePrecommits = (committed: CommittedBlock): CommittedBlock => {
    const late = commitCertificate(loop.state());
    const { certificate } = committed;
    const extended =
      late === null
        ? certificate
        : addLatePrecommits(
            view().sets.current,
            certificate,
            late.votes.map(({ signed }) => signed),
          );
    if (extended === certificate) return committed;
    ports.blockStore.saveHeadCertificate(extended, (saved) => {
      if (E.isLeft(saved))
        halt(`the certificate of height ${String(extended.height)} could not be stored: ${saved.left.message}`);
    });
    return { ...committed, certificate: extended };
  };

  const enterHeight = (state: ChainState, parent: CommittedBlock | undefined): HeightView => {
    head = parent;
    current = viewAfter(signing, state, parent, current);
    bodies.dropUpTo(state.height);
    peers.forgetMessages();
    polkas.reset();
    decisions.reset();
    judging.reset();
    bodyExchange.reset();
    proposals.reset();
    ports.verifier.setPosition({ height: current.height, round: 0 });
    return current;
  };

  const startHeight = (state: ChainState, parent: CommittedBlock | undefined): void => {
    const missing = missingProtocol(state.parameters, state.height + 1n, protocols);
    if (missing !== undefined) {
      halt(missing);
      return;
    }
    const entered = enterHeight(state, parent);
    ctx.emit({ _tag: 'HeightStarted', height: entered.height });
    evidence.heightStarted();
    // Written before the core starts the height: a replay begins here, and takes up what had come early.
    ctx.record({ _tag: 'HeightStarted', height: entered.height });
    for (const entry of nextEntries.take()) ctx.record(entry);
    loop.post({ entry: undefined, input: { _tag: 'StartHeight', params: paramsOf(entered, self, repeatMs) } });
    extensions.heightStarted();
    sync.heightStarted();
    // Said again now and then: a peer that missed it would pass on to us what we hear anyway.
    if (entered.height % NEIGHBOURS_EVERY_HEIGHTS === 0n) tellNeighbours();
  };

  /** As in life: a body the core asked about stays, whatever its sender sent afterwards. */
  const holdBody = (effect: CoreEffect): void => {
    if (effect._tag === 'JudgeValue' || effect._tag === 'FetchValue' || effect._tag === 'Decide')
      bodies.keep(blockIdOfValue(effect.value));
  };

  /** The height in progress as the journal has it; what it left unanswered is asked again. */
  const resumeHeight = (
    state: ChainState,
    parent: CommittedBlock | undefined,
    entries: readonly JournalEntry[],
  ): void => {
    const entered = enterHeight(state, parent);
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
      const input = entry._tag === 'OwnCounted' ? own.take(entry) : absorb(ctx, { proposals, extensions }, entry);
      if (input === undefined) continue;
      if (isOfNextHeight(input)) nextEntries.keep({ entry, input });
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
    for (const effect of open.inOrder()) executeAndNote(effect);
    extensions.heightStarted();
    sync.heightStarted();
  };

  const tellNeighbours = (): void => {
    ctx.outbox.broadcast(payloadOf({ _tag: 'Neighbours', validators: peers.validators() }));
  };

  const neighboursChanged = (): void => {
    stopTelling ??= ports.timers.start(NEIGHBOURS_AFTER_MS, () => {
      stopTelling = undefined;
      tellNeighbours();
    });
  };

  const onPeer = (event: PeerEvent): void => {
    switch (event._tag) {
      case 'Connected': {
        const peer = peers.connect(event.peer);
        ctx.outbox.send(peer, ownStatus(ctx));
        ctx.outbox.send(peer, { _tag: 'Neighbours', validators: peers.validators() });
        return;
      }
      case 'Bound': {
        if (peers.bind(event.peer, event.validator) === undefined) return;
        ctx.emit({ _tag: 'PeerBound', peer: event.peer, validator: event.validator });
        neighboursChanged();
        return;
      }
      case 'Disconnected':
        peers.disconnect(event.peer);
        sync.disconnected(event.peer);
        bodyExchange.disconnected(event.peer);
        ctx.emit({ _tag: 'PeerLost', peer: event.peer });
        neighboursChanged();
        return;
    }
  };

  const connect = (): void => {
    subscriptions.push(
      ports.network.peers$.subscribe(onPeer),
      ports.network.inbound$.subscribe(inbound),
      ports.network.requests$.subscribe(sync.serve),
      ports.network.gossip$.subscribe((gossip) => {
        if (gossip.topic === 'transactions') transactions.gossiped(gossip);
        else evidence.gossiped(gossip);
      }),
    );
  };

  const go = ({ state, head: stored }: Recovered, entries: readonly JournalEntry[]): void => {
    const resumed = entriesOfHeight(entries, state.height + 1n);
    const begun = entries.some((entry) => entry._tag === 'HeightStarted' && entry.height === state.height + 1n);
    if (begun) resumeHeight(state, stored, resumed);
    else startHeight(state, stored);
    connect();
    attest(state);
    if (running) heartbeats.start();
  };

  return {
    events$,
    coreFingerprint: () => fingerprint(loop.state()),
    applicationIdle: application.idle,
    isApplicationBusy: application.isBusy,
    stop,
    start: (done) => {
      const unsupported = unsupportedParameters(genesis.parameters, ports.application);
      const entries = unsupported === undefined ? readEntries(journalRecords) : E.left(unsupported);
      if (E.isLeft(entries)) {
        done(entries);
        return;
      }
      running = true;
      const refuse = (reason: string): void => {
        stop();
        done(E.left(reason));
      };
      loadRemembered(ports.chainStates, past, (pooled) => {
        if (!running) return;
        if (E.isLeft(pooled)) {
          refuse(pooled.left);
          return;
        }
        recover(ports, application, past, genesis, (recovered) => {
          if (!running) return;
          if (E.isLeft(recovered)) {
            refuse(recovered.left);
            return;
          }
          const { state } = recovered.right;
          const missing = missingProtocol(state.parameters, state.height + 1n, protocols);
          if (missing !== undefined) {
            refuse(missing);
            return;
          }
          evidence.restore(pooled.right);
          const goOn = (): void => {
            if (!running) return;
            go(recovered.right, entries.right);
            done(E.right(undefined));
          };
          const { head: stored } = recovered.right;
          if (stored === undefined) goOn();
          else extensions.load(state.parameters, stored.certificate, goOn);
        });
      });
    },
    submitTransaction: (bytes, done) => {
      // Before recovery ends the application has not been told where it stands, and its failure to answer would stop us.
      if (current === undefined)
        done(
          E.left({
            code: 'NotReady',
            reason: 'the node is still starting: submit the transaction again when it takes part',
          }),
        );
      else transactions.submit(bytes, done);
    },
    waitingTransactions: () => transactions.mempool.inOrder().map(({ bytes }) => bytes),
    currentRound: () => {
      const machine = roundState(loop.state());
      return current === undefined || machine === null ? undefined : consensusRoundOf(current, machine, roundClock);
    },
    status: () =>
      current === undefined
        ? undefined
        : {
            genesisHash,
            state: current.state,
            head,
            round: roundState(loop.state()) ?? undefined,
            peers: peers.count(),
            liveness: heartbeats.monitor(),
            mempool: transactions.mempool.size(),
            evidence: evidence.size(),
            counters: counters.read(),
            halted,
          },
  };
};
