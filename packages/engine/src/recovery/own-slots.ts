import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { decode, peerMessageCodec, type PeerMessage } from '@zhtp/types';
import { journalEntryCodec } from './journal-entry.ts';

const decodeEntry = decode(journalEntryCodec);
const decodeMessage = decode(peerMessageCodec);

/** A slot in which a node signed, as signers order them: by height, round, and step within it (protocol.md, Durability). */
export interface JournaledSlot {
  readonly height: bigint;
  readonly round: number;
  readonly step: 'Proposal' | 'PreVote' | 'PreCommit';
}

const ORDER = { Proposal: 0, PreVote: 1, PreCommit: 2 } as const;

const isLater = (a: JournaledSlot, b: JournaledSlot): boolean => {
  if (a.height !== b.height) return a.height > b.height;
  return a.round === b.round ? ORDER[a.step] > ORDER[b.step] : a.round > b.round;
};

const slotOfMessage = (message: PeerMessage): JournaledSlot | undefined => {
  if (message._tag === 'Propose')
    return { height: message.proposal.height, round: message.proposal.round, step: 'Proposal' };
  if (message._tag !== 'Vote') return undefined;
  const { height, round, voteType } = message.vote;
  switch (voteType) {
    case 'PreVote':
    case 'Against':
      return { height, round, step: 'PreVote' };
    case 'PreCommit':
      return { height, round, step: 'PreCommit' };
    case 'Commit':
      return undefined;
  }
};

/** The last slot in which the journal shows a message of this node: what the signer's memory is compared with at the start. */
export const lastJournaledSlot = (records: readonly Uint8Array[]): Option<JournaledSlot> => {
  let last: JournaledSlot | undefined;
  for (const record of records) {
    const entry = decodeEntry(record);
    if (E.isLeft(entry) || entry.right._tag !== 'Own') continue;
    const message = decodeMessage(entry.right.payload);
    const slot = E.isLeft(message) ? undefined : slotOfMessage(message.right);
    if (slot !== undefined && (last === undefined || isLater(slot, last))) last = slot;
  }
  return O.fromNullable(last);
};
