import { option as O } from 'fp-ts';
import { createAsyncVerifier, createVerifier, defaultBackend } from '@zhtp/crypto';
import type { Peer } from '../../src/gossip/peers.ts';
import { peerNamed, testContext, type TestContext } from './context.ts';

/** A context in which signatures are really verified, when the test lets them be. */
export interface VerifyingContext extends TestContext {
  /** Verifies everything that waits. */
  readonly verify: () => void;
  /** Verifications asked for so far. */
  readonly verifications: () => number;
  readonly peer: (name: string, validator?: Peer['validator']) => Peer;
  readonly counted: () => Readonly<Record<string, number>>;
}

export const verifyingContext = (height = 1n): VerifyingContext => {
  const base = testContext(height);
  const tasks: (() => void)[] = [];
  let asked = 0;
  const schedule = (task: () => void): void => {
    tasks.push(task);
  };
  // One thread: what is verified when is the test's to say.
  const pool = createVerifier({
    backend: { ...defaultBackend('ML-DSA-65'), verifyInPool: O.none },
    concurrency: 1,
    schedule,
  });
  const verifier = createAsyncVerifier({
    schedule,
    verifier: {
      concurrency: pool.concurrency,
      verify: (check, done) => {
        asked += 1;
        pool.verify(check, done);
      },
    },
  });
  const ctx = { ...base.ctx, ports: { ...base.ctx.ports, verifier } };
  return {
    ...base,
    ctx,
    verify: () => {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
    },
    verifications: () => asked,
    peer: (name, validator) => {
      const peer = ctx.peers.connect(peerNamed(name));
      return validator === undefined ? peer : (ctx.peers.bind(peer.id, validator) ?? peer);
    },
    counted: () => ctx.counters.read(),
  };
};
