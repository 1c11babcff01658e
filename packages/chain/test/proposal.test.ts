import { blockCodec, consensusProposalCodec, decode, encode, type ConsensusProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  blockIdOf,
  emptyCertificate,
  makeBlock,
  checkEnvelope,
  noProof,
  openProposal,
  proposalContentOf,
  sealProposal,
  signedProposalOf,
} from '@zhtp/chain';
import { HEADER, hashOf, identityNamed, left, proofAt, toyVote } from './support.ts';

const BLOCK = makeBlock({
  ...HEADER,
  transactions: [Uint8Array.of(5)],
  lastCommit: emptyCertificate(),
  evidence: [],
  proof: proofAt(HEADER.time),
});
const OFFER = { block: BLOCK, round: 3, validRound: O.some(1), proposer: identityNamed('v3') };
const PROPOSAL = sealProposal(OFFER, toyVote({}).signature);

describe('a proposal', () => {
  test('gives its block back, after bytes too', () => {
    expect(openProposal(PROPOSAL)).toEqual(E.right(BLOCK));
    expect(decode(consensusProposalCodec)(encode(consensusProposalCodec)(PROPOSAL))).toEqual(E.right(PROPOSAL));
  });

  test('is the same when its proposer has the bytes of the block at hand', () => {
    expect(sealProposal(OFFER, PROPOSAL.signature, encode(blockCodec)(BLOCK))).toEqual(PROPOSAL);
  });

  test('may carry an empty proof as well as a full one, and the same beside its block as in it', () => {
    const empty = noProof('ByzantineFaultTolerance', HEADER.time);
    const { header, ...body } = BLOCK;
    const proposal = sealProposal(
      { ...OFFER, block: makeBlock({ ...header, ...body, proof: empty }) },
      PROPOSAL.signature,
    );
    expect(openProposal(proposal)).toMatchObject({ _tag: 'Right' });
    const others = [
      noProof('ByzantineFaultTolerance', HEADER.time + 1_000n),
      noProof('ProofOfStake', HEADER.time),
      { ...empty, zkDidProof: O.some(Uint8Array.of(1)) },
    ];
    for (const consensusProof of others)
      expect(left(openProposal({ ...proposal, consensusProof })).message).toContain('consensusProof');
  });

  test('keeps its id when another proposes the block again in a later round', () => {
    const again = proposalContentOf({ ...OFFER, round: 9, validRound: O.some(3), proposer: identityNamed('v1') });
    expect(again.id).toBe(PROPOSAL.id);
    expect(again.id).toBe(blockIdOf(BLOCK.header));
  });

  test('is refused when what occurs twice differs', () => {
    const changes: readonly Partial<ConsensusProposal>[] = [
      { id: hashOf('believed') },
      { height: 8n },
      { previousHash: hashOf('x') },
      { timestamp: PROPOSAL.timestamp + 1n },
      { protocolVersion: 2 },
      { consensusProof: proofAt(1n) },
      { blockData: encode(blockCodec)({ ...BLOCK, header: { ...BLOCK.header, appHash: hashOf('x') } }) },
    ];
    for (const change of changes) expect(left(openProposal({ ...PROPOSAL, ...change }))._tag).toBe('WrongEnvelope');
  });

  test('is held against a block that was read before just as against the one it carries', () => {
    expect(checkEnvelope(PROPOSAL, BLOCK)).toEqual(E.right(undefined));
    const others: readonly Partial<ConsensusProposal>[] = [
      { id: hashOf('believed') },
      { height: 8n },
      { previousHash: hashOf('x') },
      { timestamp: PROPOSAL.timestamp + 1n },
      { protocolVersion: 2 },
      { consensusProof: proofAt(1n) },
    ];
    for (const other of others)
      expect(left(checkEnvelope({ ...PROPOSAL, ...other }, BLOCK))._tag).toBe('WrongEnvelope');
  });

  test('is refused when its body is no block', () => {
    for (const blockData of [new Uint8Array(0), PROPOSAL.blockData.slice(1), Uint8Array.of(...PROPOSAL.blockData, 0)])
      expect(left(openProposal({ ...PROPOSAL, blockData }))._tag).toBe('Undecodable');
  });

  test('without its body is exactly what was signed', () => {
    const { signature, ...content } = signedProposalOf(PROPOSAL);
    expect(content).toEqual(proposalContentOf(OFFER));
    expect(signature).toBe(PROPOSAL.signature);
  });
});
