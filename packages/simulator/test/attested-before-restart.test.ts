import { option as O } from 'fp-ts';
import { genesisHashOf, sealVote, voteSignBytes } from '@zhtp/chain';
import { createWorld, mlDsaScheme, type World } from '@zhtp/simulator';
import { signMessage, taggedHash } from '@zhtp/crypto';
import { encode, peerMessageCodec, type ConsensusVote, type Evidence, type PeerId } from '@zhtp/types';
import { keepNothing } from '@zhtp/store';
import { describe, expect, test } from 'vitest';

const MALLORY = 'node-99' as PeerId;
const write = encode(peerMessageCodec);
const CORRECT = [1, 2, 3];

/** Validator 0 is down, and a stranger attests with its key; three correct validators go on. */
const scene = (seed: number) => {
  const scheme = mlDsaScheme('ML-DSA-44');
  const found: { readonly node: number; readonly evidence: Evidence }[] = [];
  const world: World = createWorld({
    seed,
    validators: 4,
    faulty: [0],
    scheme,
    parameters: { executionAttestations: true },
    observe: (node, event) => {
      if (event._tag === 'EvidenceFound') found.push({ node, evidence: event.evidence });
    },
  });
  for (const node of CORRECT) world.start(node);
  const network = world.network.join(MALLORY, undefined, () => 0n);
  network.peers$.subscribe();
  const [accomplice] = world.nodes;
  const attest = (height: bigint, app: string): ConsensusVote => {
    if (accomplice?.identity === undefined) throw new Error('node 0 is a validator');
    const content = {
      voteType: 'Commit',
      height,
      round: 0,
      proposalId: O.some(taggedHash('test/block')),
      polRound: O.none,
      appHash: O.some(taggedHash(`test/${app}`)),
      voter: accomplice.identity,
    } as const;
    const keyPair = scheme.keyPair(0);
    const message = voteSignBytes(genesisHashOf(world.genesis), content);
    const signature = signMessage(keyPair, 'zhtp/vote/v1', message);
    return sealVote(content, { algorithm: keyPair.algorithm, signature, publicKey: O.none });
  };
  /** Node 1 is at this height. */
  const standsAt = (height: bigint): Promise<boolean> =>
    world.runUntil(
      () => world.nodes[1]?.running()?.status()?.state.height === height - 1n,
      world.scheduler.nowMs() + 120_000,
    );
  const until = (height: bigint): Promise<boolean> =>
    world.runUntil(
      () => CORRECT.every((node) => world.record.committedBy(node) >= height),
      world.scheduler.nowMs() + 120_000,
    );
  return {
    world,
    found,
    attest,
    until,
    standsAt,
    tell: (vote: ConsensusVote): void => {
      network.send(world.nodes[1]?.peer ?? MALLORY, write({ _tag: 'Vote', vote }));
    },
    pass: (ms: number) => world.runUntil(() => false, world.scheduler.nowMs() + ms),
  };
};

describe('a validator that attests one result before a node restarts and another after it', () => {
  // Of the height before, in progress and next: their records lie in different places of the journal.
  test.each([
    ['the height before', 3n],
    ['the height in progress', 4n],
    ['the next height', 5n],
  ])('is convicted: attestations of %s', { timeout: 60_000 }, async (_title, height) => {
    const { world, found, attest, until, standsAt, tell, pass } = scene(3);
    await standsAt(4n);
    tell(attest(height, 'one'));
    await pass(300);
    world.crash(1);
    await pass(200);
    world.start(1);
    await pass(500);
    tell(attest(height, 'other'));
    await pass(500);
    expect(found.filter(({ node }) => node === 1).map(({ evidence }) => evidence._tag)).toEqual(['DuplicateVote']);
    await until(world.record.committedBy(1) + 4n);
    expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
  });

  test('is convicted when the height ended in between, and the journal began anew', { timeout: 60_000 }, async () => {
    const { world, found, attest, until, tell, pass } = scene(4);
    await until(3n);
    const height = world.record.committedBy(1) + 1n;
    tell(attest(height, 'one'));
    await until(height);
    await pass(200);
    world.crash(1);
    await pass(200);
    world.start(1);
    await pass(500);
    expect(world.record.committedBy(1)).toBe(height);
    tell(attest(height, 'other'));
    await pass(500);
    expect(found.filter(({ node }) => node === 1)).toHaveLength(1);
  });

  test('is not accused after a power loss that took the first one with it', { timeout: 60_000 }, async () => {
    const { world, found, attest, until, tell, pass } = scene(5);
    await until(3n);
    const height = world.record.committedBy(1) + 1n;
    tell(attest(height, 'one'));
    await pass(300);
    world.nodes[1]?.crash(keepNothing);
    await pass(200);
    world.start(1);
    await pass(500);
    tell(attest(height, 'one'));
    await pass(500);
    expect(found).toEqual([]);
  });
});
