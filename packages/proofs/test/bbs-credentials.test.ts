// The zk-DID port with the library it was made for: real credentials, real proofs.
import * as bbs from '@digitalbazaar/bbs-signatures';
import {
  bbsZkDidVerifier,
  verifyZkDid,
  ZK_DID_CREDENTIAL_HEADER,
  zkDidPresentationHeader,
  type BbsIssuer,
} from '@zhtp/proofs';
import { encodeUtf8 } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHAIN_ID, identity, right } from './support.ts';

const SUITES = ['BLS12-381-SHA-256', 'BLS12-381-SHAKE-256'] as const;
const ATTRIBUTES = ['given name', 'date of birth', 'passport number'].map(encodeUtf8);
const holder = identity('holder');

interface Held {
  readonly issuer: Required<BbsIssuer>;
  /** A proof for `to` on `chainId`, made anew at each call. */
  readonly present: (chainId: string, to: typeof holder, disclosed?: readonly number[]) => Promise<Uint8Array>;
}

/** An issuer's key from a seed, and a credential of it with the given header in somebody's hands. */
const issue = async (
  seed: number,
  ciphersuite: (typeof SUITES)[number] = 'BLS12-381-SHA-256',
  header: Uint8Array = ZK_DID_CREDENTIAL_HEADER,
): Promise<Held> => {
  const { publicKey, secretKey } = await bbs.generateKeyPair({ seed: new Uint8Array(32).fill(seed), ciphersuite });
  const credential = { publicKey, header, messages: ATTRIBUTES, ciphersuite };
  const signature = await bbs.sign({ ...credential, secretKey });
  return {
    issuer: { publicKey, ciphersuite },
    present: (chainId, to, disclosedMessageIndexes = []) =>
      bbs.deriveProof({
        ...credential,
        signature,
        presentationHeader: right(zkDidPresentationHeader(chainId, to)),
        disclosedMessageIndexes,
      }),
  };
};

const judge = (issuer: BbsIssuer, proof: Uint8Array, chainId = CHAIN_ID, presenter = holder) =>
  verifyZkDid({ chainId, identity: presenter, proof }, bbsZkDidVerifier(bbs, issuer))();

describe('a credential of @digitalbazaar/bbs-signatures behind the zk-DID port', () => {
  let held: Held;
  let proof: Uint8Array;
  beforeAll(async () => {
    held = await issue(1);
    proof = await held.present(CHAIN_ID, holder);
  });

  test.each(SUITES)('its holder proves under %s that it has one, and shows none of its attributes', async (suite) => {
    const { issuer, present } = await issue(2, suite);
    expect(await judge(issuer, await present(CHAIN_ID, holder))).toEqual(E.right(true));
  });

  test('two proofs of one credential differ, and both hold', async () => {
    const again = await held.present(CHAIN_ID, holder);
    expect(again).not.toEqual(proof);
    expect(await judge(held.issuer, proof)).toEqual(E.right(true));
    expect(await judge(held.issuer, again)).toEqual(E.right(true));
  });

  test('a proof is worth nothing on another chain or to another identity', async () => {
    expect(await judge(held.issuer, proof, 'other')).toEqual(E.right(false));
    expect(await judge(held.issuer, proof, CHAIN_ID, identity('thief'))).toEqual(E.right(false));
  });

  test('another issuer’s credential, one for another purpose, and one judged under another suite do not hold', async () => {
    const stranger = await issue(3);
    const elsewhere = await issue(1, 'BLS12-381-SHA-256', encodeUtf8('library card'));
    expect(await judge(held.issuer, await stranger.present(CHAIN_ID, holder))).toEqual(E.right(false));
    expect(await judge(held.issuer, await elsewhere.present(CHAIN_ID, holder))).toEqual(E.right(false));
    expect(await judge({ ...held.issuer, ciphersuite: 'BLS12-381-SHAKE-256' }, proof)).toEqual(E.right(false));
  });

  test('a proof that discloses an attribute is none: what is shown is not part of a proposal', async () => {
    expect(await judge(held.issuer, await held.present(CHAIN_ID, holder, [0]))).toEqual(E.right(false));
  });

  test('a flipped bit in each part, a cut, an addition and bytes that are no proof do not hold', async () => {
    // Abar, Bbar and D are 48 bytes each, then scalars of 32 (draft-irtf-cfrg-bbs-signatures, ProofGen).
    const flipped = [0, 47, 48, 96, 144, 176, proof.length - 1].map((index) =>
      proof.map((byte, at) => (at === index ? byte ^ 1 : byte)),
    );
    const others = [
      proof.slice(0, -1),
      proof.slice(0, -32),
      Uint8Array.from([...proof, 0]),
      Uint8Array.from([...proof, ...new Uint8Array(32)]),
      new Uint8Array(proof.length),
      Uint8Array.of(1),
    ];
    for (const bytes of [...flipped, ...others]) expect(await judge(held.issuer, bytes)).toEqual(E.right(false));
  });
});
