import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { parametersHashOf } from '@zhtp/chain';
import {
  decode,
  encode,
  evidenceCodec,
  SYNC_CHUNK_BYTES_MAX,
  SYNC_HEADERS_MAX,
  SYNC_SNAPSHOTS_MAX,
  syncResponseCodec,
  ZERO_HASH,
  type Application,
  type Evidence,
  type SnapshotDescription,
  type SyncResponse,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createStateServer, type StateRequest } from '../../src/catch-up/state-server.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { frozen } from '../../src/height/frozen-set.ts';
import { peerNamed, testContext } from '../support/context.ts';
import { committedAt, GENESIS, VALIDATORS } from '../support/genesis.ts';
import { identityNamed } from '../support/votes.ts';

const PEER = peerNamed('joining');
const SNAPSHOT: SnapshotDescription = { height: 7n, format: 1, chunks: 2, hash: ZERO_HASH };

const serving = (application: Partial<Application> = {}) => {
  const base = testContext(9n);
  const ctx = {
    ...base.ctx,
    ports: { ...base.ctx.ports, application: { ...base.ctx.ports.application, ...application } },
  };
  const sets = createKeptSets();
  const parameters = createKeptParameters();
  const server = createStateServer(ctx, sets, parameters);
  const answers: (SyncResponse | 'refused')[] = [];
  const ask = (request: StateRequest, peer = PEER): void => {
    server.serve(request, {
      peer,
      payload: new Uint8Array(),
      respond: (answer) => {
        if (O.isNone(answer)) answers.push('refused');
        else {
          const read = decode(syncResponseCodec)(answer.value);
          if (E.isRight(read)) answers.push(read.right);
        }
      },
    });
  };
  return { ...base, ctx, sets, parameters, answers, ask };
};

const MIB = 1024 * 1024;

const evidenceSigned = (signatureBytes: number): Evidence => ({
  _tag: 'InvalidVote',
  signer: identityNamed('v0'),
  signed: new Uint8Array(0),
  signature: {
    algorithm: GENESIS.signatureAlgorithm,
    signature: new Uint8Array(signatureBytes),
    publicKey: O.none,
  },
});
const EMPTY_BYTES = encode(evidenceCodec)(evidenceSigned(0)).length;

/** Pieces of evidence of so many bytes together. */
const evidenceOf = (bytes: number): Evidence[] => {
  const count = 200;
  const size = Math.floor(bytes / count);
  return Array.from({ length: count }, (_, i) =>
    evidenceSigned((i === 0 ? bytes - size * (count - 1) : size) - EMPTY_BYTES),
  );
};

describe('what a node that joins by a snapshot asks', () => {
  test('headers come from the block store, from the height asked for and never more than fit an answer', () => {
    const { blocks, ask, answers } = serving();
    for (let height = 1n; height <= 300n; height++) blocks.set(height, committedAt(height));
    ask({ _tag: 'Headers', fromHeight: 3n, count: 2 });
    ask({ _tag: 'Headers', fromHeight: 1n, count: 65_535 });
    ask({ _tag: 'Headers', fromHeight: 301n, count: 1 });
    expect(answers[0]).toMatchObject({
      _tag: 'Headers',
      headers: [{ header: committedAt(3n).block.header }, { header: committedAt(4n).block.header }],
    });
    expect(answers[1]).toMatchObject({ headers: { length: SYNC_HEADERS_MAX } });
    expect(answers[2]).toEqual({ _tag: 'Headers', headers: [] });
  });

  test.each([
    [-1, 2],
    [0, 2],
    [1, 1],
  ])('headers whose evidence has %i bytes more than 2 MiB come %i at once', (more, count) => {
    const { blocks, ask, answers } = serving();
    for (const [height, bytes] of [[1n, MIB] as const, [2n, MIB + more] as const, [3n, MIB] as const]) {
      const { block, certificate } = committedAt(height);
      blocks.set(height, { block: { ...block, evidence: evidenceOf(bytes) }, certificate });
    }
    ask({ _tag: 'Headers', fromHeight: 1n, count: 3 });
    expect(answers).toMatchObject([{ _tag: 'Headers', headers: { length: count } }]);
  });

  test('for headers no more than 8 MiB of blocks are read', () => {
    const { ctx, ask } = serving();
    const read: number[] = [];
    ctx.ports.blockStore = {
      ...ctx.ports.blockStore,
      range: (_from, _count, maxBytes) => {
        read.push(maxBytes);
      },
    };
    ask({ _tag: 'Headers', fromHeight: 1n, count: 3 });
    expect(read).toEqual([8 * MIB]);
  });

  test('a light block is a header with the certificate that is stored beside it', () => {
    const { blocks, ask, answers } = serving();
    blocks.set(5n, committedAt(5n));
    ask({ _tag: 'LightBlock', height: 5n });
    ask({ _tag: 'LightBlock', height: 6n });
    const { block, certificate } = committedAt(5n);
    expect(answers).toEqual([{ _tag: 'LightBlock', header: block.header, certificate }, 'refused']);
  });

  test('sets and parameters are given by hash, and refused when they are not kept', () => {
    const { sets, parameters, ask, answers } = serving();
    const set = frozen(VALIDATORS);
    sets.hold(set);
    parameters.changesWith(0n, GENESIS.parameters);
    ask({ _tag: 'ValidatorSet', validatorsHash: set.hash });
    ask({ _tag: 'ValidatorSet', validatorsHash: ZERO_HASH });
    ask({ _tag: 'Parameters', parametersHash: parametersHashOf(GENESIS.parameters) });
    ask({ _tag: 'Parameters', parametersHash: ZERO_HASH });
    expect(answers).toEqual([
      { _tag: 'ValidatorSet', validators: set.validators },
      'refused',
      { _tag: 'Parameters', parameters: GENESIS.parameters },
      'refused',
    ]);
  });

  test('snapshots and chunks come from the application; what it does not have or fails to read is refused', async () => {
    const { ask, answers, ctx } = serving({
      listSnapshots: () => TE.right([SNAPSHOT]),
      loadSnapshotChunk: (height, chunk) =>
        height === 7n && chunk < 2
          ? TE.right(O.some(Uint8Array.of(chunk)))
          : chunk === 2
            ? TE.right(O.none)
            : TE.left({ _tag: 'ApplicationError', message: 'the disk is gone' }),
    });
    ask({ _tag: 'Snapshots' });
    for (const chunk of [1, 2, 3]) {
      ask({ _tag: 'SnapshotChunk', height: 7n, chunk });
      await ctx.application.idle();
    }
    expect(answers).toEqual([
      { _tag: 'Snapshots', snapshots: [SNAPSHOT] },
      { _tag: 'SnapshotChunk', bytes: Uint8Array.of(1) },
      'refused',
      'refused',
    ]);
  });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('a chunk with %i bytes more than travel at once is given: %s', async (more, isGiven) => {
    const bytes = new Uint8Array(SYNC_CHUNK_BYTES_MAX + more);
    const { ask, answers, ctx } = serving({ loadSnapshotChunk: () => TE.right(O.some(bytes)) });
    ask({ _tag: 'SnapshotChunk', height: 7n, chunk: 0 });
    await ctx.application.idle();
    const [answer] = answers;
    if (isGiven)
      expect(answer !== 'refused' && answer?._tag === 'SnapshotChunk' && answer.bytes.length).toBe(bytes.length);
    else expect(answer).toBe('refused');
  });

  test.each([SYNC_SNAPSHOTS_MAX - 1, SYNC_SNAPSHOTS_MAX, SYNC_SNAPSHOTS_MAX + 1])(
    'of %i snapshots as many are told as one answer may hold, the first ones',
    async (count) => {
      const snapshots = Array.from({ length: count }, (_, i) => ({ ...SNAPSHOT, height: BigInt(100 - i) }));
      const { ask, answers, ctx } = serving({ listSnapshots: () => TE.right(snapshots) });
      ask({ _tag: 'Snapshots' });
      await ctx.application.idle();
      expect(answers).toEqual([{ _tag: 'Snapshots', snapshots: snapshots.slice(0, SYNC_SNAPSHOTS_MAX) }]);
    },
  );

  test('four answers are put together for one peer at once, and a fifth is asked for later', async () => {
    const { ask, answers, ctx } = serving({ listSnapshots: () => TE.right([]) });
    for (let i = 0; i < 5; i++) ask({ _tag: 'Snapshots' });
    expect(answers).toEqual(['refused']);
    expect(ctx.counters.read().stateServerBusy).toBe(1);
    await ctx.application.idle();
    expect(answers).toHaveLength(5);
    ask({ _tag: 'Snapshots' });
    await ctx.application.idle();
    expect(answers.at(-1)).toEqual({ _tag: 'Snapshots', snapshots: [] });
    expect(ctx.counters.read().stateServed).toBe(5);
  });

  test('sixteen answers are put together for all peers at once', () => {
    const { ask, answers } = serving();
    for (let i = 0; i < 17; i++) ask({ _tag: 'Snapshots' }, peerNamed(`peer-${String(i % 8)}`));
    expect(answers).toEqual(['refused']);
  });
});
