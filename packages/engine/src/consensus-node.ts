import { either as E } from 'fp-ts';
import { fingerprint, knownPolkas, roundState } from '@zhtp/bft';
import { genesisHashOf, type SigningContext } from '@zhtp/chain';
import type { Answer } from '@zhtp/types';
import type { Subscription } from 'rxjs';
import { createApplicationQueue } from './application/application-queue.ts';
import { createAttestations } from './intake/attestations.ts';
import { createBlockSync } from './catch-up/block-sync.ts';
import { createBodies } from './catch-up/bodies.ts';
import { createBodyExchange } from './catch-up/body-exchange.ts';
import { createBuilding } from './effects/building.ts';
import type { ChainState } from './height/chain-state.ts';
import { createCommitting } from './effects/committing.ts';
import { createCoreLoop } from './loop/core-loop.ts';
import { createCounters } from './counters.ts';
import { createDecisionIntake } from './intake/decision-intake.ts';
import { createEffects, type CoreEffect } from './effects/effects.ts';
import { exportEvidence } from './evidence/evidence-export.ts';
import { createEvidenceIntake } from './evidence/evidence-intake.ts';
import { createEventBuffer } from './loop/event-buffer.ts';
import type { Recovered } from './recovery/executing.ts';
import { DEFAULT_REPEAT_MS, pauseMs } from './height/height-cycle.ts';
import { createHeartbeats } from './gossip/heartbeats.ts';
import { createHeights, isOfNextHeight } from './height/heights.ts';
import type { HeightView } from './height/height-view.ts';
import { createInbound } from './intake/inbound.ts';
import type { JournalEntry } from './recovery/journal-entry.ts';
import { createJudging } from './effects/judging.ts';
import { createKeptPolkas } from './evidence/kept-polkas.ts';
import { messagesInView } from './evidence/messages-in-progress.ts';
import { createNextHeightEntries } from './height/next-height-entries.ts';
import { createNeighbours } from './gossip/neighbours.ts';
import type { Mail, NodeContext } from './node-context.ts';
import type { ConsensusNode, NodeOptions } from './node-face.ts';
import { createOutbox, payloadOf } from './gossip/outbox.ts';
import { ownStatus } from './gossip/own-status.ts';
import { createKeptParameters } from './height/kept-parameters.ts';
import { createKeptSets } from './height/kept-sets.ts';
import { createPastHeights } from './evidence/past-heights.ts';
import { createPeers } from './gossip/peers.ts';
import { createPolkaIntake } from './intake/polka-intake.ts';
import { createProposalIntake } from './intake/proposal-intake.ts';
import { entriesOfHeight } from './recovery/replay.ts';
import { SPOKEN_PROTOCOLS } from './height/protocol-upgrade.ts';
import { createRoundClock } from './height/round-clock.ts';
import { consensusRoundOf } from './height/round-view.ts';
import { createRoundExchange } from './catch-up/round-exchange.ts';
import { createStateSync, type StateSync } from './state-sync/state-sync.ts';
import { joinFirst } from './state-sync/joining.ts';
import { createSigning } from './effects/signing.ts';
import { createStateServer } from './catch-up/state-server.ts';
import { prepareStart } from './recovery/starting.ts';
import { createTimeouts } from './loop/timeouts.ts';
import { createTransactions } from './application/transactions.ts';
import { createVoteIntake } from './intake/vote-intake.ts';
import { createVoteExtensions } from './extensions/vote-extensions.ts';

/** Wires the parts of a node; each rule lives in one of them. Nothing runs before `start`. */
export const createConsensusNode = ({
  genesis,
  ports,
  journalRecords,
  mempoolLimits,
  repeatMs = DEFAULT_REPEAT_MS,
  protocols = SPOKEN_PROTOCOLS,
  stateSync: stateSyncOptions,
}: NodeOptions): ConsensusNode => {
  const genesisHash = genesisHashOf(genesis);
  const signing: SigningContext = { genesisHash, algorithm: genesis.signatureAlgorithm };
  const counters = createCounters();
  const peers = createPeers(() => {
    counters.count('messageIdsForgotten');
  });
  const application = createApplicationQueue();
  const events = createEventBuffer(() => loop.isBusy());
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
  let halted: string | undefined;
  let stopPause: (() => void) | undefined;
  let running = false;

  const view = (): HeightView => {
    const current = heights.current();
    if (current === undefined) throw new Error('broken invariant in engine: no height in progress before the start');
    return current;
  };

  const stop = (): void => {
    if (!running) return;
    running = false;
    stopPause?.();
    neighbours.stop();
    loop.close();
    timeouts.cancelAll();
    building?.stop();
    sync.stop();
    heartbeats.stop();
    stateSync?.stop();
    application.close();
    subscriptions.forEach((subscription) => {
      subscription.unsubscribe();
    });
    if (halted !== undefined) events.emit({ _tag: 'Halted', reason: halted });
    events.close();
  };

  const halt = (reason: string): void => {
    if (halted !== undefined) return;
    halted = reason;
    stop();
  };

  const post = (mail: Mail): void => {
    if (isOfNextHeight(view().height, mail.input)) nextEntries.keep(mail);
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
    emit: events.emit,
    accuse: (found) => {
      evidence.accuse(found);
    },
    halt,
  };

  let stateSync: StateSync | undefined;
  const syncState =
    stateSyncOptions === undefined
      ? undefined
      : (done: Answer<string, void>): void => {
          stateSync = createStateSync({
            genesis,
            signing,
            ports,
            application,
            counters,
            emit: events.emit,
            options: stateSyncOptions,
          });
          stateSync.run(done);
        };
  const self = ports.signer?.identity;
  const keptSets = createKeptSets();
  const past = createPastHeights(keptSets);
  const remembered = { sets: keptSets, past, parameters: createKeptParameters() };
  const evidence = createEvidenceIntake(ctx, past);
  const keptPolkas = createKeptPolkas(ctx, past, () =>
    (roundState(loop.state())?.round ?? 0) > 0 ? knownPolkas(loop.state()) : undefined,
  );
  const transactions = createTransactions(ports, application, counters, halt, mempoolLimits);
  const attestations = createAttestations(ctx);
  const extensions = createVoteExtensions(ctx);
  const votes = createVoteIntake(ctx, attestations, extensions);
  const polkas = createPolkaIntake(ctx, votes);
  const decisions = createDecisionIntake(ctx);
  const judging = createJudging(ctx, past);
  const building =
    self === undefined ? undefined : createBuilding(ctx, self, transactions.mempool, evidence, extensions);
  const sync = createBlockSync(ctx, decisions, createStateServer(ctx, keptSets, remembered.parameters));
  const bodyExchange = createBodyExchange(ctx, (blockId, block) => {
    if (!proposals.bodyArrived(blockId)) ctx.record({ _tag: 'Body', block });
    // A body of the next height comes early: the core asks for it to be judged when that height begins.
    if (block.header.height <= view().height) judging.judge(blockId);
    committing.bodyArrived(blockId);
  });
  const proposals = createProposalIntake(ctx, bodyExchange.fetch);
  const roundClock = createRoundClock(ports.clock);
  const timeouts = createTimeouts(ports.timers, (kind, height, round) => {
    roundClock.elapsed(kind, round);
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
  const outliving = { remembered, extensions, polkas: keptPolkas, attestations };
  const committing = createCommitting(ctx, outliving, bodyExchange.fetch, ({ committed, state }) => {
    heights.decided(committed);
    evidence.committed(committed.block);
    transactions.committed(committed.block);
    ctx.outbox.broadcast(payloadOf(ownStatus(ctx)));
    attest(state);
    stopPause = ports.timers.start(
      pauseMs(state, ports.clock.nowMs(), transactions.mempool.size().transactions > 0),
      () => {
        heights.startNext(state, committed);
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
    if (effect._tag === 'StepChanged') {
      roundClock.stepChanged(effect);
      ports.verifier.setPosition({ height: effect.height, round: Math.max(0, effect.round) });
    }
    execute(effect);
  };
  const loop = createCoreLoop(ports.journal, executeAndNote, events.flush);
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
    evidence,
  });

  const neighbours = createNeighbours(ctx, [sync, bodyExchange]);
  const heights = createHeights(ctx, () => ({
    signing,
    repeatMs,
    protocols,
    loop,
    nextEntries,
    absorbers: { proposals, extensions },
    decisions,
    ofOneHeight: [polkas, decisions, judging, bodyExchange, proposals],
    overHeights: [evidence, keptPolkas, extensions, sync, neighbours],
    execute: executeAndNote,
  }));

  const connect = (): void => {
    subscriptions.push(
      ports.network.peers$.subscribe(neighbours.onPeer),
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
    if (begun) heights.resume(state, stored, resumed);
    else heights.start(state, stored);
    if (running) attestations.restore(entries);
    connect();
    attest(state);
    if (running) heartbeats.start();
  };

  return {
    events$: events.events$,
    coreFingerprint: () => fingerprint(loop.state()),
    applicationIdle: application.idle,
    isApplicationBusy: application.isBusy,
    stop,
    start: (done) => {
      running = true;
      const refuse = (reason: E.Left<string>): void => {
        stop();
        done(reason);
      };
      joinFirst({ genesis, ports, application, syncState }, (joined) => {
        if (!running) return;
        if (E.isLeft(joined)) {
          refuse(joined);
          return;
        }
        prepareStart(
          { genesis, ports, journalRecords, protocols, application, remembered, polkas: keptPolkas },
          (prepared) => {
            if (!running) return;
            if (E.isLeft(prepared)) {
              refuse(prepared);
              return;
            }
            const { recovered, entries, pooled } = prepared.right;
            const goOn = (): void => {
              if (!running) return;
              go(recovered, entries);
              done(E.right(undefined));
            };
            evidence.restore(pooled);
            if (recovered.head === undefined) goOn();
            else extensions.load(recovered.state.parameters, recovered.head.certificate, goOn);
          },
        );
      });
    },
    submitTransaction: (bytes, done) => {
      // Before recovery ends the application has not been told where it stands, and its failure to answer would stop us.
      if (heights.current() === undefined)
        done(
          E.left({
            code: 'NotReady',
            reason: 'the node is still starting: submit the transaction again when it takes part',
          }),
        );
      else transactions.submit(bytes, done);
    },
    exportEvidence: (range, done) => {
      const current = heights.current();
      const inProgress = current === undefined ? [] : messagesInView(current, knownPolkas(loop.state()));
      exportEvidence({ genesis, ...ports, inProgress }, range)(done);
    },
    waitingTransactions: () => transactions.mempool.inOrder().map(({ bytes }) => bytes),
    currentRound: () => {
      const machine = roundState(loop.state());
      const current = heights.current();
      return current === undefined || machine === null
        ? undefined
        : consensusRoundOf(current, machine, roundClock.read());
    },
    status: () => {
      const current = heights.current();
      return current === undefined
        ? undefined
        : {
            genesisHash,
            state: current.state,
            head: heights.head(),
            round: roundState(loop.state()) ?? undefined,
            peers: peers.count(),
            liveness: heartbeats.monitor(),
            mempool: transactions.mempool.size(),
            evidence: evidence.size(),
            polkas: keptPolkas.size(),
            counters: counters.read(),
            halted,
          };
    },
  };
};
