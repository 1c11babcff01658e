import type { NodeEvent } from '@zhtp/engine';
import { createConduct, type ShownRound } from './safety-conduct.ts';
import { createDecisions } from './safety-decisions.ts';
import { createEvidenceCheck } from './safety-evidence.ts';
import { createKnowledge } from './safety-knowledge.ts';
import { createMessageReader, type SeenMessage } from './safety-messages.ts';
import { createSignatures } from './safety-signatures.ts';
import type { Violation } from './safety-violation.ts';
import { createVoters, type SafetyCheckerOptions } from './safety-voters.ts';

/**
 * Judges a run by what nodes decided, sent and received as bytes, and by the round they show: it shares no rule with the
 * core and counts quorums by itself. Everything is checked when it happens, at a cost per message that does not grow.
 */
export interface SafetyChecker {
  /** A payload that left a node on a direct stream. */
  sent(node: number, payload: Uint8Array): void;
  /** Evidence that a node gossips: who accuses itself has said what it shows. */
  published(node: number, payload: Uint8Array): void;
  /** A payload that came to a node, by its own clock. */
  delivered(node: number, payload: Uint8Array, receivedAtMs: bigint): void;
  observe(node: number, event: NodeEvent): void;
  violations(): readonly Violation[];
  /** Different contents signed, over all keys. */
  signatures(): number;
  /** How many of them stand beside another content in their slot: what faulty validators did. */
  equivocations(): number;
}

/** Heights behind the highest decided one in which signatures are remembered. */
const REMEMBERED_HEIGHTS = 2_000n;
const FORGET_EVERY = 256n;

/** Checks nothing: for runs that measure. */
export const createNoChecker = (): SafetyChecker => ({
  sent: () => undefined,
  published: () => undefined,
  delivered: () => undefined,
  observe: () => undefined,
  violations: () => [],
  signatures: () => 0,
  equivocations: () => 0,
});

export const createSafetyChecker = (
  options: SafetyCheckerOptions,
  /** The round a node shows now. */
  shownBy: (node: number) => ShownRound | undefined = () => undefined,
): SafetyChecker => {
  const { genesis } = options;
  const voters = createVoters(options);
  const violations: Violation[] = [];
  const violated = (property: Violation['property'], height: bigint, detail: string): void => {
    violations.push({ property, height, detail });
  };
  const reader = createMessageReader(voters);
  const signatures = createSignatures(voters, violated);
  const knowledge = createKnowledge(voters);
  const conduct = createConduct(voters, signatures, knowledge, violated);
  const decisions = createDecisions(voters, genesis, signatures, reader, violated);
  const evidence = createEvidenceCheck(voters, signatures, reader, violated);
  /** The last thing each node sent: the same bytes go to all its peers, one after another. */
  const lastSent = new Map<number, Uint8Array>();
  let remembered = genesis.initialHeight;

  /** Full nodes are correct, and so is whoever runs with the key of a correct validator. */
  const isCorrectNode = (node: number): boolean => {
    const own = voters.ofNode(node);
    return own < 0 || voters.isCorrect(own);
  };

  const released = (node: number, { votes, proposal }: SeenMessage): void => {
    const own = isCorrectNode(node) ? voters.ofNode(node) : -1;
    for (const vote of votes)
      if (signatures.vote(vote) && vote.voter === own) {
        knowledge.heard(node, { votes: [vote], proposal: undefined });
        conduct.released(node, vote, shownBy(node));
      }
    if (proposal === undefined || !signatures.proposal(proposal) || proposal.proposer !== own) return;
    knowledge.heard(node, { votes: [], proposal });
    decisions.built(proposal);
    conduct.offered(node, proposal);
  };

  const forget = (): void => {
    const oldest = decisions.highest() - REMEMBERED_HEIGHTS;
    if (oldest < remembered + FORGET_EVERY) return;
    signatures.forgetBelow(oldest);
    remembered = oldest;
  };

  return {
    sent: (node, payload) => {
      if (lastSent.get(node) === payload) return;
      lastSent.set(node, payload);
      released(node, reader.read(payload));
    },
    published: (node, payload) => {
      const own = voters.ofNode(node);
      const { votes, proposals } = reader.gossip(payload);
      for (const vote of votes) if (vote.voter === own) signatures.vote(vote);
      for (const proposal of proposals) if (proposal.proposer === own) signatures.proposal(proposal);
    },
    delivered: (node, payload, receivedAtMs) => {
      if (!isCorrectNode(node)) return;
      const message = reader.read(payload);
      knowledge.heard(node, message);
      if (message.proposal !== undefined) decisions.arrived(message.proposal, receivedAtMs);
    },
    observe: (node, event) => {
      if (!isCorrectNode(node)) return;
      const isPlace = event._tag === 'StepEntered' || event._tag === 'HeightStarted' || event._tag === 'Replayed';
      conduct.observe(node, event, isPlace ? shownBy(node) : undefined);
      decisions.observe(node, event);
      if (event._tag === 'EvidenceFound') evidence.found(node, event.evidence);
      if (event._tag === 'BlockCommitted') forget();
    },
    violations: () => violations,
    signatures: () => signatures.count(),
    equivocations: () => signatures.equivocations(),
  };
};
