import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { lightRules, type SigningContext } from '@zhtp/chain';
import type { Answer, Application, ApplicationError, Genesis, Header, ProposalVerdict } from '@zhtp/types';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ApplicationQueue } from '../application/application-queue.ts';
import type { Counters } from '../counters.ts';
import { answerNow, thenAsk, type Ask } from '../evidence/asking.ts';
import type { NodeEvent } from '../node-event.ts';
import type { NodePorts } from '../node-ports.ts';
import { createAskedPeers, lie } from './asked-peers.ts';
import { createFetchedSets } from './fetched-sets.ts';
import { finishJoining, recordJoining } from './joining-record.ts';
import { joiningAt, type ShownState } from './restored-state.ts';
import { createShownStates, type ShownHeaders } from './shown-states.ts';
import { candidatesOf, nameOf, type Candidate } from './snapshot-choice.ts';
import { createSnapshotDownload, type SnapshotDownload } from './snapshot-download.ts';
import { refusedStateSync, type StateSyncOptions } from './state-sync-options.ts';
import { createTrustedHeaders } from './trusted-headers.ts';

/** Before peers are asked for snapshots: they connect one after the other. */
const GATHER_MS = 1_000;
/** Before everybody is asked for snapshots again. */
const AGAIN_AFTER_MS = 5_000;

/**
 * Joins a node with nothing on disk by a snapshot of its peers (protocol.md, Sync). Everything is held against headers that
 * are believed from one trusted block; what is stored when, and what a death in between leaves, is said in joining-record.ts.
 */
export interface StateSync {
  /** Answers when the stores are those of a node that executed every block up to a snapshot, or why that cannot be. */
  run(done: Answer<string, void>): void;
  stop(): void;
}

export interface StateSyncParts {
  readonly genesis: Genesis;
  readonly signing: SigningContext;
  readonly ports: NodePorts;
  readonly application: ApplicationQueue;
  readonly counters: Counters;
  readonly emit: (event: NodeEvent) => void;
  readonly options: StateSyncOptions;
}

/** A snapshot and what headers say of it. */
interface Shown extends ShownHeaders {
  readonly candidate: Candidate;
}

export const createStateSync = ({
  genesis,
  signing,
  ports,
  application,
  counters,
  emit,
  options,
}: StateSyncParts): StateSync => {
  const peers = createAskedPeers(ports, counters);
  const sets = createFetchedSets(peers);
  const standard = lightRules(signing, genesis.parameters.evidenceAgeMs);
  const rules = { ...standard, trustingPeriodMs: options.trustingPeriodMs ?? standard.trustingPeriodMs };
  const trust = { height: options.trustedHeight, blockId: options.trustedBlockId };
  const { initialHeight } = genesis;
  const headers = createTrustedHeaders({ peers, sets, ports, rules, initialHeight, trust });
  const states = createShownStates({ peers, sets, headers, ports, signing, initialHeight });
  /** By the name of a snapshot: how often it failed, or undefined where the application refused it. */
  const failures = new Map<string, number | undefined>();
  let answer: Answer<string, void> | undefined;

  const tell = (stage: Extract<NodeEvent, { _tag: 'StateSync' }>['stage'], height: bigint, detail: string): void => {
    emit({ _tag: 'StateSync', stage, height, detail });
  };

  const finish = (result: E.Either<string, void>): void => {
    const done = answer;
    answer = undefined;
    peers.stop();
    done?.(result);
  };

  /** What no other peer or snapshot would change ends the state sync. */
  const orEnd =
    <A>(ask: Ask<A>): Ask<A> =>
    (done) => {
      ask((result) => {
        if (E.isRight(result)) done(result);
        else finish(result);
      });
    };

  const call =
    <A>(what: string, task: (application: Application) => TaskEither<ApplicationError, A>): Ask<A> =>
    (done) => {
      application.call(
        'consensus',
        task(ports.application),
        (value) => {
          done(E.right(value));
        },
        ({ message }) => {
          done(E.left(`the application ${what}: ${message}`));
        },
      );
    };

  const downloadOf = (candidate: Candidate): SnapshotDownload => {
    const { height, chunks } = candidate.snapshot;
    return createSnapshotDownload(candidate, {
      peers,
      apply: (chunk, bytes) =>
        call<ProposalVerdict>('failed to restore a chunk', (app) => app.applySnapshotChunk(chunk, bytes)),
      refused: (chunk, reason) => {
        counters.count('snapshotChunkRefused');
        tell('Refused', height, `chunk ${String(chunk)}: ${reason}`);
      },
      applied: (chunk) => {
        tell('Restoring', height, `chunk ${String(chunk + 1)} of ${String(chunks)}`);
      },
    });
  };

  const offer = ({ candidate: { snapshot }, next }: Shown): Ask<void> =>
    pipe(
      orEnd(call('failed to take a snapshot', (app) => app.offerSnapshot({ ...snapshot, appHash: next.appHash }))),
      thenAsk((verdict) => {
        if (verdict._tag === 'Accept') return answerNow(E.right(undefined));
        failures.set(nameOf(snapshot), undefined);
        return answerNow(E.left(`the application refuses it: ${verdict.reason}`));
      }),
    );

  const store = (shown: ShownState): Ask<void> =>
    orEnd((done) => {
      recordJoining(ports, joiningAt(shown), done);
    });

  /** In the order of joining-record.ts: everything fetched, the state, the last chunk, the block. */
  const restore = (shown: Shown): Ask<void> => {
    const download = downloadOf(shown.candidate);
    return pipe(
      states.whole(shown),
      thenAsk((state) =>
        pipe(
          offer(shown),
          thenAsk(() => download.allButLast()),
          thenAsk(() => store(state)),
        ),
      ),
      thenAsk(() => download.last()),
      thenAsk(() =>
        orEnd<void>((done) => {
          finishJoining(ports, shown.candidate.snapshot.height, done);
        }),
      ),
    );
  };

  const weighted = ({ parameters }: Shown): string | undefined => refusedStateSync({ ...genesis, parameters }, options);

  const attempt = (candidate: Candidate): Ask<void> =>
    pipe(
      states.after(candidate.snapshot.height),
      thenAsk((headers) => {
        const shown: Shown = { candidate, ...headers };
        const refused = weighted(shown);
        return refused === undefined ? answerNow(E.right(shown)) : orEnd(answerNow<Shown>(E.left(refused)));
      }),
      thenAsk((shown) => {
        const { height, chunks } = candidate.snapshot;
        tell('Chosen', height, `chunks: ${String(chunks)}, peers that offer them: ${String(candidate.peers.size)}`);
        return restore(shown);
      }),
    );

  const snapshots = (): Ask<readonly Candidate[]> =>
    pipe(
      peers.askAll({
        request: { _tag: 'Snapshots' },
        read: (response) =>
          response._tag === 'Snapshots'
            ? E.right(response.snapshots)
            : E.left(lie('it does not answer with snapshots')),
      }),
      thenAsk((offers) => answerNow(E.right(candidatesOf(offers, initialHeight, failuresOf)))),
    );

  const failuresOf = (name: string): number | undefined => (failures.has(name) ? failures.get(name) : 0);

  const again = (reason: string): void => {
    tell('Searching', options.trustedHeight, reason);
    peers.wait(AGAIN_AFTER_MS)(search);
  };

  const tryInTurn = (candidates: readonly Candidate[]): void => {
    const [first, ...others] = candidates;
    if (first === undefined) {
      again('no snapshot could be restored; asking again');
      return;
    }
    attempt(first)((result) => {
      if (E.isRight(result)) {
        tell('Restored', first.snapshot.height, `block ${String(first.snapshot.height)} is the first one of this node`);
        finish(E.right(undefined));
        return;
      }
      const name = nameOf(first.snapshot);
      const before = failuresOf(name);
      if (before !== undefined) failures.set(name, before + 1);
      tell('Refused', first.snapshot.height, result.left);
      tryInTurn(others);
    });
  };

  const outdated = ({ time }: Header): string | undefined =>
    time + rules.trustingPeriodMs <= ports.clock.nowMs()
      ? `the trusted block ${String(trust.height)} has time ${String(time)}, which is more than the trusting period of ${String(rules.trustingPeriodMs)} ms ago; give a newer one from a source that you believe`
      : undefined;

  const search = (): void => {
    headers.trusted()((trusted) => {
      if (E.isLeft(trusted)) {
        again(`the trusted block ${trust.blockId} of height ${String(trust.height)} is not found: ${trusted.left}`);
        return;
      }
      const refused = outdated(trusted.right);
      if (refused !== undefined) {
        finish(E.left(refused));
        return;
      }
      snapshots()((candidates) => {
        if (E.isLeft(candidates) || candidates.right.length === 0) again('no peer offers a snapshot');
        else tryInTurn(candidates.right);
      });
    });
  };

  return {
    run: (done) => {
      answer = done;
      const refused = refusedStateSync(genesis, options);
      if (refused !== undefined) {
        finish(E.left(refused));
        return;
      }
      orEnd(call('refused genesis', (app) => app.initChain(genesis)))(() => {
        tell('Searching', options.trustedHeight, 'asking peers for snapshots');
        peers.wait(GATHER_MS)(search);
      });
    },
    stop: () => {
      answer = undefined;
      peers.stop();
    },
  };
};
