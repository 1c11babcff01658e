import type { NodePorts } from '@zhtp/engine';
import type { Application, ApplicationError } from '@zhtp/types';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** A call of the engine on one of its ports, as a place where a process can die. */
export type PortCall =
  | 'signer.sign'
  | 'journal.append'
  | 'journal.sync'
  | 'journal.rotate'
  | 'blockStore.save'
  | 'blockStore.saveExtensions'
  | 'blockStore.saveHeadCertificate'
  | 'chainStates.save'
  | 'chainStates.writeRows'
  | 'application.extendVote'
  | 'application.proposalProof'
  | 'application.prepareProposal'
  | 'application.processProposal'
  | 'application.finalizeBlock'
  | 'application.commit'
  | 'application.offerSnapshot'
  | 'application.applySnapshotChunk'
  | 'verifier.verifyBatch'
  | 'timers.start'
  | 'network.send'
  | 'network.request';

/** Whether the process dies at this call: before it has any effect, or right after it was made. */
export type Interrupt = (call: PortCall) => 'go on' | 'before' | 'after';

/**
 * Ports that stop having any effect from the moment the process dies. The engine itself runs to the end of its turn, as
 * code does in a process that is being killed; nothing of it leaves the process any more.
 */
export const mortalPorts = (ports: NodePorts, interrupt: Interrupt, died: () => void): NodePorts => {
  let dead = false;

  const die = (): void => {
    dead = true;
    died();
  };

  /** Makes the call unless the process is dead; a call may be its last. */
  const guard = (call: PortCall, make: () => void): void => {
    if (dead) return;
    const verdict = interrupt(call);
    if (verdict === 'before') {
      die();
      return;
    }
    make();
    if (verdict === 'after') die();
  };

  const { journal, blockStore, chainStates, network, application, signer, timers, verifier } = ports;
  /** Application calls answer as promises: one that never settles is what a dead process sees. */
  const task =
    <A>(call: PortCall, run: () => Promise<A>) =>
    (): Promise<A> => {
      let answer: Promise<A> = new Promise(() => undefined);
      guard(call, () => {
        answer = run();
      });
      return answer;
    };

  /**
   * Whether an application proves and extends votes is told by these being there; they are looked up at each call, like the others, by
   * which a world notices that something was asked.
   */
  const unanswered: TaskEither<ApplicationError, never> = () => new Promise(() => undefined);
  const optional: Pick<Application, 'extendVote' | 'verifyVoteExtension' | 'proposalProof'> = {
    ...(application.proposalProof === undefined
      ? {}
      : {
          proposalProof: (request) =>
            task('application.proposalProof', application.proposalProof?.(request) ?? unanswered),
        }),
    ...(application.extendVote === undefined
      ? {}
      : { extendVote: (block) => task('application.extendVote', application.extendVote?.(block) ?? unanswered) }),
    ...(application.verifyVoteExtension === undefined
      ? {}
      : { verifyVoteExtension: (...asked) => application.verifyVoteExtension?.(...asked) ?? unanswered }),
  };

  return {
    ...ports,
    signer:
      signer === undefined
        ? undefined
        : {
            ...signer,
            sign: (request, done) => {
              guard('signer.sign', () => {
                signer.sign(request, done);
              });
            },
          },
    journal: {
      ...journal,
      append: (record) => {
        guard('journal.append', () => {
          journal.append(record);
        });
      },
      sync: (done) => {
        guard('journal.sync', () => {
          journal.sync(done);
        });
      },
      rotate: () => {
        guard('journal.rotate', () => {
          journal.rotate();
        });
      },
    },
    blockStore: {
      ...blockStore,
      saveExtensions: (extensions, done) => {
        guard('blockStore.saveExtensions', () => {
          blockStore.saveExtensions(extensions, done);
        });
      },
      save: (committed, done) => {
        guard('blockStore.save', () => {
          blockStore.save(committed, done);
        });
      },
      saveHeadCertificate: (certificate, done) => {
        guard('blockStore.saveHeadCertificate', () => {
          blockStore.saveHeadCertificate(certificate, done);
        });
      },
    },
    chainStates: {
      ...chainStates,
      save: (height, bytes, rows, done) => {
        guard('chainStates.save', () => {
          chainStates.save(height, bytes, rows, done);
        });
      },
      writeRows: (rows, done) => {
        guard('chainStates.writeRows', () => {
          chainStates.writeRows(rows, done);
        });
      },
    },
    application: {
      initChain: (genesis) => application.initChain(genesis),
      info: () => application.info(),
      checkTx: (bytes) => application.checkTx(bytes),
      prepareProposal: (request) => task('application.prepareProposal', application.prepareProposal(request)),
      processProposal: (block) => task('application.processProposal', application.processProposal(block)),
      query: (request) => application.query(request),
      listSnapshots: () => application.listSnapshots(),
      offerSnapshot: (snapshot) => task('application.offerSnapshot', application.offerSnapshot(snapshot)),
      loadSnapshotChunk: (height, chunk) => application.loadSnapshotChunk(height, chunk),
      applySnapshotChunk: (chunk, bytes) =>
        task('application.applySnapshotChunk', application.applySnapshotChunk(chunk, bytes)),
      ...optional,
      finalizeBlock: (block) => task('application.finalizeBlock', application.finalizeBlock(block)),
      commit: () => task('application.commit', application.commit()),
    },
    timers: {
      start: (afterMs, fire) => {
        let cancel = (): void => undefined;
        guard('timers.start', () => {
          cancel = timers.start(afterMs, fire);
        });
        return () => {
          cancel();
        };
      },
    },
    verifier: {
      ...verifier,
      verifyBatch: (checks, done) => {
        guard('verifier.verifyBatch', () => {
          verifier.verifyBatch(checks, done);
        });
      },
    },
    network: {
      ...network,
      send: (peer, payload) => {
        guard('network.send', () => {
          network.send(peer, payload);
        });
      },
      request: (peer, payload, done) => {
        guard('network.request', () => {
          network.request(peer, payload, done);
        });
      },
    },
  };
};
