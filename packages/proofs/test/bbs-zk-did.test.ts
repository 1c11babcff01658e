import { encodeUtf8 } from '@zhtp/types';
import { bbsZkDidVerifier, verifyZkDid, zkDidPresentationHeader, type BbsProofCheck } from '@zhtp/proofs';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { CHAIN_ID, identity, right } from './support.ts';

const issuer = { publicKey: new Uint8Array(96).fill(1) };
const claim = { chainId: CHAIN_ID, identity: identity('holder'), proof: Uint8Array.of(1, 2, 3) };

describe('the zk-DID port over BBS credentials', () => {
  test('asks the library about issuer, header and a presentation bound to chain and identity, no attribute shown', async () => {
    const asked: BbsProofCheck[] = [];
    const library = {
      verifyProof: async (check: BbsProofCheck) => {
        asked.push(check);
        return true;
      },
    };
    expect(await verifyZkDid(claim, bbsZkDidVerifier(library, issuer))()).toEqual(E.right(true));
    expect(asked).toEqual([
      {
        publicKey: issuer.publicKey,
        proof: claim.proof,
        header: encodeUtf8('zhtp/zk-did/v1'),
        presentationHeader: right(zkDidPresentationHeader(CHAIN_ID, claim.identity)),
        disclosedMessages: [],
        disclosedMessageIndexes: [],
        ciphersuite: 'BLS12-381-SHA-256',
      },
    ]);
  });

  test('another chain or identity is another presentation', () => {
    const headers = [
      zkDidPresentationHeader(CHAIN_ID, claim.identity),
      zkDidPresentationHeader('other', claim.identity),
      zkDidPresentationHeader(CHAIN_ID, identity('other')),
    ].map((header) => String(right(header)));
    expect(new Set(headers).size).toBe(3);
  });

  test('bytes on which the library throws do not hold, and neither does what it denies', async () => {
    const throwing = { verifyProof: () => Promise.reject(new Error('invalid proof')) };
    const denying = { verifyProof: async () => false };
    for (const library of [throwing, denying])
      expect(await bbsZkDidVerifier(library, issuer).verify(claim)()).toEqual(E.right(false));
  });

  test.each([1, 'yes', null, {}])('a verifier that answers %o has not said yes', async (answer) => {
    const verifier = { verify: () => async () => E.right(answer as never) };
    expectRefused(await verifyZkDid(claim, verifier)(), 'ZkError', /must answer true or false/);
  });

  test.each([0, 95, 97])('an issuer key of %i bytes is a ZkError', async (length) => {
    const library = { verifyProof: async () => true };
    const verifier = bbsZkDidVerifier(library, { publicKey: new Uint8Array(length) });
    expectRefused(await verifier.verify(claim)(), 'ZkError', /96 bytes/);
  });
});
