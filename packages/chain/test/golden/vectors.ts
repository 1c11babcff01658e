import { bytesToHex, commitCertificateCodec, encode, type Genesis, type IdentityId, type Json } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  blockIdOf,
  commitHashOf,
  dataHashOf,
  duplicateVote,
  emptyCertificate,
  evidenceHashOf,
  evidenceIdOf,
  extensionSignBytes,
  genesisHashOf,
  HEADER_FIELDS,
  headerFieldProof,
  heartbeatSignBytes,
  makeCertificate,
  parametersHashOf,
  possessionSignBytes,
  proofHashOf,
  proposalSignBytes,
  voteIdOf,
  voteSignBytes,
  type VoteContent,
} from '@zhtp/chain';
import {
  CONTEXT,
  HEADER,
  hashOf,
  identityNamed,
  PARAMETERS,
  precommits,
  proofAt,
  right,
  toySet,
  toyVote,
} from '../support.ts';

const VOTES: Readonly<Record<string, VoteContent>> = Object.fromEntries(
  Object.entries({
    preVote: { voteType: 'PreVote' as const, proposalId: O.some(hashOf('block')), polRound: O.some(0) },
    preVoteNil: { voteType: 'PreVote' as const, proposalId: O.none },
    against: { voteType: 'Against' as const },
    preCommit: {},
    preCommitNil: { proposalId: O.none },
    attestation: { voteType: 'Commit' as const, round: 0, appHash: O.some(hashOf('app')) },
  }).map(([name, fields]) => {
    const { voteType, height, round, proposalId, polRound, appHash, voter } = toyVote(fields);
    return [name, { voteType, height, round, proposalId, polRound, appHash, voter }];
  }),
);

const VOTER: IdentityId = identityNamed('v0');
const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

const GENESIS: Genesis = {
  formatVersion: 1,
  chainId: 'golden-1',
  genesisTime: 1_700_000_000_000n,
  initialHeight: 1n,
  signatureAlgorithm: 'ML-DSA-65',
  parameters: PARAMETERS,
  validators: [
    {
      identity: VOTER,
      consensusKey: KEY,
      proofOfPossession: Uint8Array.of(1, 2),
      stake: 5_000_000n,
      storageProvided: 7n,
      commissionRate: 5,
    },
  ],
  appState: { accounts: [{ identity: VOTER, balance: '12' }], note: 'ü' },
};

/** Every byte string and hash that another implementation has to reproduce, from fixed values. */
export const goldenVectors = (): Json => {
  const { genesisHash } = CONTEXT;
  const set = toySet([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
  const certificate = right(makeCertificate(set, precommits(set, [0, 1, 2, 3, 4, 5, 7, 8])));
  const evidence = duplicateVote(toyVote({}), toyVote({ proposalId: O.none }));
  return {
    genesisHash,
    signBytes: {
      ...Object.fromEntries(
        Object.entries(VOTES).map(([name, vote]) => [name, bytesToHex(voteSignBytes(genesisHash, vote))]),
      ),
      proposal: bytesToHex(
        proposalSignBytes(genesisHash, {
          id: hashOf('block'),
          height: 7n,
          round: 1,
          validRound: O.some(0),
          protocolVersion: 1,
          proposer: VOTER,
        }),
      ),
      extension: bytesToHex(
        extensionSignBytes(genesisHash, {
          height: 7n,
          round: 1,
          voter: VOTER,
          blockId: hashOf('block'),
          extension: KEY,
        }),
      ),
      heartbeat: bytesToHex(
        heartbeatSignBytes(genesisHash, {
          validator: VOTER,
          height: 7n,
          round: 1,
          step: 'PreCommit',
          sequence: 9n,
          activeValidators: 4,
          healthBp: 9_999,
          milliBlocksPerSecond: 100,
          timestamp: 1_700_000_007n,
        }),
      ),
      possession: bytesToHex(possessionSignBytes('golden-1', VOTER, KEY)),
    },
    voteIds: Object.fromEntries(Object.entries(VOTES).map(([name, vote]) => [name, voteIdOf(vote)])),
    blockId: blockIdOf(HEADER),
    fieldProofs: Object.fromEntries(HEADER_FIELDS.map((field) => [field, headerFieldProof(HEADER, field).path])),
    certificate: bytesToHex(encode(commitCertificateCodec)(certificate)),
    commitHash: commitHashOf(certificate),
    emptyCertificate: bytesToHex(encode(commitCertificateCodec)(emptyCertificate())),
    emptyCommitHash: commitHashOf(emptyCertificate()),
    dataHash: dataHashOf([KEY, Uint8Array.of()]),
    evidenceHash: evidenceHashOf([evidence]),
    evidenceId: evidenceIdOf(evidence),
    proofHash: proofHashOf(proofAt(HEADER.time)),
    parametersHash: parametersHashOf(PARAMETERS),
    genesis: genesisHashOf(GENESIS),
  };
};
