import { signMessage, verifyMessage } from '@zhtp/crypto';
import {
  CHAIN_ID_BYTES_MAX,
  cryptoError,
  encode,
  identityCodec,
  postQuantumSignatureCodec,
  proofVerificationFailed,
  struct,
  text,
  u64,
  usefulWorkTypeCodec,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type KeyPair,
  type Option,
  type SignatureAlgorithm,
  type SignatureCheck,
  type TypeOf,
  type Validity,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { malformedChainId, malformedKey } from './attestation-rules.ts';
import { fails, HOLDS, malformed, type ProofVerdict } from './proof-verdict.ts';
import { malformedAs, notKeyPair, notObject } from './well-formed.ts';

const contentFields = {
  /** Who did the work. */
  prover: identityCodec,
  /** For whom; signs. */
  client: identityCodec,
  kind: usefulWorkTypeCodec,
  units: u64,
  epoch: u64,
  /** Counted by the client, for each prover and epoch: a receipt is used once. */
  sequence: u64,
} as const;

const contentCodec = struct('ReceiptContent', contentFields);

/** What a client confirms. */
export type ReceiptContent = TypeOf<typeof contentCodec>;

/** Work that its client confirmed (economics.md, Proofs). The key comes from the client's account. */
export const receiptCodec = struct('Receipt', { ...contentFields, signature: postQuantumSignatureCodec });
export type Receipt = TypeOf<typeof receiptCodec>;

const signedCodec = struct('SignedReceipt', { chainId: text(CHAIN_ID_BYTES_MAX), content: contentCodec });

/** What a client signs in domain `zhtp/receipt/v1`. */
export const receiptSignBytes = (chainId: string, content: ReceiptContent): Uint8Array => {
  const { prover, client, kind, units, epoch, sequence } = content;
  return encode(signedCodec)({ chainId, content: { prover, client, kind, units, epoch, sequence } });
};

const wrongContent = (content: ReceiptContent): ConsensusError | undefined => {
  const { prover, client, kind, units } = content;
  if (prover === client)
    return proofVerificationFailed(`client must not be the prover: ${client} cannot confirm its own work`);
  if (kind !== 'NetworkRouting' && kind !== 'Computation')
    return proofVerificationFailed(
      `kind must be NetworkRouting or Computation, got ${kind}: other work has proofs of its own`,
    );
  return units === 0n ? proofVerificationFailed('units must be at least 1', 0n) : undefined;
};

/** Why a receipt says nothing that could hold. */
export const malformedReceipt = (receipt: Receipt): ConsensusError | undefined =>
  malformedAs(receiptCodec, receipt) ?? wrongContent(receipt);

/** A receipt signed by the client's account key. */
export const issueReceipt = (
  content: ReceiptContent,
  signing: { readonly chainId: string; readonly clientKey: KeyPair; readonly deterministic?: boolean },
): ConsensusResult<Receipt> => {
  const absent = notObject('receipt', content) ?? notObject('signing options', signing);
  if (absent !== undefined) return E.left(absent);
  const { chainId, clientKey, deterministic = false } = signing;
  const wrong =
    malformedAs(contentCodec, content) ??
    wrongContent(content) ??
    malformedChainId(chainId) ??
    notKeyPair('clientKey', clientKey);
  if (wrong !== undefined) return E.left(wrong);
  try {
    const bytes = signMessage(clientKey, 'zhtp/receipt/v1', receiptSignBytes(chainId, content), { deterministic });
    const { prover, client, kind, units, epoch, sequence } = content;
    const signature = { algorithm: clientKey.algorithm, signature: bytes, publicKey: O.none };
    return E.right({ prover, client, kind, units, epoch, sequence, signature });
  } catch (cause) {
    return E.left(cryptoError('clientKey cannot sign the receipt', cause));
  }
};

/** An account's current key. */
export interface AccountKey {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
}

/** Reads the ledger's state at the height of the block; none for who has no account. */
export type AccountKeyLookup = (client: IdentityId) => Option<AccountKey>;

/** What a receipt is held against. */
export interface ReceiptContext {
  readonly chainId: string;
  readonly keyOf: AccountKeyLookup;
  /** The caller has the verdict on {@link receiptCheck} from a verifier of its own; verified here when left out. */
  readonly signature?: Validity;
}

const checkOf = (chainId: string, { algorithm, publicKey }: AccountKey, receipt: Receipt): SignatureCheck => ({
  algorithm,
  publicKey,
  domain: 'zhtp/receipt/v1',
  message: receiptSignBytes(chainId, receipt),
  signature: receipt.signature.signature,
});

/**
 * The check of a receipt's signature with its client's account key, for a verifier that works on many at once.
 * ProofVerificationFailed names what is no chain id, no key of the scheme or no receipt.
 */
export const receiptCheck = (
  context: AccountKey & { readonly chainId: string },
  receipt: Receipt,
): ConsensusResult<SignatureCheck> => {
  const wrong =
    notObject('receipt context', context) ??
    malformedChainId(context.chainId) ??
    malformedKey(context.algorithm, context.publicKey) ??
    malformedReceipt(receipt);
  return wrong === undefined ? E.right(checkOf(context.chainId, context, receipt)) : E.left(wrong);
};

const verified = ({ algorithm, publicKey, message, signature }: SignatureCheck): Validity =>
  verifyMessage(algorithm, publicKey, 'zhtp/receipt/v1', message, signature);

/** Whether the client signed this receipt. Whether it was used before, its book knows. */
export const judgeReceipt = (receipt: Receipt, context: ReceiptContext): ProofVerdict => {
  const wrong = notObject('receipt context', context) ?? malformedChainId(context.chainId) ?? malformedReceipt(receipt);
  if (wrong !== undefined) return malformed(wrong);
  const key = context.keyOf(receipt.client);
  if (O.isNone(key)) return fails(`client ${receipt.client} has no account in the ledger`);
  const { algorithm } = key.value;
  const { signature } = receipt;
  if (signature.algorithm !== algorithm)
    return fails(`signature is by ${signature.algorithm}, the client's key is ${algorithm}`);
  if (O.isSome(signature.publicKey)) return fails('signature carries a key: the key comes from the account');
  return (context.signature ?? verified(checkOf(context.chainId, key.value, receipt))) === 'valid'
    ? HOLDS
    : fails(`signature is not by client ${receipt.client} over this receipt and chain`);
};
