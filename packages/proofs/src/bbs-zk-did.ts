import { taggedHash } from '@zhtp/crypto';
import { encode, encodeUtf8, hashToBytes, identityCodec, struct, text, zkError, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { ZkDidVerifier } from './zk-did.ts';

/** One proof to verify, in the names of `@digitalbazaar/bbs-signatures`. */
export interface BbsProofCheck {
  readonly publicKey: Uint8Array;
  readonly proof: Uint8Array;
  readonly header: Uint8Array;
  readonly presentationHeader: Uint8Array;
  readonly disclosedMessages: readonly Uint8Array[];
  readonly disclosedMessageIndexes: readonly number[];
  readonly ciphersuite: 'BLS12-381-SHA-256' | 'BLS12-381-SHAKE-256';
}

/** What is asked of a library for BBS signatures (draft-irtf-cfrg-bbs-signatures); the module itself has it. */
export interface BbsLibrary {
  readonly verifyProof: (check: BbsProofCheck) => Promise<boolean>;
}

/** Which credentials count. */
export interface BbsIssuer {
  /** The issuer's BLS12-381 G2 public key, 96 bytes compressed. */
  readonly publicKey: Uint8Array;
  readonly ciphersuite?: BbsProofCheck['ciphersuite'];
}

/** What issuers sign as header: says that the credential is one of these. */
export const ZK_DID_CREDENTIAL_HEADER: Uint8Array = encodeUtf8('zhtp/zk-did/v1');

const PUBLIC_KEY_BYTES = 96;

const presentation = encode(struct('ZkDidPresentation', { chainId: text(64), identity: identityCodec }));

/** What a holder binds its proof to: this chain and the identity that presents it. */
export const zkDidPresentationHeader = (chainId: string, identity: IdentityId): Uint8Array =>
  hashToBytes(taggedHash('zhtp/zk-did-presentation/v1', presentation({ chainId, identity })));

/**
 * The zk-DID port over BBS credentials. The credential is a BBS signature of the issuer over header
 * {@link ZK_DID_CREDENTIAL_HEADER} and the holder's attributes; the proof shows that its holder has one, discloses no
 * attribute, and is bound to chain and identity by the presentation header. Two proofs of one credential are unlinkable:
 * this port does not count holders.
 */
export const bbsZkDidVerifier = (library: BbsLibrary, issuer: BbsIssuer): ZkDidVerifier => ({
  verify:
    ({ chainId, identity, proof }) =>
    async () => {
      const { publicKey, ciphersuite = 'BLS12-381-SHA-256' } = issuer;
      if (publicKey.length !== PUBLIC_KEY_BYTES)
        return E.left(zkError(`publicKey of the issuer must have ${String(PUBLIC_KEY_BYTES)} bytes`, publicKey.length));
      const check = {
        publicKey,
        proof,
        header: ZK_DID_CREDENTIAL_HEADER,
        presentationHeader: zkDidPresentationHeader(chainId, identity),
        disclosedMessages: [],
        disclosedMessageIndexes: [],
        ciphersuite,
      } as const;
      try {
        return E.right(await library.verifyProof(check));
      } catch {
        // The library throws on bytes that are no proof; the issuer's key was its caller's business.
        return E.right(false);
      }
    },
});
