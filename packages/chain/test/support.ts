import { taggedHash } from '@zhtp/crypto';
import {
  DEFAULT_CONSENSUS_CONFIG,
  encode,
  encodeUtf8,
  frozenValidatorCodec,
  hashToBytes,
  identityId,
  type ChainParameters,
  type ConsensusProof,
  type ConsensusVote,
  type FrozenValidator,
  type Header,
  type Hash,
  type IdentityId,
  type PostQuantumSignature,
  type SignatureCheck,
  type SignedProposal,
  type Validity,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  proposalSignBytes,
  sealVote,
  voteSignBytes,
  type EvidenceOfBytes,
  type HeaderField,
  type ProposalContent,
  type SignerSet,
  type SigningContext,
  type VoteContent,
} from '@zhtp/chain';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`unexpected Left: ${JSON.stringify(result.left)}`);
  return result.right;
};

export const left = <L>(result: Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('unexpected Right');
  return result.left;
};

export const hashOf = (name: string): Hash => taggedHash('test/hash', encodeUtf8(name));
export const identityNamed = (name: string): IdentityId =>
  right(identityId(taggedHash('test/identity', encodeUtf8(name))));

export const CONTEXT: SigningContext = { genesisHash: hashOf('genesis'), algorithm: 'ML-DSA-65' };

/**
 * A stand-in for ML-DSA where properties need thousands of signatures: the "signature" is a hash that anybody could
 * make, which is as good for every question but forgery.
 */
export const toySign = (publicKey: Uint8Array, domain: string, message: Uint8Array): Uint8Array =>
  hashToBytes(taggedHash('test/signature', publicKey, encodeUtf8(domain), message));

export const toyVerify = ({ publicKey, domain, message, signature }: SignatureCheck): Validity =>
  signature.join() === toySign(publicKey, domain, message).join() ? 'valid' : 'invalid';

const toyKey = (identity: IdentityId): Uint8Array => hashToBytes(taggedHash('test/key', hashToBytes(identity)));

export const setOf = (validators: readonly FrozenValidator[]): SignerSet => {
  const ordered = validators.toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
  return {
    validators: ordered,
    totalPower: ordered.reduce((sum, { votingPower }) => sum + votingPower, 0n),
    hash: taggedHash('test/set', ...ordered.map((validator) => encode(frozenValidatorCodec)(validator))),
    indexOf: (identity) => ordered.findIndex((validator) => validator.identity === identity),
  };
};

/** A validator of this name with a toy key. */
export const toyMember = (name: string, votingPower: bigint): FrozenValidator => {
  const identity = identityNamed(name);
  return { identity, consensusKey: toyKey(identity), votingPower };
};

/** Validators v0, v1, … with these powers and toy keys. */
export const toySet = (powers: readonly bigint[]): SignerSet =>
  setOf(powers.map((votingPower, i) => toyMember(`v${String(i)}`, votingPower)));

const bare = (signature: Uint8Array): PostQuantumSignature => ({
  algorithm: CONTEXT.algorithm,
  signature,
  publicKey: O.none,
});

export const voteContent = (fields: Partial<VoteContent>): VoteContent => ({
  voteType: 'PreCommit',
  height: 7n,
  round: 1,
  proposalId: O.some(hashOf('block')),
  polRound: O.none,
  appHash: O.none,
  voter: identityNamed('v0'),
  ...fields,
});

/** A vote with a toy signature. */
export const toyVote = (fields: Partial<VoteContent>, context: SigningContext = CONTEXT): ConsensusVote => {
  const content = voteContent(fields);
  return sealVote(
    content,
    bare(toySign(toyKey(content.voter), 'zhtp/vote/v1', voteSignBytes(context.genesisHash, content))),
  );
};

/** A proposal's signed part with a toy signature. */
export const toyProposal = (fields: Partial<ProposalContent>): SignedProposal => {
  const content: ProposalContent = {
    id: hashOf('block'),
    height: 7n,
    round: 1,
    validRound: O.none,
    protocolVersion: 1,
    proposer: identityNamed('v0'),
    ...fields,
  };
  const message = proposalSignBytes(CONTEXT.genesisHash, content);
  return { ...content, signature: bare(toySign(toyKey(content.proposer), 'zhtp/proposal/v1', message)) };
};

/** The signed bytes of a vote after the genesis hash. */
export const voteBytes = (fields: Partial<VoteContent> = {}): Uint8Array =>
  voteSignBytes(CONTEXT.genesisHash, voteContent(fields)).slice(32);

export const proposalBytes = (fields: Partial<ProposalContent> = {}): Uint8Array =>
  proposalSignBytes(CONTEXT.genesisHash, toyProposal(fields)).slice(32);

/** These bytes, signed by a validator as they are. */
export const toyBytes = (
  _tag: EvidenceOfBytes['_tag'],
  signed: Uint8Array,
  signer: IdentityId = identityNamed('v0'),
): EvidenceOfBytes => {
  const domain = _tag === 'InvalidVote' ? 'zhtp/vote/v1' : 'zhtp/proposal/v1';
  const message = Uint8Array.from([...hashToBytes(CONTEXT.genesisHash), ...signed]);
  return { _tag, signer, signed, signature: bare(toySign(toyKey(signer), domain, message)) };
};

export const PARAMETERS: ChainParameters = {
  consensus: DEFAULT_CONSENSUS_CONFIG,
  maxBlockBytes: 4 * 1024 * 1024,
  precisionMs: 505,
  messageDelayMs: 15_000,
  executionAttestations: false,
  fastBlocks: false,
  proposerRotation: 'RoundRobin',
  voteExtensionsFrom: 0n,
  upgrades: [],
  evidenceAgeMs: 1_814_400_000n,
};

export const proofAt = (timeMs: bigint): ConsensusProof => ({
  consensusType: 'Hybrid',
  stakeProof: O.none,
  storageProof: O.none,
  workProof: O.none,
  zkDidProof: O.none,
  timestamp: BigInt.asUintN(64, timeMs / 1000n),
});

/** A header in which no two fields hold the same value by accident. */
export const HEADER: Header = {
  version: { protocol: 1, app: 2 },
  chainId: 'test-chain',
  height: 7n,
  time: 1_700_000_007_250n,
  lastBlockId: hashOf('parent'),
  lastCommitHash: hashOf('lastCommit'),
  dataHash: hashOf('data'),
  evidenceHash: hashOf('evidence'),
  proofHash: hashOf('proof'),
  validatorsHash: hashOf('validators'),
  nextValidatorsHash: hashOf('nextValidators'),
  parametersHash: hashOf('parameters'),
  difficultyBits: 0x1d00ffff,
  appHash: hashOf('app'),
  resultsHash: hashOf('results'),
  proposer: identityNamed('v0'),
};

/** The same header with one field changed, for each field. */
export const CHANGED_FIELDS: { readonly [Field in HeaderField]: Header[Field] } = {
  version: { protocol: 1, app: 3 },
  chainId: 'test-chaim',
  height: 8n,
  time: 1_700_000_007_251n,
  lastBlockId: hashOf('other'),
  lastCommitHash: hashOf('other'),
  dataHash: hashOf('other'),
  evidenceHash: hashOf('other'),
  proofHash: hashOf('other'),
  validatorsHash: hashOf('other'),
  nextValidatorsHash: hashOf('other'),
  parametersHash: hashOf('other'),
  difficultyBits: 0x1d00fffe,
  appHash: hashOf('other'),
  resultsHash: hashOf('other'),
  proposer: identityNamed('v1'),
};

/** Precommits for the test block by the validators at these positions of the set. */
export const precommits = (
  set: SignerSet,
  positions: readonly number[],
  fields: Partial<VoteContent> = {},
  context: SigningContext = CONTEXT,
): readonly ConsensusVote[] =>
  positions.flatMap((position) => {
    const voter = set.validators[position]?.identity;
    return voter === undefined ? [] : [toyVote({ voter, ...fields }, context)];
  });

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
