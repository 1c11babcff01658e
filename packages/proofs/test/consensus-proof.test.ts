import {
  identityId,
  zkError,
  type ConsensusProof,
  type ConsensusType,
  type StakeProof as StakeRecord,
  type StorageCapacityAttestation as AttestationRecord,
  type WorkProof as WorkRecord,
} from '@zhtp/types';
import {
  checkConsensusProof,
  requiredProofs,
  StakeProof,
  verifyConsensusProof,
  WorkProof,
  type ConsensusProofContext,
  type ZkDidClaim,
  type ZkDidVerifier,
} from '@zhtp/proofs';
import { either as E, option as O } from 'fp-ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { attested, CHAIN_ID, hashOf, HEIGHT, identity, right, VALIDATOR, ZHTP } from './support.ts';

const proposer = right(identityId(VALIDATOR));
const timestamp = 1_700_000_000n;

const stakeOf = (validator = proposer): StakeRecord =>
  right(
    StakeProof.create({
      validator,
      stakedAmount: 2_000n * ZHTP,
      stakeTxHash: hashOf('stake'),
      stakeHeight: 10n,
      lockTime: 0n,
    }),
  ).toRecord();
const workOf = (nodeId = VALIDATOR): WorkRecord =>
  right(WorkProof.create({ routingWork: 1n, storageWork: 2n, computeWork: 3n, timestamp, nodeId })).toRecord();

let storage: AttestationRecord;
let context: ConsensusProofContext;
beforeAll(async () => {
  const made = await attested();
  storage = made.signed.toRecord();
  context = {
    chainId: CHAIN_ID,
    consensusType: 'Hybrid',
    proposer,
    height: HEIGHT,
    timestamp,
    stake: { minStake: 1_000n * ZHTP },
    storage: made.context,
    work: {},
  };
});

const all = () => ({ stakeProof: stakeOf(), storageProof: storage, workProof: workOf() });
type Parts = Partial<ReturnType<typeof all>>;

const proofOf = (
  consensusType: ConsensusType,
  parts: Parts,
  changes: Partial<ConsensusProof> = {},
): ConsensusProof => ({
  consensusType,
  stakeProof: O.fromNullable(parts.stakeProof),
  storageProof: O.fromNullable(parts.storageProof),
  workProof: O.fromNullable(parts.workProof),
  zkDidProof: O.none,
  timestamp,
  ...changes,
});
const fitting = (consensusType: ConsensusType): Parts =>
  Object.fromEntries(requiredProofs(consensusType).map((field) => [field, all()[field]]));
const check = (proof: ConsensusProof, changes: Partial<ConsensusProofContext> = {}) =>
  checkConsensusProof(proof, { ...context, consensusType: proof.consensusType, ...changes });

const TYPES = ['ProofOfStake', 'ProofOfStorage', 'ProofOfUsefulWork', 'Hybrid', 'ByzantineFaultTolerance'] as const;

describe('the proof of a proposal', () => {
  test('is by type: stake, storage, work, stake and storage, nothing', () => {
    expect(TYPES.map(requiredProofs)).toEqual([
      ['stakeProof'],
      ['storageProof'],
      ['workProof'],
      ['stakeProof', 'storageProof'],
      [],
    ]);
  });

  test.each(TYPES)('of %s holds with exactly what is required', (consensusType) => {
    expect(check(proofOf(consensusType, fitting(consensusType)))).toEqual(E.right(undefined));
  });

  test.each(TYPES)('of %s is refused with any proof missing or too many', (consensusType) => {
    const required = requiredProofs(consensusType);
    for (const field of ['stakeProof', 'storageProof', 'workProof'] as const) {
      const parts = { ...fitting(consensusType) };
      if (required.includes(field)) delete parts[field];
      else Object.assign(parts, { [field]: all()[field] });
      const words = required.includes(field) ? `${field} is missing` : `${field} does not belong here`;
      expectRefused(check(proofOf(consensusType, parts)), 'ProofVerificationFailed', words);
    }
  });

  test('is for the chain’s own type and for the second of the block', () => {
    const proof = proofOf('ByzantineFaultTolerance', {});
    expectRefused(check(proof, { consensusType: 'Hybrid' }), 'InvalidConsensusType', /the chain runs Hybrid/);
    expectRefused(check({ ...proof, timestamp: timestamp + 1n }), 'ProofVerificationFailed', /timestamp/);
  });

  test('is the proposer’s own', () => {
    const other = { proposer: identity('other') };
    for (const type of ['ProofOfStake', 'ProofOfStorage', 'ProofOfUsefulWork'] as const)
      expectRefused(check(proofOf(type, fitting(type)), other), 'ProofVerificationFailed');
  });

  test('is refused where one part does not hold, with the reason', () => {
    const poor = { minStake: 2_000n * ZHTP + 1n };
    expectRefused(
      check(proofOf('Hybrid', fitting('Hybrid')), { stake: poor }),
      'ProofVerificationFailed',
      /^Insufficient stake/,
    );
    const unsigned = { ...storage, utilization: 1n };
    expectRefused(
      check(proofOf('Hybrid', { stakeProof: stakeOf(), storageProof: unsigned })),
      'ProofVerificationFailed',
      /not by the registered key/,
    );
    const forged = { ...workOf(), nonce: 1n };
    expectRefused(check(proofOf('ProofOfUsefulWork', { workProof: forged })), 'ProofVerificationFailed', /^nonce/);
    const replayed = { work: { after: timestamp } };
    expectRefused(
      check(proofOf('ProofOfUsefulWork', fitting('ProofOfUsefulWork')), replayed),
      'ProofVerificationFailed',
      /not after/,
    );
  });

  test('is held against the ledger where a lookup is given', () => {
    const stake = { minStake: 0n, lookup: () => O.none };
    expectRefused(
      check(proofOf('ProofOfStake', fitting('ProofOfStake')), { stake }),
      'ProofVerificationFailed',
      /^Validator not found/,
    );
  });

  test('cannot be judged without what the ledger says', () => {
    const { stake: _stake, storage: _storage, ...bare } = context;
    for (const consensusType of ['ProofOfStake', 'ProofOfStorage'] as const)
      expectRefused(
        checkConsensusProof(proofOf(consensusType, fitting(consensusType)), { ...bare, consensusType }),
        'ProofVerificationFailed',
        /cannot be judged/,
      );
  });
});

describe('a zkDidProof', () => {
  const proof = (bytes = Uint8Array.of(1)) => proofOf('ByzantineFaultTolerance', {}, { zkDidProof: O.some(bytes) });
  const verify = (zkDid?: ZkDidVerifier, of = proof()) =>
    verifyConsensusProof(of, {
      ...context,
      consensusType: 'ByzantineFaultTolerance',
      ...(zkDid === undefined ? {} : { zkDid }),
    })();

  test('is a ZkError where no verifier is configured', async () => {
    expectRefused(await verify(), 'ZkError', /no zk-DID verifier is configured/);
    expectRefused(check(proof()), 'ZkError');
  });

  test('is judged with chain and proposer, and decides', async () => {
    const claims: ZkDidClaim[] = [];
    const only = (byte: number): ZkDidVerifier => ({
      verify: (claim) => async () => {
        claims.push(claim);
        return E.right(claim.proof[0] === byte);
      },
    });
    right(await verify(only(1)));
    expectRefused(await verify(only(2)), 'ProofVerificationFailed', /zkDidProof does not hold/);
    expect(claims[0]).toEqual({ chainId: CHAIN_ID, identity: proposer, proof: Uint8Array.of(1) });
  });

  test('of no bytes is malformed', async () => {
    const never: ZkDidVerifier = { verify: () => async () => E.right(true) };
    expectRefused(await verify(never, proof(new Uint8Array(0))), 'ProofVerificationFailed', /1 to 65536 bytes/);
  });

  test('is a ZkError where the verifier cannot judge or fails', async () => {
    expectRefused(await verify({ verify: () => async () => E.left(zkError('no key')) }), 'ZkError', /no key/);
    expectRefused(await verify({ verify: () => () => Promise.reject(new Error('boom')) }), 'ZkError', /boom/);
  });

  test('is not asked of anybody when the rest does not hold', async () => {
    const never: ZkDidVerifier = { verify: () => () => Promise.reject(new Error('asked')) };
    expectRefused(await verify(never, { ...proof(), timestamp: 0n }), 'ProofVerificationFailed', /timestamp/);
    right(await verify(never, proofOf('ByzantineFaultTolerance', {})));
  });
});
