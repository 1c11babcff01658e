import { readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { readGenesis, type CollectedMessages } from '@zhtp/chain';
import { fromJson, peerMessageCodec, type Genesis, type PeerMessage } from '@zhtp/types';

const messageFromJson = fromJson(peerMessageCodec);

/** A file as the operating system has it, or why it cannot be read. */
const textOf = (path: string): Either<string, string> => {
  try {
    return E.right(readFileSync(path, 'utf8'));
  } catch (cause) {
    return E.left(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
};

export const readGenesisFile = (path: string): Either<string, Genesis> => {
  const text = textOf(path);
  if (E.isLeft(text)) return text;
  const genesis = readGenesis(text.right);
  return E.isLeft(genesis) ? E.left(`${path}: ${genesis.left.message}`) : genesis;
};

const jsonOf = (path: string, text: string): Either<string, unknown> => {
  try {
    return E.right(JSON.parse(text));
  } catch (cause) {
    return E.left(`${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
};

/** Messages of a file: a JSON array of peer messages, each as one node received it. */
export const readMessages = (path: string): Either<string, readonly PeerMessage[]> => {
  const text = textOf(path);
  if (E.isLeft(text)) return text;
  const json = jsonOf(path, text.right);
  if (E.isLeft(json)) return json;
  if (!Array.isArray(json.right)) return E.left(`${path} must hold a JSON array of messages`);
  const messages: PeerMessage[] = [];
  for (const [i, entry] of (json.right as readonly unknown[]).entries()) {
    const message = messageFromJson(entry);
    if (E.isLeft(message)) return E.left(`${path}, message ${String(i + 1)}: ${message.left.message}`);
    messages.push(message.right);
  }
  return E.right(messages);
};

/** Signed messages by height. */
export const collectByHeight = (messages: readonly PeerMessage[]): ReadonlyMap<bigint, CollectedMessages> => {
  const heights = new Map<
    bigint,
    {
      votes: CollectedMessages['votes'][number][];
      proposals: CollectedMessages['proposals'][number][];
      certificates: CollectedMessages['certificates'][number][];
    }
  >();
  const at = (height: bigint) => {
    const known = heights.get(height) ?? { votes: [], proposals: [], certificates: [] };
    heights.set(height, known);
    return known;
  };
  for (const message of messages) {
    if (message._tag === 'Vote') at(message.vote.height).votes.push(message.vote);
    else if (message._tag === 'Polka' || message._tag === 'Round')
      for (const vote of message.votes) at(vote.height).votes.push(vote);
    else if (message._tag === 'Propose') at(message.proposal.height).proposals.push(message.proposal);
    else if (message._tag === 'Decision') {
      const { certificate } = message.committed;
      at(certificate.height).certificates.push(certificate);
    }
  }
  return new Map([...heights].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
