import { identityOf, keyPairFromSeed, signMessage } from '@zhtp/crypto';
import type { CommitCertificate, SignatureAlgorithm } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeVectors } from '@zhtp/testing';
import {
  commitChecksFull,
  commitChecksLight,
  commitChecksTrusting,
  makeCertificate,
  sealVote,
  verifyCommitFull,
  verifyCommitLight,
  verifyCommitTrusting,
  verifyNow,
  voteSignBytes,
  type CommitClaim,
  type SignerSet,
} from '@zhtp/chain';
import {
  CONTEXT,
  hashOf,
  left,
  precommits,
  range,
  right,
  setOf,
  toyMember,
  toySet,
  toyVerify,
  toyVote,
  voteContent,
} from './support.ts';

const claimOf = (set: SignerSet, certificate: CommitCertificate): CommitClaim => ({
  context: CONTEXT,
  set,
  certificate,
  decision: { height: 7n, blockId: hashOf('block'), validatorsHash: set.hash },
});

const SET = toySet([5n, 1n, 1n, 1n, 1n, 1n, 2n]);
const GOOD = right(makeCertificate(SET, precommits(SET, range(7))));
const CLAIM = claimOf(SET, GOOD);

/** A certificate with these signers that nobody checked. */
const certificateOf = (set: SignerSet, positions: readonly number[]): CommitCertificate => {
  const signers = new Uint8Array((set.validators.length + 7) >> 3);
  for (const i of positions) signers[i >> 3] = (signers[i >> 3] ?? 0) | (1 << (i & 7));
  return {
    ...GOOD,
    setSize: set.validators.length,
    signers,
    signatures: precommits(set, positions).map(({ signature }) => signature.signature),
  };
};

const positionsIn = (flags: readonly boolean[]): readonly number[] =>
  range(flags.length).filter((i) => flags[i] === true);

describe('full and light verification', () => {
  test('accept exactly the quorums, and light asks for as few signatures as show one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt(1n, 20n), fc.boolean()), { minLength: 1, maxLength: 12 }), (members) => {
        const set = toySet(members.map(([power]) => power));
        const positions = positionsIn(members.map(([, signs]) => signs));
        const powers = positions.map((i) => set.validators[i]?.votingPower ?? 0n);
        const quorum = 3n * powers.reduce((sum, power) => sum + power, 0n) > 2n * set.totalPower;
        const claim = claimOf(set, certificateOf(set, positions));
        expect(E.isRight(verifyCommitFull(claim, toyVerify))).toBe(quorum);
        expect(E.isRight(verifyCommitLight(claim, toyVerify))).toBe(quorum);
        if (!quorum) return;
        expect(right(commitChecksFull(claim))).toHaveLength(positions.length);
        const asked = right(commitChecksLight(claim)).length;
        const heaviest = powers.toSorted((a, b) => (a < b ? 1 : -1));
        const reach = (count: number): bigint => heaviest.slice(0, count).reduce((sum, power) => sum + power, 0n);
        expect(3n * reach(asked) > 2n * set.totalPower).toBe(true);
        expect(3n * reach(asked - 1) > 2n * set.totalPower).toBe(false);
      }),
    );
  });

  test('light does not look at the rest, full does', () => {
    const [weak = 0] = range(7)
      .filter((i) => SET.validators[i]?.votingPower === 1n)
      .slice(-1);
    const signatures = GOOD.signatures.map((signature, i) => (i === weak ? new Uint8Array(32) : signature));
    const claim = claimOf(SET, { ...GOOD, signatures });
    expect(E.isRight(verifyCommitLight(claim, toyVerify))).toBe(true);
    expect(left(verifyCommitFull(claim, toyVerify))._tag).toBe('InvalidSignature');
  });

  test('any single changed bit of a certificate fails', () => {
    const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
      bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    const mutants: CommitCertificate[] = [
      { ...GOOD, height: 8n },
      { ...GOOD, round: 2 },
      { ...GOOD, round: 0 },
      { ...GOOD, blockId: hashOf('other') },
      { ...GOOD, setSize: 8 },
      { ...GOOD, setSize: 6 },
      { ...GOOD, signatures: GOOD.signatures.slice(1) },
      { ...GOOD, signatures: [...GOOD.signatures, new Uint8Array(32)] },
      { ...GOOD, signatures: GOOD.signatures.toReversed() },
      { ...GOOD, signers: new Uint8Array(0) },
      { ...GOOD, signers: Uint8Array.of(0x7f, 0) },
      ...range(8).map((bit) => ({ ...GOOD, signers: flip(GOOD.signers, bit) })),
      ...GOOD.signatures.flatMap((signature, i) =>
        range(256).map((bit) => ({ ...GOOD, signatures: GOOD.signatures.with(i, flip(signature, bit)) })),
      ),
    ];
    expect(verifyCommitFull(CLAIM, toyVerify)).toEqual(E.right(undefined));
    for (const mutant of mutants) expect(E.isLeft(verifyCommitFull(claimOf(SET, mutant), toyVerify))).toBe(true);
  });

  test('a signature under another position of the bitmap fails', () => {
    const moved = certificateOf(SET, [0, 1, 2, 3, 4, 6]);
    const claim = claimOf(SET, { ...moved, signers: Uint8Array.of(0b0111_1110) });
    expect(E.isLeft(verifyCommitFull(claim, toyVerify))).toBe(true);
  });

  test('refusals carry their names', () => {
    const refusal = (change: Partial<CommitClaim['decision']>): string =>
      left(commitChecksFull({ ...CLAIM, decision: { ...CLAIM.decision, ...change } }))._tag;
    expect(refusal({ height: 8n })).toBe('WrongHeight');
    expect(refusal({ round: 0 })).toBe('WrongRound');
    expect(refusal({ blockId: hashOf('other') })).toBe('WrongBlock');
    expect(refusal({ validatorsHash: hashOf('other') })).toBe('WrongSet');
    expect(left(commitChecksFull(claimOf(SET, { ...GOOD, signers: Uint8Array.of(0x3f) })))._tag).toBe('Malformed');
    const smaller = toySet([5n, 1n]);
    const decision = { ...CLAIM.decision, validatorsHash: smaller.hash };
    expect(left(commitChecksFull({ ...CLAIM, set: smaller, decision }))._tag).toBe('WrongSetSize');
    expect(left(commitChecksFull(claimOf(SET, certificateOf(SET, [0]))))._tag).toBe('NotEnoughPower');
    expect(commitChecksFull({ ...CLAIM, decision: { ...CLAIM.decision, round: 1 } })).toEqual(commitChecksFull(CLAIM));
  });

  test('a certificate of another chain has no valid signature here', () => {
    const elsewhere = { ...CONTEXT, genesisHash: hashOf('another genesis') };
    const certificate = right(makeCertificate(SET, precommits(SET, range(7), {}, elsewhere)));
    expect(left(verifyCommitFull(claimOf(SET, certificate), toyVerify))._tag).toBe('InvalidSignature');
    expect(verifyCommitFull({ ...claimOf(SET, certificate), context: elsewhere }, toyVerify)).toEqual(
      E.right(undefined),
    );
  });

  test('nil precommits cannot be presented as signatures for the block', () => {
    const set = toySet([1n, 1n, 1n, 1n]);
    const nil = set.validators.map(({ identity: voter }) => toyVote({ voter, proposalId: O.none }).signature.signature);
    const claim = claimOf(set, { ...certificateOf(set, [0, 1, 2, 3]), signatures: nil });
    expect(left(verifyCommitFull(claim, toyVerify))._tag).toBe('InvalidSignature');
  });

  test('the empty certificate decides nothing', () => {
    const empty = setOf([]);
    const certificate = { ...GOOD, setSize: 0, signers: new Uint8Array(0), signatures: [] };
    expect(left(commitChecksFull(claimOf(empty, certificate)))._tag).toBe('NotEnoughPower');
  });
});

describe('trusting verification', () => {
  test('asks for more than a third of the trusted power, whatever the later set', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(1n, 9n), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 10 }),
        (members) => {
          const all = toySet(members.map(([power]) => power));
          const pick = (part: 1 | 2): SignerSet =>
            setOf(all.validators.filter((_, i) => members[i]?.[part] === true || i === 0));
          const [trusted, later] = [pick(1), pick(2)];
          const claim = claimOf(later, certificateOf(later, range(later.validators.length)));
          const common = later.validators.filter(({ identity }) => trusted.indexOf(identity) >= 0);
          const power = common.reduce((sum, { votingPower }) => sum + votingPower, 0n);
          expect(E.isRight(verifyCommitTrusting(claim, trusted, toyVerify))).toBe(3n * power > trusted.totalPower);
        },
      ),
    );
  });

  test('exactly a third is not enough', () => {
    const later = toySet([1n]);
    const claim = claimOf(later, certificateOf(later, [0]));
    expect(left(commitChecksTrusting(claim, toySet([1n, 1n, 1n])))._tag).toBe('NotEnoughPower');
    expect(right(commitChecksTrusting(claim, toySet([2n, 1n, 1n])))).toHaveLength(1);
  });

  test('a signer with another key than the trusted one does not count, and does not spoil the rest', () => {
    const later = toySet([1n, 1n, 1n, 1n]);
    const rotated = (...positions: readonly number[]): SignerSet =>
      setOf(
        later.validators.map((validator, i) =>
          positions.includes(i) ? { ...validator, consensusKey: new Uint8Array(32) } : validator,
        ),
      );
    const claim = claimOf(later, certificateOf(later, range(4)));
    for (const i of range(4)) expect(verifyCommitTrusting(claim, rotated(i), toyVerify)).toEqual(E.right(undefined));
    expect(left(verifyCommitTrusting(claim, rotated(0, 1, 2), toyVerify))._tag).toBe('NotEnoughPower');
    const forged = {
      ...claim,
      certificate: { ...claim.certificate, signatures: range(4).map(() => new Uint8Array(32)) },
    };
    expect(left(verifyCommitTrusting(forged, rotated(0), toyVerify))._tag).toBe('InvalidSignature');
  });

  test('power is counted in the trusted set, not in the later one', () => {
    const later = setOf([toyMember('v0', 1_000_000n)]);
    const claim = claimOf(later, certificateOf(later, [0]));
    expect(left(commitChecksTrusting(claim, toySet([1n, 5n])))._tag).toBe('NotEnoughPower');
  });
});

interface CommitCase {
  readonly validators: number;
  readonly blockVotes: number;
  readonly nilVotes: number;
  readonly absentVotes: number;
  readonly ok: boolean;
  readonly why?: string;
}

describeVectors<{ readonly commitVerification: { readonly cases: readonly CommitCase[] } }>(
  'commit verification of CometBFT',
  'consensus/votes_quorum_commit.json',
  ({ commitVerification }) => {
    test.each(commitVerification.cases)(
      '$validators validators, $blockVotes sign the block, $nilVotes nil: $ok $why',
      (c) => {
        const set = toySet(range(c.validators).map(() => 10n));
        // Precommitting nil counts as missed: such a vote has no place in our certificate. Absent ones come first.
        const signers = range(c.validators).slice(c.absentVotes, c.absentVotes + c.blockVotes);
        const honest = certificateOf(set, signers);
        const extra = c.blockVotes > c.validators ? [new Uint8Array(32)] : [];
        const certificate = { ...honest, signatures: [...honest.signatures, ...extra] };
        const claim = claimOf(set, certificate);
        const asked: Record<string, CommitClaim> = {
          'signed for another chain id': { ...claim, context: { ...CONTEXT, genesisHash: hashOf('elsewhere') } },
          'commit for another block': { ...claim, decision: { ...claim.decision, blockId: hashOf('other') } },
          'commit height differs by one': { ...claim, decision: { ...claim.decision, height: 8n } },
          '3 signatures for a set of 4': { ...claim, certificate: { ...certificate, setSize: 3 } },
        };
        const result = verifyCommitFull(asked[c.why ?? ''] ?? claim, toyVerify);
        expect(E.isRight(result)).toBe(c.ok);
      },
    );
  },
);

describe('with ML-DSA signatures', () => {
  test.each<SignatureAlgorithm>(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'])(
    '%s: full, light and trusting accept, a swap fails',
    (algorithm) => {
      const keys = range(4).map((i) => keyPairFromSeed(algorithm, new Uint8Array(32).fill(i + 1)));
      const members = keys.map((key) => ({ key, identity: identityOf(algorithm, key.publicKey) }));
      const set = setOf(
        members.map(({ key, identity }) => ({ identity, consensusKey: key.publicKey, votingPower: 1n })),
      );
      const context = { ...CONTEXT, algorithm };
      const votes = members.map(({ key, identity }) => {
        const content = voteContent({ voter: identity });
        const signature = signMessage(key, 'zhtp/vote/v1', voteSignBytes(context.genesisHash, content));
        return sealVote(content, { algorithm, signature, publicKey: O.none });
      });
      const claim = { ...claimOf(set, right(makeCertificate(set, votes))), context };
      expect(verifyCommitFull(claim, verifyNow)).toEqual(E.right(undefined));
      expect(verifyCommitLight(claim, verifyNow)).toEqual(E.right(undefined));
      expect(verifyCommitTrusting(claim, set, verifyNow)).toEqual(E.right(undefined));
      const swapped = { ...claim.certificate, signatures: claim.certificate.signatures.toReversed() };
      expect(left(verifyCommitFull({ ...claim, certificate: swapped }, verifyNow))._tag).toBe('InvalidSignature');
    },
  );
});

test('verifying now answers invalid for a domain nobody signs in', () => {
  const [check] = right(commitChecksFull(CLAIM));
  expect(check === undefined ? 'none' : verifyNow({ ...check, domain: 'zhtp/vote/v2' })).toBe('invalid');
  expect(check === undefined ? 'none' : verifyNow(check)).toBe('invalid');
});
