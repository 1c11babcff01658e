import { option as O } from 'fp-ts';
import { U64_MAX } from './arithmetic.ts';
import type { ByteWriter } from './byte-coder.ts';
import { encode } from './codec.ts';
import { putInternedHex32 } from './interned-hex.ts';
import { SIGNATURE_BYTES_MAX, signatureAlgorithmCodec, type SignatureAlgorithm } from './signature.ts';
import { voteTypeCodec, type VoteType } from './vote-type.ts';
import type { ConsensusVote } from './vote.ts';

/*
 * The common forms of a vote, those that vote-reader.ts reads, written by code for this one type. Whatever else a value may
 * be is left to the declaration, which also finds the words for what is wrong. Tests hold the two against each other.
 */

const U32_MAX = 0xffff_ffff;

const typeCode = encode(voteTypeCodec);
/** A Commit carries an appHash, which makes it none of the common forms. */
const TYPE_CODES: Readonly<Record<VoteType, number | undefined>> = {
  PreVote: typeCode('PreVote')[0],
  PreCommit: typeCode('PreCommit')[0],
  Commit: undefined,
  Against: typeCode('Against')[0],
};

const algorithmCode = encode(signatureAlgorithmCodec);
const ALGORITHM_CODES: Readonly<Record<SignatureAlgorithm, number | undefined>> = {
  'ML-DSA-44': algorithmCode('ML-DSA-44')[0],
  'ML-DSA-65': algorithmCode('ML-DSA-65')[0],
  'ML-DSA-87': algorithmCode('ML-DSA-87')[0],
};

/** All but proposalId, the signature's bytes and polRound. */
const FIXED_BYTES = 65 + 26 + 5;

const isU32 = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= U32_MAX && !Object.is(value, -0);

/** Whether it has the length: digits are looked at while they are written. */
const isAsLong = (hex: string): boolean => typeof hex === 'string' && hex.length === 64;

const isCommon = (vote: ConsensusVote): boolean => {
  const { voteType, height, round, signature, proposalId, polRound } = vote;
  const isForBlock = O.isSome(proposalId);
  return (
    isAsLong(vote.id) &&
    isAsLong(vote.voter) &&
    (O.isNone(proposalId) || isAsLong(proposalId.value)) &&
    (isForBlock || voteType !== 'Against') &&
    typeof height === 'bigint' &&
    height >= 0n &&
    height <= U64_MAX &&
    isU32(round) &&
    vote.timestamp === 0n &&
    signature.signature instanceof Uint8Array &&
    signature.signature.length <= SIGNATURE_BYTES_MAX &&
    O.isNone(signature.publicKey) &&
    (O.isNone(polRound) || (voteType === 'PreVote' && isForBlock && isU32(polRound.value) && polRound.value < round)) &&
    O.isNone(vote.appHash) &&
    O.isNone(vote.extension) &&
    O.isNone(vote.extensionSignature)
  );
};

/**
 * Writes a vote of a common form; false when it is of none. Then nothing is written, or the declaration refuses it, too: for a
 * character that is no digit.
 */
export const writeCommonVote = (writer: ByteWriter, vote: ConsensusVote): boolean => {
  const { proposalId, polRound, signature } = vote;
  const typeOf = TYPE_CODES[vote.voteType];
  const algorithm = ALGORITHM_CODES[signature.algorithm];
  if (typeOf === undefined || algorithm === undefined || !isCommon(vote)) return false;
  const raw = signature.signature;
  let at = writer.room(FIXED_BYTES + (O.isSome(proposalId) ? 32 : 0) + raw.length + (O.isSome(polRound) ? 4 : 0));
  const { bytes, view } = writer;
  if (!putInternedHex32(bytes, view, at, vote.id) || !putInternedHex32(bytes, view, at + 32, vote.voter)) return false;
  bytes[at + 64] = O.isSome(proposalId) ? 1 : 0;
  at += 65;
  if (O.isSome(proposalId)) {
    if (!putInternedHex32(bytes, view, at, proposalId.value)) return false;
    at += 32;
  }
  bytes[at] = typeOf;
  view.setBigUint64(at + 1, vote.height);
  view.setUint32(at + 9, vote.round);
  view.setBigUint64(at + 13, vote.timestamp);
  bytes[at + 21] = algorithm;
  view.setUint32(at + 22, raw.length);
  bytes.set(raw, at + 26);
  at += 26 + raw.length;
  bytes[at] = 0;
  bytes[at + 1] = O.isSome(polRound) ? 1 : 0;
  at += 2;
  if (O.isSome(polRound)) {
    view.setUint32(at, polRound.value);
    at += 4;
  }
  bytes.fill(0, at, at + 3);
  return true;
};
