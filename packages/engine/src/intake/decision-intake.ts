import { either as E } from 'fp-ts';
import type { Certificate } from '@zhtp/bft';
import { commitChecksFull, decisionOf, votesOfCertificate, type SignerSet } from '@zhtp/chain';
import type { CommitCertificate, CommittedBlock, ConsensusVote, SignatureAlgorithm } from '@zhtp/types';
import { bodyOfBlock } from '../catch-up/body-reader.ts';
import type { NodeContext } from '../node-context.ts';
import { coreVote } from '../loop/translate.ts';

export type DecisionVerdict = 'accepted' | 'bad' | 'not-now';

/**
 * A block with the certificate that decided it, from sync or from a peer that is ahead. One more source of certificates
 * for the height in progress: it goes through the same journal, core, store and end of height as any other decision.
 */
export interface DecisionIntake {
  receive(committed: CommittedBlock, done: (verdict: DecisionVerdict) => void): void;
  /** A verified certificate for this height is in hand, or the core has decided: further ones add nothing. */
  isDecided(): boolean;
  /** A certificate that was verified before a restart and that the journal brings back. */
  restore(): void;
  /** The core has decided: the application works on the next height from here on. */
  hasCoreDecided(): boolean;
  /** The core has decided; answers whether a certificate from here led to it. */
  markDecided(): boolean;
  reset(): void;
}

/** The certificate as one of the core. */
export const commitOf = (
  set: SignerSet,
  certificate: CommitCertificate,
  algorithm: SignatureAlgorithm,
): Certificate<ConsensusVote> => ({
  kind: 'commit',
  height: certificate.height,
  round: certificate.round,
  value: certificate.blockId,
  votes: votesOfCertificate(set, certificate, algorithm).flatMap((vote) => coreVote(vote) ?? []),
});

export const createDecisionIntake = (ctx: NodeContext): DecisionIntake => {
  let decided = false;
  let coreDecided = false;
  return {
    isDecided: () => decided,
    restore: () => {
      decided = true;
    },
    markDecided: () => {
      const received = decided;
      decided = true;
      coreDecided = true;
      return received;
    },
    hasCoreDecided: () => coreDecided,
    reset: () => {
      decided = false;
      coreDecided = false;
    },
    receive: ({ block, certificate }, done) => {
      const view = ctx.view();
      if (decided || block.header.height !== view.height) {
        done('not-now');
        return;
      }
      const set = view.sets.current;
      const checks = commitChecksFull({ context: view.signing, set, certificate, decision: decisionOf(block.header) });
      if (E.isLeft(checks)) {
        done('bad');
        return;
      }
      // After the certificate's shape: hashing a body costs far more.
      const body = bodyOfBlock(block);
      if (E.isLeft(body)) {
        done('bad');
        return;
      }
      const priority = { height: view.height, round: 0 };
      ctx.ports.verifier.verifyBatch(
        checks.right.map((check) => ({ ...check, priority })),
        (verdict) => {
          if (verdict._tag === 'Invalid') {
            done('bad');
            return;
          }
          if (verdict._tag === 'Dropped') ctx.counters.count('verificationQueueFull');
          if (verdict._tag === 'Dropped' || decided || ctx.view() !== view) {
            done('not-now');
            return;
          }
          decided = true;
          ctx.bodies.put(body.right, undefined);
          ctx.bodies.keep(body.right.id);
          ctx.post({
            entry: { _tag: 'Committed', committed: { block, certificate } },
            input: { _tag: 'CertificateReceived', certificate: commitOf(set, certificate, view.signing.algorithm) },
          });
          done('accepted');
        },
      );
    },
  };
};
