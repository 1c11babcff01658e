import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  bytesToHex,
  consensusVoteCodec,
  decode,
  decodeLent,
  encode,
  fromJson,
  peerMessageCodec,
  SIGNATURE_BYTES_MAX,
  toJson,
  type ConsensusVote,
} from '@zhtp/types';
import { declaredVote } from './declared-vote.ts';
import { against, commit, nil, preCommit, preVote } from './golden/values.ts';

const votes: readonly ConsensusVote[] = [
  preVote,
  { ...preVote, polRound: O.none },
  preCommit,
  { ...preCommit, extension: O.none, extensionSignature: O.none },
  nil,
  commit,
  against,
];
const write = encode(consensusVoteCodec);
const read = decode(consensusVoteCodec);

/** The rules of the declaration, asked in its JSON form: the reader of bytes has no part in it. */
const isDeclared = (vote: ConsensusVote): boolean =>
  E.isRight(fromJson(consensusVoteCodec)(toJson(consensusVoteCodec)(vote)));

describe('a vote is read from bytes as it is declared', () => {
  test('whatever one changed byte makes of it is refused, or a declared vote with exactly these bytes', () => {
    let taken = 0;
    for (const vote of votes) {
      const bytes = write(vote);
      for (let at = 0; at < bytes.length; at++)
        for (const change of [1, 2, 0x80, 0xff]) {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) ^ change;
          const result = read(changed);
          if (E.isLeft(result)) continue;
          taken += 1;
          expect(isDeclared(result.right)).toBe(true);
          expect(bytesToHex(encode(declaredVote)(result.right))).toBe(bytesToHex(changed));
        }
    }
    expect(taken).toBeGreaterThan(1_000);
  });

  test('whatever is cut off or left over is refused', () => {
    for (const vote of votes) {
      const bytes = write(vote);
      for (let length = 0; length < bytes.length; length++) expect(E.isLeft(read(bytes.slice(0, length)))).toBe(true);
      expect(E.isLeft(read(Uint8Array.of(...bytes, 0)))).toBe(true);
    }
  });

  test.each([0, SIGNATURE_BYTES_MAX])('a signature of %i bytes is read', (length) => {
    const vote = { ...nil, signature: { ...nil.signature, signature: new Uint8Array(length).fill(7) } };
    expect(read(write(vote))).toEqual(E.right(vote));
  });

  test('a signature one byte too long is refused, with the limit', () => {
    const bytes = write({ ...nil, signature: { ...nil.signature, signature: new Uint8Array(SIGNATURE_BYTES_MAX) } });
    const longer = Uint8Array.of(...bytes.subarray(0, -5), 0, ...bytes.subarray(-5));
    new DataView(longer.buffer).setUint32(87, SIGNATURE_BYTES_MAX + 1);
    const result = read(longer);
    expect(E.isLeft(result) && result.left.message).toContain(`over the limit of ${String(SIGNATURE_BYTES_MAX)}`);
  });

  test('the same ids are the same strings, also after many others', () => {
    const wire = write(preVote);
    const first = read(wire);
    for (let i = 0; i < 10_000; i++) {
      const other = wire.slice();
      new DataView(other.buffer).setUint32(0, i);
      new DataView(other.buffer).setUint32(32, i * 7_919);
      const result = read(other);
      expect(E.isRight(result) && result.right.id.slice(0, 8)).toBe(i.toString(16).padStart(8, '0'));
    }
    expect(read(wire)).toEqual(first);
  });
});

describe('bytes that are lent', () => {
  const bytes = encode(peerMessageCodec)({ _tag: 'Vote', vote: preVote });

  test('give the same values', () => {
    for (const vote of votes) {
      const wire = encode(peerMessageCodec)({ _tag: 'Vote', vote });
      expect(decodeLent(peerMessageCodec)(wire)).toEqual(E.right({ _tag: 'Vote', vote }));
    }
  });

  test('stay part of the value, which otherwise shares no memory with them', () => {
    const lent = decodeLent(peerMessageCodec)(bytes);
    const copied = decode(peerMessageCodec)(bytes);
    const signatureOf = (result: typeof lent): Uint8Array | undefined =>
      E.isRight(result) && result.right._tag === 'Vote' ? result.right.vote.signature.signature : undefined;
    expect(signatureOf(lent)?.buffer).toBe(bytes.buffer);
    expect(signatureOf(copied)?.buffer).not.toBe(bytes.buffer);
  });

  test('are refused with the same words', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(decodeLent(peerMessageCodec)(bytes.slice(0, length))).toEqual(
        decode(peerMessageCodec)(bytes.slice(0, length)),
      );
  });
});
