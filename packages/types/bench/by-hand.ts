import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { ConsensusVote, Hash, IdentityId, PostQuantumSignature, SignatureAlgorithm, VoteType } from '@zhtp/types';
import { bytesToHex, hashToBytes } from '@zhtp/types';

// What the codec is held against: the same wire form of a vote, read and written by code for this one type.
// No checks beyond the tags: the least that any reader has to do.

const VOTE_TYPES: readonly VoteType[] = ['PreVote', 'PreCommit', 'Commit', 'Against'];
const ALGORITHMS: readonly SignatureAlgorithm[] = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'];

export const readVote = (input: Uint8Array): ConsensusVote => {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  const u8 = (): number => view.getUint8(at++);
  const u32 = (): number => view.getUint32((at += 4) - 4);
  const u64 = (): bigint => view.getBigUint64((at += 8) - 8);
  const hash = (): string => bytesToHex(input.subarray((at += 32) - 32, at));
  const bytes = (): Uint8Array => {
    const length = u32();
    return input.slice(at, (at += length));
  };
  const option = <A>(read: () => A): Option<A> => (u8() === 0 ? O.none : O.some(read()));
  const named = <A>(names: readonly A[]): A => {
    const name = names[u8() - 1];
    if (name === undefined) throw new Error('unknown code');
    return name;
  };
  const signature = (): PostQuantumSignature => ({
    algorithm: named(ALGORITHMS),
    signature: bytes(),
    publicKey: option(bytes),
  });
  return {
    id: hash() as Hash,
    voter: hash() as IdentityId,
    proposalId: option(hash) as Option<Hash>,
    voteType: named(VOTE_TYPES),
    height: u64(),
    round: u32(),
    timestamp: u64(),
    signature: signature(),
    polRound: option(u32),
    appHash: option(hash) as Option<Hash>,
    extension: option(bytes),
    extensionSignature: option(signature),
  };
};

/** Longer than any vote of the benchmark; reused, so that only the result is allocated. */
const output = new Uint8Array(16_384);

export const writeVote = (vote: ConsensusVote): Uint8Array => {
  const view = new DataView(output.buffer);
  let at = 0;
  const u8 = (n: number): void => view.setUint8(at++, n);
  const u32 = (n: number): void => view.setUint32((at += 4) - 4, n);
  const u64 = (n: bigint): void => view.setBigUint64((at += 8) - 8, n);
  const raw = (b: Uint8Array): void => output.set(b, (at += b.length) - b.length);
  const hash = (h: Hash | IdentityId): void => raw(hashToBytes(h));
  const bytes = (b: Uint8Array): void => {
    u32(b.length);
    raw(b);
  };
  const option = <A>(o: Option<A>, write: (a: A) => void): void => {
    u8(O.isSome(o) ? 1 : 0);
    if (O.isSome(o)) write(o.value);
  };
  const signature = (s: PostQuantumSignature): void => {
    u8(ALGORITHMS.indexOf(s.algorithm) + 1);
    bytes(s.signature);
    option(s.publicKey, bytes);
  };
  hash(vote.id);
  hash(vote.voter);
  option(vote.proposalId, hash);
  u8(VOTE_TYPES.indexOf(vote.voteType) + 1);
  u64(vote.height);
  u32(vote.round);
  u64(vote.timestamp);
  signature(vote.signature);
  option(vote.polRound, u32);
  option(vote.appHash, hash);
  option(vote.extension, bytes);
  option(vote.extensionSignature, signature);
  return output.slice(0, at);
};
