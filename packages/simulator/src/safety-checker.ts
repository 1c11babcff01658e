import { either as E, option as O } from 'fp-ts';
import type { NodeEvent } from '@zhtp/engine';
import {
  decode,
  hasSigner,
  peerMessageCodec,
  type CommitCertificate,
  type ConsensusProposal,
  type ConsensusVote,
  type FrozenValidator,
  type Genesis,
  type Hash,
} from '@zhtp/types';

/** A property of properties.md that a run broke. */
export type ViolatedProperty =
  | 'agreement'
  | 'double sign'
  | 'certificate without a quorum'
  | 'time did not rise'
  | 'parent is not the decided one'
  | 'decided block lost'
  | 'node halted';

export interface Violation {
  readonly property: ViolatedProperty;
  readonly height: bigint;
  readonly detail: string;
}

/**
 * Judges a run by what nodes decided and what left them as bytes, and by nothing else: it shares no rule with the core
 * and counts quorums by itself.
 */
export interface SafetyChecker {
  /** A payload that left a node on a direct stream. */
  sent(payload: Uint8Array): void;
  observe(node: number, event: NodeEvent): void;
  violations(): readonly Violation[];
  /** Different contents signed, over all keys. */
  signatures(): number;
}

interface Decided {
  readonly blockId: Hash;
  readonly appHash: Hash;
  readonly time: bigint;
}

const decodeMessage = decode(peerMessageCodec);

const orNil = <A>(option: O.Option<A>): string => (O.isSome(option) ? String(option.value) : 'nil');

/** Prevote and Against share a slot (decisions.md §5). */
const stepOf = (vote: ConsensusVote): string =>
  vote.voteType === 'PreCommit' ? 'precommit' : vote.voteType === 'Commit' ? 'attestation' : 'prevote';

const voteContent = (vote: ConsensusVote): string =>
  `${vote.voteType} ${orNil(vote.proposalId)} polRound ${orNil(vote.polRound)} app ${orNil(vote.appHash)}`;

const powerOf = (voters: readonly Pick<FrozenValidator, 'votingPower'>[]): bigint =>
  voters.reduce((sum, { votingPower }) => sum + votingPower, 0n);

/** Who votes at a height and with what power, in identity order: the order of a certificate's bits. */
export type VotersAt = (height: bigint) => readonly Pick<FrozenValidator, 'identity' | 'votingPower'>[];

/** The set of genesis at every height, with equal powers: the ledger of this version never changes it. */
const votersOfGenesis = (genesis: Genesis): VotersAt => {
  const set = genesis.validators.map(({ identity }) => ({ identity, votingPower: 1n }));
  const ordered = set.toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
  return () => ordered;
};

export const createSafetyChecker = (genesis: Genesis, votersAt = votersOfGenesis(genesis)): SafetyChecker => {
  const signed = new Map<string, string>();
  const looked = new WeakSet<Uint8Array>();
  const decided = new Map<bigint, Decided>();
  const committed = new Map<number, bigint>();
  const violations: Violation[] = [];
  decided.set(genesis.initialHeight - 1n, {
    blockId: '0'.repeat(64) as Hash,
    appHash: '0'.repeat(64) as Hash,
    time: genesis.genesisTime,
  });

  const violated = (property: ViolatedProperty, height: bigint, detail: string): void => {
    violations.push({ property, height, detail });
  };

  const released = (slot: string, content: string, height: bigint): void => {
    const first = signed.get(slot);
    if (first === undefined) signed.set(slot, content);
    else if (first !== content) violated('double sign', height, `${slot}: ${first} and ${content}`);
  };

  const vote = (v: ConsensusVote): void => {
    released(`${v.voter}/${String(v.height)}/${String(v.round)}/${stepOf(v)}`, voteContent(v), v.height);
  };

  const proposal = (p: ConsensusProposal): void => {
    const slot = `${p.proposer}/${String(p.height)}/${String(p.round)}/proposal`;
    released(slot, `${p.id} validRound ${orNil(p.validRound)}`, p.height);
  };

  const certificate = (c: CommitCertificate, height: bigint, blockId: Hash): void => {
    const set = votersAt(height);
    const signers = set.filter((_voter, i) => hasSigner(c.signers, i));
    const power = powerOf(signers);
    const total = powerOf(set);
    const isOfBlock = c.height === height && c.blockId === blockId && c.setSize === set.length;
    if (!isOfBlock || 3n * power <= 2n * total || c.signatures.length !== signers.length)
      violated('certificate without a quorum', height, `${String(power)} of ${String(total)} for ${c.blockId}`);
  };

  const commit = (node: number, event: Extract<NodeEvent, { readonly _tag: 'BlockCommitted' }>): void => {
    const { block, blockId, appHash } = event;
    const { height, time, lastBlockId } = block.header;
    certificate(event.certificate, height, blockId);
    const before = committed.get(node);
    if (before !== undefined && height <= before)
      violated('decided block lost', height, `node ${String(node)} commits again below its head ${String(before)}`);
    committed.set(node, height);
    const first = decided.get(height);
    if (first !== undefined) {
      if (first.blockId !== blockId || first.appHash !== appHash)
        violated('agreement', height, `node ${String(node)} decided ${blockId}, others ${first.blockId}`);
      return;
    }
    decided.set(height, { blockId, appHash, time });
    const parent = decided.get(height - 1n);
    if (parent === undefined) return;
    if (time <= parent.time) violated('time did not rise', height, `${String(time)} after ${String(parent.time)}`);
    if (lastBlockId !== parent.blockId)
      violated('parent is not the decided one', height, `${lastBlockId}, decided ${parent.blockId}`);
  };

  return {
    sent: (payload) => {
      if (looked.has(payload)) return;
      looked.add(payload);
      const message = decodeMessage(payload);
      if (E.isLeft(message)) return;
      if (message.right._tag === 'Vote') vote(message.right.vote);
      else if (message.right._tag === 'Propose') proposal(message.right.proposal);
      else if (message.right._tag === 'Polka' || message.right._tag === 'Round') message.right.votes.forEach(vote);
    },
    observe: (node, event) => {
      if (event._tag === 'BlockCommitted') commit(node, event);
      else if (event._tag === 'HeightStarted' || event._tag === 'Replayed') {
        const head = committed.get(node);
        if (head !== undefined && event.height <= head)
          violated('decided block lost', event.height, `node ${String(node)} is back below its head ${String(head)}`);
      } else if (event._tag === 'Halted')
        violated('node halted', committed.get(node) ?? 0n, `node ${String(node)}: ${event.reason}`);
    },
    violations: () => violations,
    signatures: () => signed.size,
  };
};
