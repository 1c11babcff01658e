import { taskEither as TE } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { NodeEvent } from '@zhtp/engine';
import { createWorld } from '@zhtp/simulator';
import type { Application } from '@zhtp/types';
import { expect, test } from 'vitest';
import { changedApplication } from './support/changed-application.ts';

const NODES = [0, 1, 2, 3];

/** Rejects every block that this validator was the first to build. */
const rejecting = (ledger: Application, isOfLiar: (proposer: string) => boolean): Application =>
  changedApplication(ledger, {
    processProposal: (block) =>
      pipe(
        ledger.processProposal(block),
        TE.map((verdict) =>
          isOfLiar(block.header.proposer) ? { _tag: 'Reject' as const, reason: 'built by the liar' } : verdict,
        ),
      ),
  });

test('a proposer whose block the others judge invalid gets their Against votes, is convicted by them, and the chain goes on', async () => {
  const events: (readonly [node: number, event: NodeEvent])[] = [];
  const world = createWorld({
    seed: 41,
    validators: 4,
    application: (node, ledger) =>
      node === 2 ? ledger : rejecting(ledger, (proposer) => proposer === world.nodes[2]?.identity),
    observe: (node, event) => {
      events.push([node, event]);
    },
  });
  for (const node of NODES) world.start(node);
  expect(await world.runUntil(() => NODES.every((node) => world.record.committedBy(node) >= 8n), 120_000)).toBe(true);
  const against = events.flatMap(([, event]) =>
    event._tag === 'VoteAccepted' && event.vote.voteType === 'Against' ? [event.vote.voter] : [],
  );
  expect(new Set(against)).toEqual(new Set([0, 1, 3].map((node) => world.nodes[node]?.identity)));
  const convicted = events.flatMap(([, event]) =>
    event._tag === 'EvidenceFound' && event.evidence._tag === 'InvalidProposal'
      ? [event.evidence.proposal.proposer]
      : [],
  );
  expect(new Set(convicted)).toEqual(new Set([world.nodes[2]?.identity]));
  const carried = events.flatMap(([node, event]) =>
    node === 0 && event._tag === 'BlockCommitted' ? event.block.evidence.map(({ _tag }) => _tag) : [],
  );
  expect(carried).toContain('InvalidProposal');
  // The checker holds every node of this world for correct; that the liar is accused is all it may find.
  expect(world.checker.violations().filter(({ detail }) => !detail.endsWith('accuses validator 2'))).toEqual([]);
  expect(world.record.heights().every(({ proposer }) => proposer !== world.nodes[2]?.identity)).toBe(true);
});
