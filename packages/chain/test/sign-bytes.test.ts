import { bytesToHex, decode, encode, type ConsensusStep, type Hash, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  extensionSignBytes,
  heartbeatSignBytes,
  possessionSignBytes,
  precommitSignBytes,
  proposalSignBytes,
  voteContentCodec,
  voteIdOf,
  voteSignBytes,
  type ExtensionContent,
  type HeartbeatContent,
  type ProposalContent,
  type VoteContent,
} from '@zhtp/chain';
import { hashOf, identityNamed, toyVote, voteContent } from './support.ts';

const anyHash: fc.Arbitrary<Hash> = fc.nat(3).map((n) => hashOf(String(n)));
const anyIdentity: fc.Arbitrary<IdentityId> = fc.nat(3).map((n) => identityNamed(String(n)));
const anyHeight = fc.oneof(fc.bigInt(0n, 3n), fc.constant(2n ** 64n - 1n));
const anyRound = fc.oneof(fc.nat(3), fc.constant(2 ** 32 - 1));
const optional = <A>(inner: fc.Arbitrary<A>): fc.Arbitrary<O.Option<A>> =>
  fc.option(inner, { nil: undefined }).map(O.fromNullable);

const anyVote: fc.Arbitrary<VoteContent> = fc.record({
  voteType: fc.constantFrom('PreVote', 'PreCommit', 'Commit', 'Against'),
  height: anyHeight,
  round: anyRound,
  proposalId: optional(anyHash),
  polRound: optional(anyRound),
  appHash: optional(anyHash),
  voter: anyIdentity,
});
const anyProposal: fc.Arbitrary<ProposalContent> = fc.record({
  id: anyHash,
  height: anyHeight,
  round: anyRound,
  validRound: optional(anyRound),
  protocolVersion: fc.nat(2),
  proposer: anyIdentity,
});
const anyExtension: fc.Arbitrary<ExtensionContent> = fc.record({
  height: anyHeight,
  round: anyRound,
  voter: anyIdentity,
  blockId: anyHash,
  extension: fc.uint8Array({ maxLength: 3 }),
});
const steps: readonly ConsensusStep[] = ['Propose', 'PreVote', 'PreCommit', 'Commit', 'NewRound'];
const anyHeartbeat: fc.Arbitrary<HeartbeatContent> = fc.record({
  validator: anyIdentity,
  height: anyHeight,
  round: anyRound,
  step: fc.constantFrom(...steps),
  sequence: anyHeight,
  activeValidators: fc.nat(3),
  healthBp: fc.nat(3),
  milliBlocksPerSecond: fc.nat(3),
  timestamp: anyHeight,
});

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'bigint' ? `${String(v)}n` : v instanceof Uint8Array ? bytesToHex(v) : v,
  );

/** Two contents, or two chains, with the same signed bytes; or one content with two encodings. */
const collision = <A>(any: fc.Arbitrary<A>, sign: (genesis: Hash, content: A) => Uint8Array): unknown =>
  fc.check(
    fc.property(anyHash, anyHash, any, any, (genesisA, genesisB, a, b) => {
      const same = genesisA === genesisB && textOf(a) === textOf(b);
      return (bytesToHex(sign(genesisA, a)) === bytesToHex(sign(genesisB, b))) === same;
    }),
    { numRuns: 500 },
  ).counterexample;

describe('signed bytes differ between any two contents and any two chains', () => {
  test('votes', () => {
    expect(collision(anyVote, voteSignBytes)).toBeNull();
  });
  test('proposals', () => {
    expect(collision(anyProposal, proposalSignBytes)).toBeNull();
  });
  test('extensions', () => {
    expect(collision(anyExtension, extensionSignBytes)).toBeNull();
  });
  test('heartbeats', () => {
    expect(collision(anyHeartbeat, heartbeatSignBytes)).toBeNull();
  });
  test('each single field of a vote is signed', () => {
    const base = voteContent({});
    const changed: readonly Partial<VoteContent>[] = [
      { voteType: 'PreVote' },
      { height: 8n },
      { round: 2 },
      { proposalId: O.none },
      { proposalId: O.some(hashOf('other')) },
      { polRound: O.some(0) },
      { appHash: O.some(hashOf('app')) },
      { voter: identityNamed('v1') },
    ];
    const all = [base, ...changed.map((fields) => ({ ...base, ...fields }))];
    expect(new Set(all.map((content) => bytesToHex(voteSignBytes(hashOf('g'), content)))).size).toBe(all.length);
    expect(new Set(all.map((content) => voteIdOf(content))).size).toBe(all.length);
  });
  test('proofs of possession name chain, identity and key', () => {
    const [a, b] = [identityNamed('a'), identityNamed('b')];
    const all = [
      possessionSignBytes('chain', a, Uint8Array.of(1)),
      possessionSignBytes('chain-', a, Uint8Array.of(1)),
      possessionSignBytes('chain', b, Uint8Array.of(1)),
      possessionSignBytes('chain', a, Uint8Array.of(1, 0)),
    ];
    expect(new Set(all.map((bytes) => bytesToHex(bytes))).size).toBe(4);
  });
});

describe('what is not signed does not change signed bytes', () => {
  test('id, timestamp, signature and extension of a vote', () => {
    const vote = toyVote({});
    const other = {
      ...vote,
      id: hashOf('id'),
      timestamp: 9n,
      extension: O.some(Uint8Array.of(1)),
      signature: { ...vote.signature, signature: new Uint8Array(3) },
    };
    expect(voteSignBytes(hashOf('g'), other)).toEqual(voteSignBytes(hashOf('g'), vote));
  });
});

describe('the fast way to a vote’s bytes', () => {
  test('gives those of the declaration', () => {
    fc.assert(
      fc.property(anyHash, anyVote, (genesis, content) => {
        const declared = bytesToHex(encode(voteContentCodec)(content));
        expect(bytesToHex(voteSignBytes(genesis, content))).toBe(`${genesis}${declared}`);
        expect(decode(voteContentCodec)(voteSignBytes(genesis, content).slice(32))).toEqual(E.right(content));
      }),
    );
  });
  test('refuses what the declaration refuses instead of wrapping it', () => {
    for (const fields of [
      { height: -1n },
      { height: 2n ** 64n },
      { round: -1 },
      { round: 2 ** 32 },
      { polRound: O.some(2 ** 32) },
    ]) {
      expect(() => voteSignBytes(hashOf('g'), voteContent(fields))).toThrow('of a vote is');
      expect(() => encode(voteContentCodec)(voteContent(fields))).toThrow(/height|ound/);
    }
  });
});

test('signed bodies start with the genesis hash', () => {
  const genesis = hashOf('g');
  expect(bytesToHex(voteSignBytes(genesis, voteContent({})))).toMatch(new RegExp(`^${genesis}02`));
});

test('the precommit of each signer is rebuilt from a certificate', () => {
  fc.assert(
    fc.property(
      anyHash,
      anyHeight,
      anyRound,
      anyHash,
      fc.array(anyIdentity, { minLength: 1 }),
      (genesis, height, round, blockId, voters) => {
        const rebuild = precommitSignBytes(genesis, { height, round, blockId });
        for (const voter of voters) {
          const content = voteContent({ height, round, proposalId: O.some(blockId), voter });
          expect(rebuild(voter)).toEqual(voteSignBytes(genesis, content));
        }
      },
    ),
  );
});

test('two rebuilt precommits share no memory', () => {
  const rebuild = precommitSignBytes(hashOf('g'), { height: 1n, round: 0, blockId: hashOf('b') });
  const first = rebuild(identityNamed('a'));
  const kept = bytesToHex(first);
  rebuild(identityNamed('b'));
  expect(bytesToHex(first)).toBe(kept);
});
