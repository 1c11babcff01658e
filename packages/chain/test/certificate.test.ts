import { commitCertificateCodec, decode, encode, hasSigner } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addLatePrecommits,
  emptyCertificate,
  isEmptyCertificate,
  makeCertificate,
  signedPower,
  signersOf,
} from '@zhtp/chain';
import { hashOf, identityNamed, left, precommits, range, right, toySet, toyVote } from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);

describe('making a certificate', () => {
  test('accepts exactly the quorums', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt(1n, 20n), fc.boolean()), { minLength: 1, maxLength: 12 }), (members) => {
        const set = toySet(members.map(([power]) => power));
        const flags = set.validators.map((validator) =>
          members.some(([, signs], i) => signs && validator.identity === identityNamed(`v${String(i)}`)),
        );
        const positions = range(members.length).filter((i) => flags[i] === true);
        const power = positions.reduce((sum, i) => sum + (set.validators[i]?.votingPower ?? 0n), 0n);
        const made = makeCertificate(set, precommits(set, positions));
        const seen = pipe(
          made,
          E.bimap(
            ({ _tag }) => _tag,
            (c) => ({
              power: signedPower(set, c),
              positions: range(members.length).filter((i) => hasSigner(c.signers, i)),
            }),
          ),
        );
        const quorum = 3n * power > 2n * set.totalPower;
        expect(seen).toEqual(
          quorum ? E.right({ power, positions }) : E.left(positions.length === 0 ? 'WrongVote' : 'NotEnoughPower'),
        );
      }),
    );
  });

  test('exactly two thirds are not enough, one more is', () => {
    const set = toySet([1n, 1n, 1n]);
    expect(left(makeCertificate(set, precommits(set, [0, 1])))._tag).toBe('NotEnoughPower');
    expect(E.isRight(makeCertificate(set, precommits(set, [0, 1, 2])))).toBe(true);
  });

  test('does not depend on the order of the votes', () => {
    const votes = precommits(SET, [0, 2, 3]);
    expect(makeCertificate(SET, votes.toReversed())).toEqual(makeCertificate(SET, votes));
  });

  test('counts a signer once', () => {
    const twice = precommits(SET, [0, 0, 0, 1]);
    expect(left(makeCertificate(SET, twice))._tag).toBe('NotEnoughPower');
  });

  test('is in the one canonical form, for sets around the widths of bitmap bytes', () => {
    for (const size of [1, 7, 8, 9, 63, 64, 65, 257]) {
      const set = toySet(range(size).map(() => 1n));
      const certificate = right(makeCertificate(set, precommits(set, range(size))));
      expect(decode(commitCertificateCodec)(encode(commitCertificateCodec)(certificate))).toEqual(E.right(certificate));
      expect(signersOf(set, certificate)).toEqual(set.validators.map(({ identity }) => identity));
    }
  });

  test('nil, another block, height, round, vote type or a stranger is refused by name', () => {
    const good = precommits(SET, [0, 1, 2]);
    const voter = SET.validators[3]?.identity ?? identityNamed('none');
    for (const fields of [
      { proposalId: O.none },
      { proposalId: O.some(hashOf('other')) },
      { height: 8n },
      { round: 2 },
      { voteType: 'PreVote' as const },
    ])
      expect(left(makeCertificate(SET, [...good, toyVote({ voter, ...fields })]))._tag).toBe('WrongVote');
    expect(left(makeCertificate(SET, [...good, toyVote({ voter: identityNamed('stranger') })]))._tag).toBe(
      'UnknownSigner',
    );
    expect(left(makeCertificate(SET, []))._tag).toBe('WrongVote');
    expect(left(makeCertificate(SET, precommits(SET, [0, 1, 2], { proposalId: O.none })))._tag).toBe('WrongVote');
  });
});

describe('late precommits', () => {
  const certificate = right(makeCertificate(SET, precommits(SET, [0, 1, 3])));

  test('join as if they had been there', () => {
    expect(addLatePrecommits(SET, certificate, precommits(SET, [2]))).toEqual(
      right(makeCertificate(SET, precommits(SET, [0, 1, 2, 3]))),
    );
  });

  test('that do not belong to the decision, or whose voter has signed, change nothing', () => {
    const strange = [
      ...precommits(SET, [2], { proposalId: O.none }),
      ...precommits(SET, [2], { round: 0 }),
      ...precommits(SET, [2], { voteType: 'PreVote' }),
      toyVote({ voter: identityNamed('stranger') }),
      ...precommits(SET, [0]),
    ];
    expect(addLatePrecommits(SET, certificate, strange)).toBe(certificate);
    expect(addLatePrecommits(toySet([1n, 1n, 1n, 1n, 1n]), certificate, precommits(SET, [2]))).toBe(certificate);
  });
});

test('only the empty certificate is empty', () => {
  expect(isEmptyCertificate(emptyCertificate())).toBe(true);
  expect(decode(commitCertificateCodec)(encode(commitCertificateCodec)(emptyCertificate()))).toEqual(
    E.right(emptyCertificate()),
  );
  for (const change of [
    { height: 1n },
    { round: 1 },
    { blockId: hashOf('x') },
    { setSize: 1 },
    { signers: Uint8Array.of(0) },
    { signatures: [Uint8Array.of()] },
  ])
    expect(isEmptyCertificate({ ...emptyCertificate(), ...change })).toBe(false);
});
