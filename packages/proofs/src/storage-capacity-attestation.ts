import { signMessage } from '@zhtp/crypto';
import {
  cryptoError,
  type ChallengeResult,
  type ConsensusResult,
  type Hash,
  type KeyPair,
  type PostQuantumSignature,
  type StorageCapacityAttestation as AttestationRecord,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import {
  attestationSignBytes,
  judgeAttestation,
  malformedAttestation,
  malformedChainId,
  type AttestationContext,
  type UnsignedAttestation,
} from './attestation-rules.ts';
import { asBoolean } from './proof-verdict.ts';
import { notKeyPair, notObject } from './well-formed.ts';

/** A signature of no bytes: what an attestation has before `sign`, and what never verifies. */
const UNSIGNED: PostQuantumSignature = { algorithm: 'ML-DSA-65', signature: new Uint8Array(0), publicKey: O.none };

/** For which chain an attestation is signed. */
export interface AttestationSigning {
  readonly chainId: string;
  /** The same bytes every time: simulations and tests only. */
  readonly deterministic?: boolean;
}

/**
 * A validator's statement of how many bytes it holds, with answered challenges (API reference, Proof Systems). It shows
 * possession of the committed bytes at the time of the challenge, not exclusive use of a disk.
 */
export class StorageCapacityAttestation implements AttestationRecord {
  readonly validatorId: Hash;
  /** Bytes. */
  readonly storageCapacity: bigint;
  /** Percent, 0 to 100. */
  readonly utilization: bigint;
  readonly challengeResults: readonly ChallengeResult[];
  /** Unix seconds. */
  readonly timestamp: bigint;
  readonly signature: PostQuantumSignature;

  private constructor(record: AttestationRecord) {
    this.validatorId = record.validatorId;
    this.storageCapacity = record.storageCapacity;
    this.utilization = record.utilization;
    this.challengeResults = record.challengeResults;
    this.timestamp = record.timestamp;
    this.signature = record.signature;
  }

  /**
   * Not signed yet. Refused with ProofVerificationFailed: capacity 0, utilization above 100, a challenge id twice, more than
   * 64 results, anything out of form.
   * @param attestation the four documented arguments, and the time in unix seconds
   */
  static create(attestation: UnsignedAttestation): ConsensusResult<StorageCapacityAttestation> {
    const wrong = notObject('attestation arguments', attestation);
    return wrong === undefined
      ? StorageCapacityAttestation.fromRecord({ ...attestation, signature: UNSIGNED })
      : E.left(wrong);
  }

  /** An attestation as it came out of a proposal; refused when malformed, not when it does not hold. */
  static fromRecord(record: AttestationRecord): ConsensusResult<StorageCapacityAttestation> {
    const wrong = malformedAttestation(record);
    return wrong === undefined ? E.right(new StorageCapacityAttestation(record)) : E.left(wrong);
  }

  /** The height whose challenge this answers; none without results. It says which previous block hash to look up. */
  challengeHeight(): O.Option<bigint> {
    return O.map(({ challenge }: ChallengeResult) => challenge.height)(O.fromNullable(this.challengeResults[0]));
  }

  /** Signed by the validator's consensus key for one chain; a key pair that cannot sign is a CryptoError. */
  sign(keyPair: KeyPair, signing: AttestationSigning): ConsensusResult<StorageCapacityAttestation> {
    const wrong =
      notKeyPair('keyPair', keyPair) ?? notObject('signing options', signing) ?? malformedChainId(signing.chainId);
    if (wrong !== undefined) return E.left(wrong);
    try {
      const message = attestationSignBytes(signing.chainId, this);
      const { deterministic = false } = signing;
      const bytes = signMessage(keyPair, 'zhtp/storage/v1', message, { deterministic });
      const signature = { algorithm: keyPair.algorithm, signature: bytes, publicKey: O.none };
      return E.right(new StorageCapacityAttestation({ ...this.toRecord(), signature }));
    } catch (cause) {
      return E.left(cryptoError('keyPair cannot sign the attestation', cause));
    }
  }

  /**
   * Whether all thirty challenges of the height are answered by blocks of the committed tree, freshly, and signed by the
   * registered key for this chain. An attestation without signature never verifies.
   */
  verify(context: AttestationContext): ConsensusResult<boolean> {
    return asBoolean(judgeAttestation(this, context));
  }

  /** The fields as a plain record. */
  toRecord(): AttestationRecord {
    const { validatorId, storageCapacity, utilization, challengeResults, timestamp, signature } = this;
    return { validatorId, storageCapacity, utilization, challengeResults, timestamp, signature };
  }
}
