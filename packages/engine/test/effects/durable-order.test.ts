import { either as E, option as O } from 'fp-ts';
import type { Certificate, Proposal, Vote } from '@zhtp/bft';
import { blockIdOf } from '@zhtp/chain';
import { storageError, type ConsensusVote, type Journal, type Signer, type SignerError } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { bodyOfBlock } from '../../src/catch-up/body-reader.ts';
import { createCommitting } from '../../src/effects/committing.ts';
import { createSigning } from '../../src/effects/signing.ts';
import { createKeptPolkas } from '../../src/evidence/kept-polkas.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createAttestations } from '../../src/intake/attestations.ts';
import { createProposalIntake } from '../../src/intake/proposal-intake.ts';
import { coreVote } from '../../src/loop/translate.ts';
import type { NodeContext } from '../../src/node-context.ts';
import { testContext } from '../support/context.ts';
import { blockAt } from '../support/genesis.ts';
import { signedVote } from '../support/signed.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

/*
 * protocol.md, Durability: the reasons are synced, the signer remembers, the message is journaled and synced, and only
 * then it is sent and counted; a decided block is stored, the end of its height synced, and only then it is executed.
 */

const HEIGHT = 1n;
const BLOCK = blockAt(HEIGHT);
const VALUE = blockIdOf(BLOCK.header);
const V0 = identityNamed('v0');
const SIGNED: E.Either<SignerError, Uint8Array> = E.right(Uint8Array.of(7));
const FAILED = E.left(storageError('the disk is gone'));

/** A node whose disk and signer answer one at a time, when they are told to. */
const slowNode = (signed = SIGNED) => {
  const base = testContext(HEIGHT);
  const steps: string[] = [];
  const waiting: ((synced: Parameters<Parameters<Journal['sync']>[0]>[0]) => void)[] = [];
  let isRunning = true;
  const signer: Signer = {
    identity: V0,
    algorithm: 'ML-DSA-65',
    sign: ({ _tag }, done) => {
      steps.push(`sign ${_tag}`);
      waiting.push(() => {
        done(signed);
      });
    },
  };
  const { ports } = base.ctx;
  const ctx: NodeContext = {
    ...base.ctx,
    ports: {
      ...ports,
      signer,
      journal: {
        ...ports.journal,
        sync: (done) => {
          steps.push('sync');
          waiting.push(done);
        },
        rotate: () => {
          steps.push('rotate');
        },
      },
      blockStore: {
        ...ports.blockStore,
        save: (_committed, done) => {
          steps.push('store');
          waiting.push(() => {
            done(E.right(undefined));
          });
        },
      },
      application: {
        ...ports.application,
        finalizeBlock: (block) => {
          steps.push('execute');
          return ports.application.finalizeBlock(block);
        },
      },
    },
    outbox: { ...base.ctx.outbox, broadcast: () => steps.push('send') },
    record: ({ _tag }) => {
      steps.push(`journal ${_tag}`);
    },
    post: ({ entry, input }) => {
      steps.push(`journal ${entry?._tag ?? 'nothing'}`, `count ${input._tag}`);
    },
    isRunning: () => isRunning,
  };
  const body = bodyOfBlock(BLOCK);
  if (E.isLeft(body)) throw new Error(body.left.message);
  ctx.bodies.put(body.right, undefined);
  ctx.bodies.keep(body.right.id);
  const sets = createKeptSets();
  const past = createPastHeights(sets);
  const attestations = createAttestations(ctx);
  const extensions = createVoteExtensions(ctx);
  return {
    ...base,
    ctx,
    signing: createSigning(
      ctx,
      signer,
      createProposalIntake(ctx, () => undefined),
      attestations,
      extensions,
    ),
    committing: createCommitting(
      ctx,
      {
        remembered: { sets, past, parameters: createKeptParameters() },
        extensions,
        polkas: createKeptPolkas(ctx, past, () => undefined),
        attestations,
      },
      () => undefined,
      () => undefined,
    ),
    /** Answers what waits longest, and tells what was done since. */
    answer: (synced: Parameters<(typeof waiting)[number]>[0] = E.right(undefined)): readonly string[] => {
      steps.length = 0;
      waiting.shift()?.(synced);
      return [...steps];
    },
    done: () => steps.splice(0),
    stop: () => {
      isRunning = false;
    },
  };
};

const prevote: Vote = {
  kind: 'prevote',
  height: HEIGHT,
  round: 0,
  voter: V0,
  value: VALUE,
  against: null,
  polRound: null,
};
const proposal: Proposal = { height: HEIGHT, round: 0, value: VALUE, validRound: null, proposer: V0 };

type Node = ReturnType<typeof slowNode>;
const MESSAGES: readonly (readonly [string, (node: Node) => void, string, readonly string[]])[] = [
  ['a prevote', ({ signing }) => signing.vote(prevote), 'PreVote', ['journal OwnCounted', 'count OwnSigned']],
  [
    'a refusal',
    ({ signing }) => signing.vote({ ...prevote, value: null, against: VALUE }),
    'PreVote',
    ['journal OwnCounted', 'count OwnSigned'],
  ],
  [
    'a precommit',
    ({ signing }) => signing.vote({ ...prevote, kind: 'precommit' }),
    'PreCommit',
    ['journal OwnCounted', 'count OwnSigned'],
  ],
  ['a proposal', ({ signing }) => signing.proposal(proposal), 'Proposal', ['journal OwnCounted', 'count OwnSigned']],
  [
    'an attestation',
    ({ signing }) => signing.attest(HEIGHT, { blockId: VALUE, appHash: hashNamed('app') }),
    'Attestation',
    [],
  ],
];

describe.each(MESSAGES)('%s', (_what, ask, request, counted) => {
  test('is signed when its reasons are on disk, sent when it is there itself, and counted after that', () => {
    const node = slowNode();
    ask(node);
    expect(node.done()).toEqual(['sync']);
    expect(node.answer()).toEqual([`sign ${request}`]);
    expect(node.answer()).toEqual(['journal Own', 'sync']);
    expect(node.answer()).toEqual(['send', ...counted]);
    expect(node.halts).toEqual([]);
  });

  test('is not signed when its reasons cannot be kept', () => {
    const node = slowNode();
    ask(node);
    expect(node.answer(FAILED)).toEqual([]);
    expect(node.halts).toEqual([expect.stringContaining('the disk is gone')]);
  });

  test('is not sent when it cannot be kept', () => {
    const node = slowNode();
    ask(node);
    node.answer();
    node.answer();
    expect(node.answer(FAILED)).toEqual([]);
    expect(node.halts).toEqual([expect.stringContaining('the disk is gone')]);
  });

  test('is not journaled when the signer refuses, which stops nobody', () => {
    const node = slowNode(E.left({ _tag: 'Refused', reason: 'signed already' }));
    ask(node);
    node.answer();
    expect([node.answer(), node.halts]).toEqual([[], []]);
    expect(node.ctx.counters.read()).toEqual({ signerRefused: 1 });
  });

  test('stops the node when the signer cannot remember it', () => {
    const node = slowNode(E.left({ _tag: 'Failed', message: 'its disk is full' }));
    ask(node);
    node.answer();
    expect(node.answer()).toEqual([]);
    expect(node.halts).toEqual([expect.stringContaining('its disk is full')]);
  });

  test('goes nowhere when the node was stopped while it was signed or kept', () => {
    for (const answers of [1, 2]) {
      const node = slowNode();
      ask(node);
      for (let i = 0; i < answers; i++) node.answer();
      node.stop();
      expect(node.answer()).toEqual([]);
    }
  });
});

describe('a decision', () => {
  const certificate: Certificate<ConsensusVote> = {
    kind: 'commit',
    height: HEIGHT,
    round: 0,
    value: VALUE,
    votes: ['v0', 'v1', 'v2'].flatMap(
      (name) => coreVote(signedVote(name, { voteType: 'PreCommit', proposalId: O.some(VALUE) })) ?? [],
    ),
  };

  test('is stored, then the end of its height is on disk, then its block is executed', () => {
    const node = slowNode();
    node.committing.decided(HEIGHT, 0, VALUE, certificate, false);
    expect(node.done()).toEqual(['store']);
    expect(node.answer()).toEqual(['journal HeightEnded', 'sync']);
    expect(node.answer()).toEqual(['rotate', 'execute']);
  });

  test('is not executed when the end of its height cannot be kept', () => {
    const node = slowNode();
    node.committing.decided(HEIGHT, 0, VALUE, certificate, false);
    node.answer();
    expect(node.answer(FAILED)).toEqual([]);
    expect(node.halts).toEqual([expect.stringContaining('the disk is gone')]);
  });
});
