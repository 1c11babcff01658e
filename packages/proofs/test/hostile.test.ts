import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
import * as face from '@zhtp/proofs';
import {
  attestationCheck,
  bbsZkDidVerifier,
  blobReader,
  checkConsensusProof,
  commitStorage,
  fileReader,
  issueReceipt,
  judgeAttestation,
  judgeReceipt,
  judgeStakeProof,
  judgeWorkProof,
  proveOwnStake,
  proveStorage,
  proveWork,
  ReceiptBook,
  receiptCheck,
  requiredProofs,
  StakeProof,
  StorageCapacityAttestation,
  verifyConsensusProof,
  verifyZkDid,
  withDelegation,
  WorkProof,
  zkDidPresentationHeader,
} from '@zhtp/proofs';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { attested, CHAIN_ID, delegation, hashOf, identity, keyPair, right, ZHTP } from './support.ts';

/** What untyped callers pass. */
const HOSTILE: readonly unknown[] = [...HOSTILE_VALUES, '0x10', undefined, [], {}];

const ERROR_TAGS =
  /^(ProofVerificationFailed|IdentityError|RewardError|CryptoError|ZkError|InvalidConsensusType|StorageError)$/;

/** Left, or a verdict of malformed; never a throw, never a yes. */
const expectError = (what: string, result: unknown): void => {
  const error =
    (result as { readonly left?: unknown; readonly error?: unknown }).left ??
    (result as { readonly error?: unknown }).error;
  expect(error, what).toBeDefined();
  expect(error, what).toHaveProperty('_tag', expect.stringMatching(ERROR_TAGS));
  expect(error, what).toHaveProperty('message', expect.stringMatching(/^.{5,400}$/su));
};

type Call = (value: never) => unknown;
interface Target {
  /** A good argument, of which each field in turn becomes hostile; and the argument as a whole. */
  readonly good: object;
  readonly call: Call;
  /** Fields that may be left out: undefined is no attack on them. */
  readonly optional?: readonly string[];
}

const own = {
  validator: identity('validator'),
  stakedAmount: 2_000n * ZHTP,
  stakeTxHash: hashOf('stake'),
  stakeHeight: 10n,
  lockTime: 0n,
};
const work = { routingWork: 1n, storageWork: 2n, computeWork: 3n, nodeId: hashOf('node'), timestamp: 5n };
const origin = { nodeId: work.nodeId, timestamp: work.timestamp };

const targets = async (): Promise<Readonly<Record<string, Target>>> => {
  const { signed, context, tree, reader } = await attested(3_000);
  const context65 = { chainId: CHAIN_ID, algorithm: 'ML-DSA-65' as const, key: context.key };
  const stake = right(StakeProof.create(own));
  const proof = right(WorkProof.create(work));
  const receiptContent = {
    prover: identity('p'),
    client: identity('c'),
    kind: 'Computation',
    units: 1n,
    epoch: 1n,
    sequence: 1n,
  } as const;
  const receipt = right(issueReceipt(receiptContent, { chainId: CHAIN_ID, clientKey: keyPair() }));
  const receipts = { chainId: CHAIN_ID, keyOf: () => O.some(keyPair()) };
  const book = right(ReceiptBook.create(receipts, 1n));
  const consensusProof = {
    consensusType: 'ProofOfStake',
    stakeProof: O.some(stake.toRecord()),
    storageProof: O.none,
    workProof: O.none,
    zkDidProof: O.none,
    timestamp: 5n,
  } as const;
  const consensusContext = {
    chainId: CHAIN_ID,
    consensusType: 'ProofOfStake',
    proposer: own.validator,
    height: 10n,
    timestamp: 5n,
    stake: { minStake: 0n },
  } as const;
  return {
    'StakeProof.create': {
      good: { ...own, minStake: 1n },
      call: (value) => StakeProof.create(value),
      optional: ['minStake'],
    },
    'StakeProof.fromRecord': { good: stake.toRecord(), call: (record) => StakeProof.fromRecord(record) },
    'StakeProof.addDelegation': {
      good: delegation('a', 1n),
      call: (value) => right(StakeProof.create(own)).addDelegation(value),
    },
    proveOwnStake: { good: own, call: (value) => proveOwnStake(value, 1n) },
    withDelegation: { good: delegation('a', 1n), call: (value) => withDelegation(stake.toRecord(), value) },
    judgeStakeProof: { good: { height: 10n, minStake: 1n }, call: (value) => judgeStakeProof(stake.toRecord(), value) },
    'WorkProof.create': { good: work, call: (value) => WorkProof.create(value) },
    'WorkProof.fromRecord': { good: proof.toRecord(), call: (value) => WorkProof.fromRecord(value) },
    'WorkProof.verify': { good: origin, call: (value) => proof.verify(value) },
    proveWork: { good: work, call: (value) => proveWork(value) },
    judgeWorkProof: { good: origin, call: (value) => judgeWorkProof(proof, value) },
    'StorageCapacityAttestation.create': {
      good: (({ signature: _signature, ...rest }) => rest)(signed.toRecord()),
      call: (value) => StorageCapacityAttestation.create(value),
    },
    'StorageCapacityAttestation.fromRecord': {
      good: signed.toRecord(),
      call: (value) => StorageCapacityAttestation.fromRecord(value),
    },
    'StorageCapacityAttestation.sign': {
      good: { ...keyPair() },
      call: (value) => signed.sign(value, { chainId: CHAIN_ID }),
      optional: ['publicKey'],
    },
    'StorageCapacityAttestation.verify': {
      good: context,
      call: (value) => signed.verify(value),
      optional: ['blockBytes'],
    },
    attestationCheck: {
      good: context65,
      call: (value) => attestationCheck(value, signed),
    },
    'attestationCheck, attestation': { good: signed, call: (value) => attestationCheck(context65, value) },
    judgeAttestation: { good: context, call: (value) => judgeAttestation(signed, value), optional: ['blockBytes'] },
    commitStorage: {
      good: { validator: context.root, salt: context.salt, blockBytes: 1024 },
      call: (value) => commitStorage(value, reader)(),
      optional: ['blockBytes'],
    },
    'proveStorage, the moment': {
      good: { prevHash: context.prevHash, height: 1n },
      call: (value) => proveStorage(tree, reader, value)(),
    },
    'proveStorage, the tree': { good: tree, call: (value) => proveStorage(value, reader, context)() },
    issueReceipt: {
      good: receiptContent,
      call: (value) => issueReceipt(value, { chainId: CHAIN_ID, clientKey: keyPair() }),
    },
    receiptCheck: {
      good: { chainId: CHAIN_ID, algorithm: keyPair().algorithm, publicKey: keyPair().publicKey },
      call: (value) => receiptCheck(value, receipt),
    },
    'receiptCheck, receipt': {
      good: receipt,
      call: (value) => receiptCheck({ ...keyPair(), chainId: CHAIN_ID }, value),
    },
    judgeReceipt: { good: receipt, call: (value) => judgeReceipt(value, receipts) },
    'ReceiptBook.use': { good: receipt, call: (value) => book.use(value) },
    'checkConsensusProof, the proof': {
      good: consensusProof,
      call: (value) => checkConsensusProof(value, consensusContext),
    },
    'checkConsensusProof, the context': {
      good: consensusContext,
      call: (value) => checkConsensusProof(consensusProof, value),
    },
    'verifyConsensusProof, the proof': {
      good: consensusProof,
      call: (value) => verifyConsensusProof(value, consensusContext)(),
    },
    verifyZkDid: {
      good: { chainId: CHAIN_ID, identity: own.validator, proof: Uint8Array.of(1) },
      call: (value) => verifyZkDid(value, undefined)(),
    },
  };
};

test('no field of any argument of any public function takes what is not its type', async () => {
  for (const [name, { good, call, optional = [] }] of Object.entries(await targets())) {
    for (const hostile of HOSTILE) {
      if (typeof hostile !== 'object' || hostile === null)
        expectError(`${name}(${String(hostile).slice(0, 40)})`, await call(hostile as never));
      for (const field of Object.keys(good)) {
        if (hostile === undefined && optional.includes(field)) continue;
        if (optional.includes(field) && name.endsWith('sign')) continue; // signing needs no public key
        const shown = `${name}({ ${field}: ${String(hostile).slice(0, 40)} })`;
        if (isLegitimate(field, hostile)) continue;
        expectError(shown, await call({ ...good, [field]: hostile } as never));
      }
    }
  }
});

/** Hostile elsewhere, fine here. */
const isLegitimate = (field: string, value: unknown): boolean =>
  (field === 'delegations' && Array.isArray(value)) ||
  (field === 'challengeResults' && Array.isArray(value)) ||
  (field === 'qualityScore' && value === 0.5) ||
  (field === 'keptLevel' && value === 0) ||
  (field === 'chainId' && value === '0x10') ||
  (field === 'uptime' && value === undefined);

test.each(HOSTILE.map((value): [string, unknown] => [String(value).slice(0, 40), value]))(
  'plain arguments refuse %s',
  async (_shown, value) => {
    const stake = right(StakeProof.create(own));
    const context = { chainId: CHAIN_ID, keyOf: () => O.none };
    const book = right(ReceiptBook.create(context, 1n));
    expectError('StakeProof.verify', stake.verify(value as never));
    expectError('StakeProof.calculateDelegationRewards', stake.calculateDelegationRewards(value as never));
    expectError('ReceiptBook.create', ReceiptBook.create(context, value as never));
    expectError('ReceiptBook.startEpoch', book.startEpoch(value as never));
    expectError('ReceiptBook.workOf', book.workOf(value as never));
    const size = value as never;
    const reader = { ...blobReader(new Blob(['a'])), size };
    const owner = { validator: hashOf('v'), salt: hashOf('s') };
    expectError('commitStorage, size', await commitStorage(owner, reader)());
    if (value !== undefined) {
      expectError(
        'WorkProof.verify, after',
        right(WorkProof.create(work)).verify({ ...origin, after: value as never }),
      );
      expectError('WorkProof.create, uptime', WorkProof.create({ ...work, uptime: () => value as never }));
      expectError('StakeProof.create, minStake', StakeProof.create({ ...own, minStake: value as never }));
    }
  },
);

const ISSUER = { publicKey: new Uint8Array(96), ciphersuite: 'BLS12-381-SHA-256' };
const CLAIM = { chainId: CHAIN_ID, identity: own.validator, proof: Uint8Array.of(1) };
const apply = (called: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
  Reflect.apply(called, undefined, args);
const verified = (library: unknown, issuer: unknown, claim: unknown): unknown =>
  Reflect.apply(bbsZkDidVerifier, undefined, [library as never, issuer as never]).verify(claim as never)();

test('what is no identity or chain has no presentation, and what is no consensus type no list of proofs', () => {
  for (const value of HOSTILE) {
    if (value !== '0x10')
      expectError('zkDidPresentationHeader, chainId', apply(zkDidPresentationHeader, value, own.validator));
    expectError('zkDidPresentationHeader, identity', apply(zkDidPresentationHeader, CHAIN_ID, value));
    expect(apply(requiredProofs, value)).toBeUndefined();
  }
});

test('a verifier of credentials answers for no claim, issuer or library that is none, and takes nothing but true for yes', async () => {
  const library = { verifyProof: async () => true };
  expect(await verified(library, ISSUER, CLAIM)).toEqual(E.right(true));
  for (const value of HOSTILE) {
    expectError('library', await verified(value, ISSUER, CLAIM));
    expectError('issuer', await verified(library, value, CLAIM));
    expectError('claim', await verified(library, ISSUER, value));
    expectError('publicKey', await verified(library, { ...ISSUER, publicKey: value }, CLAIM));
    if (value !== undefined)
      expectError('ciphersuite', await verified(library, { ...ISSUER, ciphersuite: value }, CLAIM));
    for (const field of Object.keys(CLAIM).filter((name) => !isLegitimate(name, value)))
      expectError(`claim.${field}`, await verified(library, ISSUER, { ...CLAIM, [field]: value }));
    const answering = { verifyProof: () => value };
    expect(await verified(answering, ISSUER, CLAIM)).toEqual(E.right(value === true));
  }
});

test('readers of what is no file, blob, size or place answer with a StorageError', async () => {
  const bytes = { read: async (_into: Uint8Array, _at: number, length: number) => ({ bytesRead: length }) };
  const owner = { validator: hashOf('v'), salt: hashOf('s') };
  const readers: readonly (readonly [string, (...args: never[]) => unknown, readonly unknown[]])[] = [
    ['blobReader', blobReader, [new Blob(['abcdef'])]],
    ['fileReader', fileReader, [bytes, 6]],
  ];
  for (const [name, make, args] of readers) {
    const good = apply(make, ...args) as face.BlockReader;
    const into = new Uint8Array(2);
    expect(await good.read(1, into)()).toEqual(E.right(undefined));
    for (const value of HOSTILE) {
      expectError(`${name}, offset`, await good.read(value as never, into)());
      expectError(`${name}, into`, await good.read(0, value as never)());
      const strange = apply(make, value, 6) as face.BlockReader;
      expectError(`${name}, object`, await strange.read(0, into)());
    }
  }
  for (const value of HOSTILE) {
    expectError('commitStorage of no blob', await commitStorage(owner, blobReader(value as never))());
    expectError('commitStorage of no size', await commitStorage(owner, fileReader(bytes, value as never))());
    const odd = fileReader({ read: async () => ({ bytesRead: value as never }) }, 6);
    expectError('bytesRead', await odd.read(0, new Uint8Array(2))());
  }
});

const WITHOUT_ARGUMENTS = /\.(toRecord|totalStake|totalWork|challengeHeight)$/;

test('every public function is held to hostile values, or takes no argument', async () => {
  const functions = publicFunctions(face);
  const held = [
    ...Object.keys(await targets()).map((title) => title.split(',')[0]),
    'StakeProof.verify',
    'StakeProof.calculateDelegationRewards',
    'ReceiptBook.create',
    'ReceiptBook.startEpoch',
    'ReceiptBook.workOf',
    'zkDidPresentationHeader',
    'requiredProofs',
    'bbsZkDidVerifier',
    'blobReader',
    'fileReader',
  ];
  expect(functions.filter((name) => !held.includes(name) && !WITHOUT_ARGUMENTS.test(name))).toEqual([]);
  expect(held.filter((name) => !functions.includes(name ?? ''))).toEqual([]);
});
