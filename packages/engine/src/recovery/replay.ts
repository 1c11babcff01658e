import { either as E } from 'fp-ts';
import { evidenceIdOf, withoutExtension } from '@zhtp/chain';
import { blockCodec, decode, peerMessageCodec, type PeerMessage } from '@zhtp/types';
import type { CoreEffect } from '../effects/effects.ts';
import { bodyOfBlock, bodyOfProposal } from '../catch-up/body-reader.ts';
import { commitOf } from '../intake/decision-intake.ts';
import { evidenceOf } from '../evidence/evidence-report.ts';
import { seenAt } from '../height/height-view.ts';
import { journalEntryCodec, type JournalEntry } from './journal-entry.ts';
import type { CoreInput, NodeContext } from '../node-context.ts';
import { polkaOf } from '../intake/polka-intake.ts';
import type { ProposalIntake } from '../intake/proposal-intake.ts';
import { coreProposal, coreVote } from '../loop/translate.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';

const decodeEntry = decode(journalEntryCodec);
const decodeMessage = decode(peerMessageCodec);
const decodeBlock = decode(blockCodec);

/** The records as entries, or which one this version cannot read. */
export const readEntries = (records: readonly Uint8Array[]): E.Either<string, readonly JournalEntry[]> => {
  const entries: JournalEntry[] = [];
  for (const [i, record] of records.entries()) {
    const entry = decodeEntry(record);
    if (E.isLeft(entry))
      return E.left(
        `journal record ${String(i + 1)} of ${String(records.length)} is intact but not of this version: ${entry.left.message}; start the version that wrote it`,
      );
    entries.push(entry.right);
  }
  return E.right(entries);
};

/** The records that belong to the height in progress: from its start on, none when the journal stops before it. */
export const entriesOfHeight = (entries: readonly JournalEntry[], height: bigint): readonly JournalEntry[] => {
  const start = entries.findLastIndex((entry) => entry._tag === 'HeightStarted' && entry.height === height);
  return start === -1 ? [] : entries.slice(start + 1);
};

/** What the shell keeps of received and own messages beside what it hands to the core. */
export interface Absorbers {
  readonly proposals: ProposalIntake;
  readonly extensions: VoteExtensions;
}

/** Puts back what a record had left in the shell, and answers with the input the core had been given. */
export const absorb = (ctx: NodeContext, into: Absorbers, entry: JournalEntry): CoreInput | undefined => {
  const view = ctx.view();
  switch (entry._tag) {
    case 'HeightStarted':
    case 'HeightEnded':
    case 'OwnCounted':
      return undefined;
    case 'Extended':
      into.extensions.restoreOwn(entry);
      return undefined;
    case 'Received':
    case 'Own': {
      const message = decodeMessage(entry.payload);
      return E.isLeft(message) ? undefined : absorbMessage(ctx, into, message.right, entry);
    }
    case 'Built': {
      const block = decodeBlock(entry.block);
      if (E.isLeft(block)) return undefined;
      const body = bodyOfBlock(block.right);
      if (E.isLeft(body)) return undefined;
      ctx.bodies.put(body.right, undefined);
      ctx.bodies.keep(body.right.id);
      return { _tag: 'ValueBuilt', height: entry.height, round: entry.round, value: body.right.id };
    }
    case 'Judged':
      if (entry.valid) ctx.bodies.keep(entry.blockId);
      return {
        _tag: 'ValueJudged',
        height: entry.height,
        value: entry.blockId,
        verdict: entry.valid ? 'valid' : 'invalid',
      };
    case 'Body': {
      const body = bodyOfBlock(entry.block);
      if (E.isRight(body)) ctx.bodies.put(body.right, undefined);
      return undefined;
    }
    case 'Committed': {
      const { block, certificate } = entry.committed;
      const body = bodyOfBlock(block);
      if (E.isLeft(body)) return undefined;
      ctx.bodies.put(body.right, undefined);
      ctx.bodies.keep(body.right.id);
      return {
        _tag: 'CertificateReceived',
        certificate: commitOf(view.sets.current, certificate, view.signing.algorithm),
      };
    }
    case 'TimeoutElapsed':
      return entry;
  }
};

const absorbMessage = (
  ctx: NodeContext,
  { proposals, extensions }: Absorbers,
  message: PeerMessage,
  entry: Extract<JournalEntry, { readonly _tag: 'Received' | 'Own' }>,
): CoreInput | undefined => {
  switch (message._tag) {
    case 'Vote': {
      const bare = withoutExtension(message.vote);
      seenAt(ctx.view(), bare.height)?.add(bare, ctx.nearestFar(bare.height));
      if (bare !== message.vote && entry._tag === 'Own') extensions.keepOwn(message.vote);
      else if (bare !== message.vote) extensions.restore(message.vote);
      const vote = coreVote(bare);
      if (vote === undefined) return undefined;
      return entry._tag === 'Own'
        ? { _tag: 'OwnSigned', message: { _tag: 'Vote', vote } }
        : { _tag: 'VoteReceived', vote };
    }
    case 'Propose': {
      const body = bodyOfProposal(message.proposal);
      if (E.isLeft(body)) return undefined;
      ctx.bodies.put(body.right, message.proposal.proposer);
      proposals.remember(message.proposal);
      const proposal = coreProposal(message.proposal);
      return entry._tag === 'Own'
        ? { _tag: 'OwnSigned', message: { _tag: 'Proposal', proposal } }
        : { _tag: 'ProposalReceived', proposal, timely: entry.timely };
    }
    case 'Polka': {
      const certificate = polkaOf(message.votes);
      return certificate === undefined ? undefined : { _tag: 'CertificateReceived', certificate };
    }
    case 'Heartbeat':
    case 'Decision':
    case 'Status':
    case 'BodyRequest':
    case 'BodyChunk':
    case 'RoundRequest':
    case 'Round':
    case 'Neighbours':
      return undefined;
  }
};

/** What the core asked for and the journal does not show as answered: to be asked again when the replay is over. */
export interface OpenEffects {
  asked(effect: CoreEffect): void;
  answered(input: CoreInput): void;
  inOrder(): readonly CoreEffect[];
}

const askedKey = (effect: CoreEffect): string | undefined => {
  switch (effect._tag) {
    case 'SignVote':
      return `sign/${effect.vote.kind}/${String(effect.vote.round)}`;
    case 'SignProposal':
      return `sign/proposal/${String(effect.proposal.round)}`;
    case 'BuildValue':
      return `build/${String(effect.round)}`;
    case 'JudgeValue':
    case 'FetchValue':
      return `judge/${effect.value}`;
    case 'ScheduleTimeout':
    case 'CancelTimeout':
      return `timeout/${effect.kind}/${String(effect.round)}`;
    case 'Decide':
    case 'Halt':
    case 'StepChanged':
      return effect._tag;
    case 'Evidence':
      // The pool drops what it knows; what the node had not stored before it stopped is found a second time.
      return `evidence/${evidenceIdOf(evidenceOf(effect.evidence))}`;
    case 'Repeat':
    case 'SendCertificate':
    case 'RequestRoundCertificate':
    case 'Dropped':
      return undefined;
  }
};

const answeredKey = (input: CoreInput): string | undefined => {
  switch (input._tag) {
    case 'OwnSigned':
      return input.message._tag === 'Vote'
        ? `sign/${input.message.vote.vote.kind}/${String(input.message.vote.vote.round)}`
        : `sign/proposal/${String(input.message.proposal.proposal.round)}`;
    case 'ValueBuilt':
      return `build/${String(input.round)}`;
    case 'ValueJudged':
      return `judge/${input.value}`;
    case 'TimeoutElapsed':
      return `timeout/${input.kind}/${String(input.round)}`;
    case 'StartHeight':
    case 'ProposalReceived':
    case 'VoteReceived':
    case 'CertificateReceived':
      return undefined;
  }
};

export const createOpenEffects = (): OpenEffects => {
  const open = new Map<string, CoreEffect>();
  return {
    asked: (effect) => {
      const key = askedKey(effect);
      if (key === undefined) return;
      open.delete(key);
      if (effect._tag !== 'CancelTimeout') open.set(key, effect);
    },
    answered: (input) => {
      const key = answeredKey(input);
      if (key !== undefined) open.delete(key);
    },
    inOrder: () => [...open.values()],
  };
};
