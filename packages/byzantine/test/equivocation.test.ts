import { amnesia, duplicateProposal, duplicateVote, evidenceIdOf, invalidProposal } from '@zhtp/chain';
import type { ConsensusVote, EquivocationEvidence, Evidence, SignedProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { evidenceOfConflict, evidenceOfEquivocation, verifyEquivocation } from '../src/equivocation.ts';
import { offenceKey, offenceOf } from '../src/offence.ts';
import { CONTEXT, hashNamed, identityNamed, left, right, setOf, signedVote } from './support.ts';

const set = setOf('v0', 'v1', 'v2', 'v3');
const X = signedVote('v0');
const Y = signedVote('v0', { proposalId: O.some(hashNamed('other')) });
const Z = signedVote('v0', { voteType: 'Against' });

const conflict = (a: ConsensusVote, b: ConsensusVote): EquivocationEvidence =>
  evidenceOfConflict(
    { vote: a, receivedAt: 1n, reportedByPeer: O.none },
    { vote: b, receivedAt: 2n, reportedByPeer: O.some(identityNamed('v3')) },
  );

test('two votes that one validator signed in one slot convict it, in either order', () => {
  expect(verifyEquivocation(CONTEXT, set, conflict(X, Y))).toEqual(E.right(undefined));
  expect(verifyEquivocation(CONTEXT, set, conflict(Y, X))).toEqual(E.right(undefined));
  const ids = [conflict(X, Y), conflict(Y, X)].map((evidence) => evidenceIdOf(right(evidenceOfEquivocation(evidence))));
  expect(ids[0]).toBe(ids[1]);
});

test.each([
  ['the same content signed again', conflict(X, signedVote('v0')), 'say the same'],
  ['votes of different rounds', conflict(X, signedVote('v0', { round: 1 })), 'not in one slot'],
  ['votes of two validators', conflict(X, signedVote('v1', { proposalId: O.none })), 'not in one slot'],
  [
    'a vote that another signed in its name',
    conflict(X, signedVote('v1', { voter: X.voter, proposalId: O.none })),
    'is not convicted',
  ],
  ['a stranger', conflict(signedVote('v9'), signedVote('v9', { proposalId: O.none })), 'is not in the set'],
  ['a vote with an id of its own making', conflict(X, { ...Y, id: hashNamed('mine') }), 'vote id is'],
])('%s convicts nobody', (_name, evidence, reason) => {
  expect(left(verifyEquivocation(CONTEXT, set, evidence))).toMatchObject({
    _tag: 'ProofVerificationFailed',
    message: expect.stringContaining(reason) as string,
  });
});

test('three conflicting votes are one offence, whichever two are shown', () => {
  const pairs = [conflict(X, Y), conflict(X, Z), conflict(Y, Z)];
  for (const pair of pairs) expect(verifyEquivocation(CONTEXT, set, pair)).toEqual(E.right(undefined));
  const keys = pairs.map((pair) => offenceKey(offenceOf(right(evidenceOfEquivocation(pair)))));
  expect(new Set(keys).size).toBe(1);
  expect(new Set(pairs.map((pair) => evidenceIdOf(right(evidenceOfEquivocation(pair))))).size).toBe(3);
});

const proposal: SignedProposal = {
  id: hashNamed('block'),
  proposer: X.voter,
  height: 5n,
  round: 0,
  validRound: O.none,
  protocolVersion: 1,
  signature: X.signature,
};
const bytes = { signer: X.voter, signed: new Uint8Array(48), signature: X.signature };

test.each<[string, Evidence, string, string]>([
  ['two votes', duplicateVote(X, Y), 'DoubleSign', `${X.voter}/DoubleSign`],
  [
    'two proposals',
    duplicateProposal(proposal, { ...proposal, validRound: O.some(0) }),
    'DoubleSign',
    `${X.voter}/DoubleSign`,
  ],
  [
    'amnesia',
    amnesia(signedVote('v0', { voteType: 'PreCommit' }), signedVote('v0', { round: 1, proposalId: Y.proposalId })),
    'DoubleSign',
    `${X.voter}/DoubleSign`,
  ],
  ['an invalid proposal', invalidProposal(proposal, []), 'InvalidProposal', `${X.voter}/InvalidProposal/5`],
  [
    'bytes signed as a proposal',
    { _tag: 'InvalidProposalBytes', ...bytes },
    'InvalidProposal',
    `${X.voter}/InvalidProposal/0`,
  ],
  ['bytes signed as a vote', { _tag: 'InvalidVote', ...bytes }, 'InvalidVote', `${X.voter}/InvalidVote/0`],
])('evidence of %s is the offence of the one who signed', (_kind, evidence, faultType, key) => {
  expect(offenceOf(evidence)).toMatchObject({ validator: X.voter, faultType });
  expect(offenceKey(offenceOf(evidence))).toBe(key);
});
