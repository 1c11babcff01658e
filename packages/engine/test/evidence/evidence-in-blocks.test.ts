import { duplicateVote, evidenceHashOf } from '@zhtp/chain';
import { option as O } from 'fp-ts';
import { blockCodec, decode, encode, evidenceCodec, type Block, type Evidence } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { bodyOfBlock } from '../../src/catch-up/body-reader.ts';
import { createBuilding } from '../../src/effects/building.ts';
import { createEvidenceIntake } from '../../src/evidence/evidence-intake.ts';
import { createJudging } from '../../src/effects/judging.ts';
import { createMempool } from '../../src/application/mempool.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { blockAt, GENESIS, stateAt } from '../support/genesis.ts';
import { signedVote, type SignedVoteContent } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const twoVotes = (voter: string, height: bigint, name = 'other', change: SignedVoteContent = {}): Evidence =>
  duplicateVote(
    signedVote(voter, { height, ...change }),
    signedVote(voter, { height, proposalId: O.some(hashNamed(name)), ...change }),
  );

const COMMITTED = twoVotes('v3', 2n, 'committed');

/** A node at height 5 that remembers heights 2 to 4; block 4 carries evidence. */
const node = () => {
  const base = verifyingContext(5n);
  base.setNow(GENESIS.genesisTime + 60_000n);
  const past = createPastHeights(createKeptSets());
  for (const height of [2n, 3n, 4n])
    past.record(
      stateAt(height - 1n),
      { ...blockAt(height), evidence: height === 4n ? [COMMITTED] : [] },
      stateAt(height),
    );
  const evidence = createEvidenceIntake(base.ctx, past);
  const judging = createJudging(base.ctx, past);
  return {
    ...base,
    evidence,
    /** The block this node would propose. */
    build: async (): Promise<Block> => {
      const extensions = createVoteExtensions(base.ctx);
      createBuilding(base.ctx, identityNamed('v0'), createMempool(), evidence, extensions).build(5n, 0);
      await base.ctx.application.idle();
      const entry = base.posted.at(-1)?.entry;
      if (entry?._tag !== 'Built') throw new Error('nothing was built');
      const block = decode(blockCodec)(entry.block);
      if (block._tag === 'Left') throw new Error(block.left.message);
      return block.right;
    },
    /** What it says of a block. */
    judge: async (block: Block): Promise<string> => {
      const body = bodyOfBlock(block);
      if (body._tag === 'Left') throw new Error(body.left.message);
      base.ctx.bodies.put(body.right, undefined);
      judging.judge(body.right.id);
      base.verify();
      await base.ctx.application.idle();
      const input = base.posted.at(-1)?.input;
      const refused = base.events.at(-1);
      if (input?._tag !== 'ValueJudged') throw new Error('no verdict');
      return input.verdict === 'valid' || refused?._tag !== 'BlockRefused' ? input.verdict : refused.reason;
    },
  };
};

/** A block of a proposer that carries this evidence, whatever it is. */
const carrying = async (evidence: readonly Evidence[]): Promise<Block> => {
  const block = await node().build();
  return { ...block, evidence, header: { ...block.header, evidenceHash: evidenceHashOf(evidence) } };
};

describe('a proposer', () => {
  test('puts what waits into its block, oldest first, and everybody votes for it', async () => {
    const { evidence, verify, build, judge } = node();
    for (const height of [4n, 2n, 3n]) evidence.accuse(twoVotes('v1', height));
    verify();
    const block = await build();
    expect(block.evidence.map((piece) => (piece._tag === 'DuplicateVote' ? piece.voteA.height : 0n))).toEqual([
      2n,
      3n,
      4n,
    ]);
    expect(await judge(block)).toBe('valid');
    expect(await node().judge(block)).toBe('valid');
  });

  test('leaves out what is of its own height, and what has no room', async () => {
    const { evidence, verify, build } = node();
    evidence.accuse(twoVotes('v1', 5n));
    verify();
    expect((await build()).evidence).toEqual([]);
    const piece = twoVotes('v1', 4n);
    evidence.accuse(piece);
    verify();
    const room = encode(evidenceCodec)(piece).length;
    expect([evidence.forBlock(room - 1, 256), evidence.forBlock(room, 0)]).toEqual([[], []]);
    expect(evidence.forBlock(room, 1)).toEqual([piece]);
  });
});

describe('a block that carries evidence is voted Against', () => {
  const good = twoVotes('v1', 4n);

  test.each([
    ['of its own height', [twoVotes('v1', 5n)], 'is of height 5, it must be below 5'],
    ['of a height that is forgotten', [twoVotes('v1', 1n)], 'is of height 1, which is too old'],
    ['that an earlier block carries', [COMMITTED], 'is in an earlier block'],
    ['twice', [good, twoVotes('v1', 3n), good], 'occurs twice'],
    ['that convicts nobody', [good, twoVotes('v1', 4n, 'block')], 'evidence[1] convicts nobody'],
    ['of a stranger', [twoVotes('stranger', 4n)], 'not in the set of height 4'],
    ['that is forged', [good, twoVotes('v2', 4n, 'other', { key: 'v1' })], 'is invalid'],
    ['of another chain', [twoVotes('v1', 4n, 'other', { genesisHash: hashNamed('elsewhere') })], 'is invalid'],
  ])('%s', async (_title, evidence, reason) => {
    const block = await carrying(evidence);
    const { judge, asked } = node();
    expect(await judge(block)).toContain(reason);
    expect(asked).toEqual([]);
  });

  test('and for one that carries only good evidence', async () => {
    expect(await node().judge(await carrying([good, twoVotes('v2', 2n)]))).toBe('valid');
  });
});
