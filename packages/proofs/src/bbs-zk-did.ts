import { taggedHash } from '@zhtp/crypto';
import {
  isObject,
  encode,
  encodeUtf8,
  found,
  hashToBytes,
  identityCodec,
  struct,
  text,
  zkError,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { malformedChainId } from './attestation-rules.ts';
import { notIdentity } from './well-formed.ts';
import { malformedClaim, type ZkDidVerifier } from './zk-did.ts';

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

const headerOf = (chainId: string, identity: IdentityId): Uint8Array =>
  hashToBytes(taggedHash('zhtp/zk-did-presentation/v1', presentation({ chainId, identity })));

/**
 * What a holder binds its proof to: this chain and the identity that presents it. ProofVerificationFailed for what is no
 * chain id, IdentityError for what is no identity.
 */
export const zkDidPresentationHeader = (chainId: string, identity: IdentityId): ConsensusResult<Uint8Array> => {
  const wrong = malformedChainId(chainId) ?? notIdentity('identity', identity);
  return wrong === undefined ? E.right(headerOf(chainId, identity)) : E.left(wrong);
};

const SUITES: readonly unknown[] = ['BLS12-381-SHA-256', 'BLS12-381-SHAKE-256', undefined];

/** What was configured, and is no library or issuer. */
const misconfigured = (library: BbsLibrary, issuer: BbsIssuer): ConsensusError | undefined => {
  if (!isObject(library) || typeof library.verifyProof !== 'function')
    return zkError(`library is ${found(library)} without verifyProof(), pass a library for BBS signatures`);
  if (!isObject(issuer)) return zkError(`issuer must be an object with a publicKey, got ${found(issuer)}`);
  const { publicKey, ciphersuite } = issuer;
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES)
    return zkError(
      `publicKey of the issuer must have ${String(PUBLIC_KEY_BYTES)} bytes, got ${publicKey instanceof Uint8Array ? String(publicKey.length) : found(publicKey)}`,
    );
  return SUITES.includes(ciphersuite)
    ? undefined
    : zkError(`ciphersuite of the issuer must be ${SUITES.slice(0, 2).join(' or ')}, got ${found(ciphersuite)}`);
};

/**
 * The zk-DID port over BBS credentials. The credential is a BBS signature of the issuer over header
 * {@link ZK_DID_CREDENTIAL_HEADER} and the holder's attributes; the proof shows that its holder has one, discloses no
 * attribute, and is bound to chain and identity by the presentation header. Two proofs of one credential are unlinkable:
 * this port does not count holders. It answers a ZkError where library or issuer are none.
 */
export const bbsZkDidVerifier = (library: BbsLibrary, issuer: BbsIssuer): ZkDidVerifier => ({
  verify: (claim) => async () => {
    const wrong = misconfigured(library, issuer) ?? malformedClaim(claim);
    if (wrong !== undefined) return E.left(wrong);
    const { chainId, identity, proof } = claim;
    const { publicKey, ciphersuite = 'BLS12-381-SHA-256' } = issuer;
    const check = {
      publicKey,
      proof,
      header: ZK_DID_CREDENTIAL_HEADER,
      presentationHeader: headerOf(chainId, identity),
      disclosedMessages: [],
      disclosedMessageIndexes: [],
      ciphersuite,
    } as const;
    try {
      const holds: unknown = await library.verifyProof(check);
      return E.right(holds === true);
    } catch {
      // The library throws on bytes that are no proof; the issuer's key was its caller's business.
      return E.right(false);
    }
  },
});
