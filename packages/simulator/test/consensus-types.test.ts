// The five consensus types on whole networks: which proofs their proposals carry, and what happens without (decisions.md §6).
import { taskEither as TE } from 'fp-ts';
import type { NodeEvent } from '@zhtp/engine';
import { requiredProofs } from '@zhtp/proofs';
import { createWorld, nullScheme, type World, type WorldOptions } from '@zhtp/simulator';
import { noProof } from '@zhtp/chain';
import { type ConsensusProof, type ConsensusType } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { worldValidators } from '../src/genesis-of-world.ts';
import { changedApplication } from './support/changed-application.ts';
import { heldStorage } from './support/held-storage.ts';

const NODES = [0, 1, 2, 3];

type Told = readonly [node: number, event: NodeEvent];

const decided = async (
  heights: bigint,
  options: Omit<WorldOptions, 'validators' | 'seed'>,
): Promise<{ readonly world: World; readonly told: readonly Told[] }> => {
  const told: Told[] = [];
  const world = createWorld({
    seed: 53,
    validators: 4,
    ...options,
    observe: (node, event) => {
      told.push([node, event]);
    },
  });
  for (const node of NODES) world.start(node);
  const isDone = await world.runUntil(() => NODES.every((node) => world.record.committedBy(node) >= heights), 240_000);
  expect(world.nodes.map((node) => node.fault())).toEqual(NODES.map(() => undefined));
  expect(isDone).toBe(true);
  return { world, told };
};

const committed = (told: readonly Told[]) =>
  told.flatMap(([node, event]) => (node === 0 && event._tag === 'BlockCommitted' ? [event.block] : []));

const carried = (proof: ConsensusProof): readonly string[] =>
  (['stakeProof', 'storageProof', 'workProof'] as const).filter((field) => proof[field]._tag === 'Some');

const TYPES: readonly ConsensusType[] = [
  'ProofOfStake',
  'ProofOfStorage',
  'ProofOfUsefulWork',
  'Hybrid',
  'ByzantineFaultTolerance',
];

describe.each(TYPES)('%s', (consensusType) => {
  const config = { consensusType, epochLengthBlocks: 10n };

  test('every proposer shows the proofs that the type requires and no other, beyond an epoch', async () => {
    const { world, told } = await decided(13n, { config, ...(await heldStorage(4)) });
    const blocks = committed(told);
    for (const { proof } of blocks) expect(carried(proof)).toEqual(requiredProofs(consensusType));
    expect(new Set(blocks.map(({ header }) => header.proposer)).size).toBe(4);
    expect(world.checker.violations()).toEqual([]);
  });
});

describe.each(TYPES.filter((type) => requiredProofs(type).length > 0))('%s', (consensusType) => {
  const config = { consensusType, epochLengthBlocks: 10n };

  test('a proposer that leaves its proof out is voted Against, and the height goes on without its block', async () => {
    const { world, told } = await decided(6n, {
      config,
      ...(await heldStorage(4)),
      application: (node, ledger) =>
        node !== 2
          ? ledger
          : changedApplication(ledger, {
              proposalProof: ({ time }) =>
                TE.right({
                  _tag: 'Proof',
                  proof: noProof(consensusType, time),
                }),
              processProposal: () => TE.right({ _tag: 'Accept' }),
            }),
    });
    const against = told.flatMap(([, event]) =>
      event._tag === 'VoteAccepted' && event.vote.voteType === 'Against' ? [event.vote.voter] : [],
    );
    expect(new Set(against)).toEqual(new Set([0, 1, 3].map((node) => world.nodes[node]?.identity)));
    const [missing] = requiredProofs(consensusType);
    expect(
      told.some(
        ([, event]) => event._tag === 'BlockRefused' && event.reason.startsWith(`${String(missing)} is missing`),
      ),
    ).toBe(true);
    expect(committed(told).some(({ header }) => header.proposer === world.nodes[2]?.identity)).toBe(false);
  });
});

test('a validator that lost its bytes stays silent instead of being accused: its rounds fail, the heights are decided', async () => {
  const { appState, storageProver } = await heldStorage(4);
  const [, unlucky] = worldValidators(nullScheme(), 4);
  const { world, told } = await decided(6n, {
    config: { consensusType: 'ProofOfStorage' },
    appState,
    storageProver: (request) =>
      request.validator === unlucky?.identity
        ? TE.left({ message: 'block 3 is not what was committed' })
        : storageProver(request),
  });
  const withheld = told.flatMap(([node, event]) => (event._tag === 'ProposalWithheld' ? [[node, event.reason]] : []));
  expect(withheld[0]).toEqual([1, 'block 3 is not what was committed']);
  expect(told.some(([, event]) => event._tag === 'VoteAccepted' && event.vote.voteType === 'Against')).toBe(false);
  expect(committed(told).some(({ header }) => header.proposer === unlucky?.identity)).toBe(false);
  expect(world.checker.violations()).toEqual([]);
});
