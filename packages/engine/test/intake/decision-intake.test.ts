import { blockIdOf, emptyCertificate } from '@zhtp/chain';
import type { CommitCertificate, CommittedBlock } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { commitOf, createDecisionIntake, type DecisionVerdict } from '../../src/intake/decision-intake.ts';
import { decidableAt, decidedBy, SET, signedVote } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed } from '../support/votes.ts';

const HEIGHT = 1n;
const BLOCK = decidableAt(HEIGHT);
const QUORUM = ['v0', 'v1', 'v2'];
const DECIDED = decidedBy(QUORUM, BLOCK);

const intake = (height = HEIGHT) => {
  const base = verifyingContext(height);
  const decisions = createDecisionIntake(base.ctx);
  const verdicts: DecisionVerdict[] = [];
  const receive = (committed: CommittedBlock): void => {
    decisions.receive(committed, (verdict) => verdicts.push(verdict));
  };
  return { ...base, decisions, verdicts, receive };
};

describe('a block with the certificate that decided it', () => {
  test('is verified, every signature of it, before it is journaled and reaches the core', () => {
    const { receive, verify, posted, verdicts, verifications, decisions, ctx } = intake();
    receive(DECIDED);
    expect([posted, verdicts, decisions.isDecided()]).toEqual([[], [], false]);
    verify();
    expect(posted.map(({ entry }) => entry)).toEqual([{ _tag: 'Committed', committed: DECIDED }]);
    expect(posted[0]?.input).toMatchObject({ certificate: { kind: 'commit', value: blockIdOf(BLOCK.header) } });
    expect([verdicts, verifications(), decisions.isDecided()]).toEqual([['accepted'], 3, true]);
    expect(ctx.bodies.get(blockIdOf(BLOCK.header))?.block).toEqual(BLOCK);
  });

  test('in any round of the height', () => {
    const { receive, verify, verdicts } = intake();
    receive(decidedBy(QUORUM, BLOCK, 4_000));
    verify();
    expect(verdicts).toEqual(['accepted']);
  });

  test('is taken once: of two on their way the second adds nothing', () => {
    const { receive, verify, posted, verdicts } = intake();
    receive(DECIDED);
    receive(decidedBy(['v1', 'v2', 'v3'], BLOCK));
    verify();
    receive(DECIDED);
    expect([posted.length, verdicts]).toEqual([1, ['accepted', 'not-now', 'not-now']]);
  });

  test.each([
    ['below', 3n],
    ['at the height before', 4n],
    ['at the next height', 6n],
    ['further', 7n],
  ])('%s is not for now, and nobody’s fault', (_name, height) => {
    const { receive, verify, verdicts, verifications } = intake(5n);
    receive(decidedBy(QUORUM, decidableAt(height)));
    verify();
    expect([verdicts, verifications()]).toEqual([['not-now'], 0]);
  });

  test('that is verified only after its height has ended is not for now', () => {
    const { receive, verify, verdicts, moveTo, posted } = intake();
    receive(DECIDED);
    moveTo(2n);
    verify();
    expect([verdicts, posted]).toEqual([['not-now'], []]);
  });

  test('whose verification was given up for lack of room may come again', () => {
    const { receive, verify, verdicts, ctx, decisions } = intake();
    ctx.ports.verifier.stop();
    receive(DECIDED);
    verify();
    expect([verdicts, decisions.isDecided()]).toEqual([['not-now'], false]);
  });
});

describe('what decides nothing is bad', () => {
  const { certificate } = DECIDED;
  const [first, second, third] = certificate.signatures;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three signatures');
  const change = (changes: Partial<CommitCertificate>): CommittedBlock => ({
    block: BLOCK,
    certificate: { ...certificate, ...changes },
  });
  const unknownSet = { ...BLOCK, header: { ...BLOCK.header, validatorsHash: hashNamed('another set') } };
  const bits = certificate.signers[0] ?? 0;

  test.each([
    ['no certificate', { block: BLOCK, certificate: emptyCertificate() }],
    ['two of four', change({ signers: Uint8Array.of(bits & (bits - 1)), signatures: [second, third] })],
    ['fewer signatures than signers', change({ signatures: [first, second] })],
    ['more signatures than signers', change({ signatures: [...certificate.signatures, first] })],
    [
      'a signer beyond the set',
      change({ signers: Uint8Array.of(bits | 16), signatures: [...certificate.signatures, first] }),
    ],
    ['a set of another size', change({ setSize: 3 })],
    ['a wider bitmap', change({ signers: Uint8Array.of(bits, 0) })],
    ['another height', change({ height: 2n })],
    ['another block', change({ blockId: hashNamed('other') })],
    ['a block of another set', decidedBy(QUORUM, unknownSet)],
    ['a block without its transactions', { ...DECIDED, block: { ...BLOCK, transactions: [Uint8Array.of(1)] } }],
  ])('before any verification: %s', (_name, committed) => {
    const { receive, verdicts, verifications, posted } = intake();
    receive(committed);
    expect([verdicts, verifications(), posted]).toEqual([['bad'], 0, []]);
  });

  test.each([
    ['one signature in the place of another', change({ signatures: [second, first, third] })],
    ['one signature three times', change({ signatures: [first, first, first] })],
    ['signatures of another round', change({ round: 1 })],
    ['a signature of no bytes', change({ signatures: [first, second, new Uint8Array(0)] })],
    [
      'signatures under precommits for nil or prevotes',
      change({ signatures: [first, second, signedVote('v2', { voteType: 'PreVote' }).signature.signature] }),
    ],
  ])('and reaches nobody: %s', (_name, committed) => {
    const { receive, verify, verdicts, posted, decisions } = intake();
    receive(committed);
    verify();
    expect([verdicts, posted, decisions.isDecided()]).toEqual([['bad'], [], false]);
    receive(DECIDED);
    verify();
    expect(verdicts).toEqual(['bad', 'accepted']);
  });
});

test('a certificate is read back into the precommits it was made of', () => {
  const { votes } = commitOf(SET, DECIDED.certificate, 'ML-DSA-65');
  expect(votes.map(({ vote }) => vote.voter)).toEqual(
    SET.ids.filter((id) => votes.some(({ vote }) => vote.voter === id)),
  );
  expect(votes.map(({ signed }) => signed.signature.signature)).toEqual(DECIDED.certificate.signatures);
});

test('what the core has decided counts as decided, and says whether a certificate led to it', () => {
  const { decisions, receive, verify } = intake();
  expect([decisions.hasCoreDecided(), decisions.markDecided(), decisions.hasCoreDecided()]).toEqual([
    false,
    false,
    true,
  ]);
  decisions.reset();
  expect([decisions.isDecided(), decisions.hasCoreDecided()]).toEqual([false, false]);
  receive(DECIDED);
  verify();
  expect(decisions.markDecided()).toBe(true);
});
