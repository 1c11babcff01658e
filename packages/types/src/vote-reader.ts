import { option as O } from 'fp-ts';
import type { Hash, IdentityId } from './brand.ts';
import type { ByteReader } from './byte-coder.ts';
import { encode, type Codec } from './codec.ts';
import { int32At, uint32At } from './int32-at.ts';
import { internedHex32 } from './interned-hex.ts';
import { SIGNATURE_BYTES_MAX, signatureAlgorithmCodec, type SignatureAlgorithm } from './signature.ts';
import { voteTypeCodec, type VoteType } from './vote-type.ts';
import type { ConsensusVote } from './vote.ts';

/*
 * A vote read by code for this one type: nearly every message is one, and walking the declaration costs several times as
 * much. It reads the common forms only, without appHash, extension and keys; whatever else the bytes may be is left to the
 * declaration, which also finds the words for what is wrong. Tests hold the two against each other.
 */

const byCode = <Name extends string>(codec: Codec<Name>, names: readonly Name[]): readonly (Name | undefined)[] => {
  const table: (Name | undefined)[] = [];
  for (const name of names) table[encode(codec)(name)[0] ?? 0] = name;
  return table;
};

const VOTE_TYPES = byCode<VoteType>(voteTypeCodec, ['PreVote', 'PreCommit', 'Against']);
const ALGORITHMS = byCode<SignatureAlgorithm>(signatureAlgorithmCodec, ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']);

/** id, voter and the flag of proposalId. */
const HEAD_BYTES = 65;
/** voteType, height, round, timestamp, and the signature's algorithm and length. */
const MIDDLE_BYTES = 1 + 8 + 4 + 8 + 1 + 4;
/** publicKey, polRound, appHash, extension, extensionSignature: five flags. */
const TAIL_BYTES = 5;

/*
 * Thousands of votes in a row are of one height and for one block: the values read last are given again, which costs a
 * comparison where new ones would stay in memory as long as their votes.
 */
let lastHeight = 0n;
/** The two halves of `lastHeight`. */
let lastHigh = 0;
let lastLow = 0;
let lastProposal: O.Some<Hash> | undefined;

const heightAt = (bytes: Uint8Array, at: number): bigint => {
  const high = uint32At(bytes, at);
  const low = uint32At(bytes, at + 4);
  if (high !== lastHigh || low !== lastLow) {
    lastHeight = (BigInt(high) << 32n) | BigInt(low);
    lastHigh = high;
    lastLow = low;
  }
  return lastHeight;
};

const proposalNamed = (id: Hash): O.Some<Hash> => {
  if (lastProposal?.value !== id) lastProposal = { _tag: 'Some', value: id };
  return lastProposal;
};

/** The vote that begins where the reader stands; undefined, with the reader where it was, when it is of no common form. */
export const readCommonVote = (reader: ByteReader): ConsensusVote | undefined => readVoteAt(reader, reader.position());

/** The same behind one byte that must be `tag`. */
export const readTaggedVote = (reader: ByteReader, tag: number): ConsensusVote | undefined => {
  const start = reader.position();
  return reader.bytes[start] === tag ? readVoteAt(reader, start + 1) : undefined;
};

const readVoteAt = (reader: ByteReader, start: number): ConsensusVote | undefined => {
  const { bytes } = reader;
  if (start + HEAD_BYTES + MIDDLE_BYTES + TAIL_BYTES > bytes.length) return undefined;
  const isForBlock = bytes[start + 64] === 1;
  if (!isForBlock && bytes[start + 64] !== 0) return undefined;
  let at = start + HEAD_BYTES + (isForBlock ? 32 : 0);
  if (at + MIDDLE_BYTES + TAIL_BYTES > bytes.length) return undefined;
  const voteType = VOTE_TYPES[bytes[at] ?? 0];
  const algorithm = ALGORITHMS[bytes[at + 21] ?? 0];
  const signatureBytes = uint32At(bytes, at + 22);
  if (voteType === undefined || algorithm === undefined || signatureBytes > SIGNATURE_BYTES_MAX) return undefined;
  if (int32At(bytes, at + 13) !== 0 || int32At(bytes, at + 17) !== 0) return undefined;
  const height = heightAt(bytes, at + 1);
  const round = uint32At(bytes, at + 9);
  at += MIDDLE_BYTES;
  const signatureAt = at;
  at += signatureBytes;
  if (at + TAIL_BYTES > bytes.length || bytes[at] !== 0) return undefined;
  let polRound: ConsensusVote['polRound'] = O.none;
  if (bytes[at + 1] === 1) {
    if (at + TAIL_BYTES + 4 > bytes.length || voteType !== 'PreVote' || !isForBlock) return undefined;
    const earlier = uint32At(bytes, at + 2);
    if (earlier >= round) return undefined;
    polRound = O.some(earlier);
    at += 4;
  } else if (bytes[at + 1] !== 0) return undefined;
  if (bytes[at + 2] !== 0 || bytes[at + 3] !== 0 || bytes[at + 4] !== 0) return undefined;
  if (voteType === 'Against' && !isForBlock) return undefined;
  reader.take(at + TAIL_BYTES - reader.position());
  return {
    id: internedHex32(bytes, start) as Hash,
    voter: internedHex32(bytes, start + 32) as IdentityId,
    proposalId: isForBlock ? proposalNamed(internedHex32(bytes, start + HEAD_BYTES) as Hash) : O.none,
    voteType,
    height,
    round,
    timestamp: 0n,
    signature: { algorithm, signature: reader.bytesAt(signatureAt, signatureBytes), publicKey: O.none },
    polRound,
    appHash: O.none,
    extension: O.none,
    extensionSignature: O.none,
  };
};
