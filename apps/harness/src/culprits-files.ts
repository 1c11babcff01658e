import { readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { readEvidenceFile, readGenesis, type EvidenceFile } from '@zhtp/chain';
import { causeText, fromJson, peerMessageCodec, type Genesis, type PeerMessage } from '@zhtp/types';

const messageFromJson = fromJson(peerMessageCodec);

/** A file as the operating system has it, or why it cannot be read. */
const textOf = (path: string): Either<string, string> => {
  try {
    return E.right(readFileSync(path, 'utf8'));
  } catch (cause) {
    return E.left(`${path} cannot be read: ${causeText(cause)}`);
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
    return E.left(`${path} is not JSON: ${causeText(cause)}`);
  }
};

/** What a file shows: an export of a node, or bare messages, which show no sets. */
export type ShownFile = Pick<EvidenceFile, 'sets' | 'headers' | 'messages' | 'evidence'> & {
  readonly path: string;
  readonly genesisHash: string | undefined;
};

const bareMessages = (path: string, json: readonly unknown[]): Either<string, ShownFile> => {
  const messages: PeerMessage[] = [];
  for (const [i, entry] of json.entries()) {
    const message = messageFromJson(entry);
    if (E.isLeft(message)) return E.left(`${path}, message ${String(i + 1)}: ${message.left.message}`);
    messages.push(message.right);
  }
  return E.right({ path, genesisHash: undefined, sets: [], headers: [], messages, evidence: [] });
};

/** An export of a node (`zhtp evidence export`), or a JSON array of peer messages, each as one node received it. */
export const readShownFile = (path: string): Either<string, ShownFile> => {
  const text = textOf(path);
  if (E.isLeft(text)) return text;
  const json = jsonOf(path, text.right);
  if (E.isLeft(json)) return json;
  if (Array.isArray(json.right)) return bareMessages(path, json.right as readonly unknown[]);
  const file = readEvidenceFile(json.right);
  return E.isLeft(file)
    ? E.left(`${path} is neither a JSON array of messages nor an export of a node: ${file.left}`)
    : E.right({ ...file.right, path });
};
