import { option as O, taskEither as TE } from 'fp-ts';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../src/intake/attestations.ts';
import { bodyOfBlock } from '../src/catch-up/body-reader.ts';
import { BODIES_KEPT_MAX, createBodies } from '../src/catch-up/bodies.ts';
import { DEFAULT_MEMPOOL_LIMITS } from '../src/application/mempool.ts';
import { createNextHeightEntries } from '../src/height/next-height-entries.ts';
import { createPeers } from '../src/gossip/peers.ts';
import { createTransactions } from '../src/application/transactions.ts';
import { coreVote } from '../src/loop/translate.ts';
import { createVoteExtensions } from '../src/extensions/vote-extensions.ts';
import { createVoteIntake } from '../src/intake/vote-intake.ts';
import { peerNamed, testContext } from './support/context.ts';
import { blockAt } from './support/genesis.ts';
import { payloadOf, signedVote } from './support/signed.ts';
import { verifyingContext } from './support/verifying-context.ts';
import { hashNamed, identityNamed, vote } from './support/votes.ts';

const folder = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');

/** The files under a folder of the package, with their texts. */
const filesUnder = (name: string) =>
  readdirSync(new URL(`${name}/`, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: read(`${name}/${path}`) }));

/** Rows of the README's table of bounds, without its head. */
const rows = (read('README.md').split('## Bounds')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.includes('---') && !line.includes('| bound '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const names = (cell = ''): readonly string[] => Array.from(cell.matchAll(/`([\w.-]+)`/g), ([, name = '']) => name);
const sources = filesUnder('src')
  .map(({ text }) => text)
  .join('\n');
const testFiles = filesUnder('test');

describe('the table of bounds', () => {
  test('has no empty cell', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect([row.length, row.includes('')], row.join('|')).toEqual([4, false]);
  });

  test.each(rows.map(([what = '', , counter, tests]) => [what, names(counter), names(tests)] as const))(
    '%s: counted, and a test sees the counter fire',
    (_what, counters, tests) => {
      expect(tests.length).toBeGreaterThan(0);
      for (const counter of counters) expect(sources).toContain(`'${counter}'`);
      const named = testFiles.filter(({ path }) => tests.some((file) => path === file || path.endsWith(`/${file}`)));
      expect(named).toHaveLength(tests.length);
      const texts = named.map(({ text }) => text).join('\n');
      for (const counter of counters) expect(texts).toContain(counter);
    },
  );
});

const intake = (height = 5n) => {
  const base = verifyingContext(height);
  const votes = createVoteIntake(base.ctx, createAttestations(base.ctx), createVoteExtensions(base.ctx));
  return { ...base, votes };
};

describe('each bound has a counter that fires', () => {
  test('slotFull: a round below the two highest of its signer', () => {
    const { votes, peer, verify, counted } = intake(1n);
    const from = peer('sender');
    for (const round of [8, 9, 7]) {
      const sent = signedVote('v1', { round });
      votes.receive(from, sent, payloadOf({ _tag: 'Vote', vote: sent }));
      verify();
    }
    expect(counted()).toMatchObject({ slotFull: 1 });
  });

  test('slotFull: a third attestation of one validator and height', () => {
    const { votes, peer, verify, counted, ctx } = intake(1n);
    const from = peer('sender');
    const { state } = ctx.view();
    Object.assign(state, { parameters: { ...state.parameters, executionAttestations: true } });
    for (const app of ['a', 'b', 'c']) {
      const sent = signedVote('v1', { voteType: 'Commit', appHash: O.some(hashNamed(app)) });
      votes.receive(from, sent, payloadOf({ _tag: 'Vote', vote: sent }));
      verify();
    }
    // Those of heights this node does not stand at count as oldHeight and futureHeight (inbound.test.ts).
    expect(counted()).toMatchObject({ slotFull: 1 });
  });

  test('verificationQueueFull: a vote for which the verifier has no room', () => {
    const { ctx } = testContext();
    const full = {
      ...ctx.ports.verifier,
      verify: (_check: unknown, done: (verdict: 'dropped') => void) => done('dropped'),
    };
    const crowded = { ...ctx, ports: { ...ctx.ports, verifier: full } };
    const votes = createVoteIntake(crowded, createAttestations(crowded), createVoteExtensions(crowded));
    const sent = signedVote('v1');
    votes.receive(ctx.peers.connect(peerNamed('sender')), sent, payloadOf({ _tag: 'Vote', vote: sent }));
    expect(ctx.counters.read()).toEqual({ verificationQueueFull: 1 });
  });

  test('bodyDropped: a body more than are kept', () => {
    let bodyDropped = 0;
    const bodies = createBodies(
      () => false,
      () => (bodyDropped += 1),
    );
    for (let i = 0; i <= BODIES_KEPT_MAX; i++) {
      const body = bodyOfBlock(blockAt(1n, [Uint8Array.of(i)]));
      if (body._tag === 'Left') throw new Error(body.left.message);
      bodies.put(body.right, undefined);
      bodies.keep(body.right.id);
    }
    expect(bodyDropped).toBe(1);
  });

  test('nextHeightDisplaced: an input more than one signer may have', () => {
    let nextHeightDisplaced = 0;
    const entries = createNextHeightEntries(() => (nextHeightDisplaced += 1));
    for (let round = 0; round < 33; round++) {
      const core = coreVote(vote({ round, voter: identityNamed('v1') }));
      if (core === undefined) throw new Error('a prevote is a vote of the core');
      entries.keep({
        entry: { _tag: 'Received', payload: Uint8Array.of(round), timely: true },
        input: { _tag: 'VoteReceived', vote: core },
      });
    }
    expect(nextHeightDisplaced).toBe(1);
  });

  test('messageIdsForgotten: an id more than are remembered of one peer', () => {
    let messageIdsForgotten = 0;
    const peers = createPeers(() => (messageIdsForgotten += 1));
    const peer = peers.connect(peerNamed('talkative'));
    for (let i = 0; i < 8_192; i++) peers.markHas(peer, `message ${String(i)}`);
    expect(messageIdsForgotten).toBe(0);
    peers.markHas(peer, 'one more');
    expect(messageIdsForgotten).toBe(1);
  });

  const pool = (transactionsMax: number) => {
    const { ctx } = testContext();
    const application = {
      ...ctx.ports.application,
      checkTx: (bytes: Uint8Array) =>
        TE.right({ _tag: 'Accepted', sender: bytes.join(), sequence: 0n, priority: BigInt(bytes[0] ?? 0) } as const),
    };
    const limits = { ...DEFAULT_MEMPOOL_LIMITS, transactionsMax };
    const ports = { application, network: ctx.ports.network };
    return { ctx, transactions: createTransactions(ports, ctx.application, ctx.counters, () => undefined, limits) };
  };

  test('transactionEvicted: a dearer transaction in a full pool', async () => {
    const { ctx, transactions } = pool(1);
    for (const priority of [1, 2]) transactions.submit(Uint8Array.of(priority), () => undefined);
    await ctx.application.idle();
    expect(ctx.counters.read()).toMatchObject({ transactionEvicted: 1 });
  });

  test('transactionRejected: one more than may wait to be checked', async () => {
    const { ctx, transactions } = pool(10_000);
    for (let i = 0; i < 2_049; i++) transactions.submit(Uint8Array.of(i & 255, i >> 8), () => undefined);
    expect(ctx.counters.read()).toMatchObject({ transactionRejected: 1 });
    await ctx.application.idle();
  });
});
