import { schemeOf } from '@zhtp/crypto';
import {
  activeValidatorsMin,
  bytesToHex,
  CHAIN_ID_BYTES_MAX,
  checkedAddU64,
  FRAME_PAYLOAD_BYTES_MAX,
  GENESIS_FORMAT_VERSION,
  genesisCodec,
  invalidConsensusConfig,
  type ChainParameters,
  type Genesis,
  type GenesisValidator,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { BLOCK_EVIDENCE_BYTES_MAX, BLOCK_TIME_MAX_MS } from './block.ts';
import { genesisError, type GenesisError } from './genesis.ts';
import { possessionCheck } from './signature-checks.ts';
import { verifyNow, type VerifySignature } from './verify-now.ts';

/** Heights that rules count on to, such as the ends of epochs and timelocks, have room above it in 64 bits. */
const INITIAL_HEIGHT_MAX = 2n ** 63n;

/** A block must hold the header, a proof and something beside the certificate of a full set. */
const BLOCK_BYTES_BESIDE_CERTIFICATE_MIN = 64 * 1024;

/** Envelope of a certificate and length prefix of each signature. */
const CERTIFICATE_FIXED_BYTES = 512;
const SIGNATURE_PREFIX_BYTES = 4;

/** Longest certificate that a set as large as the parameters allow can make. */
export const certificateBytesMax = (parameters: ChainParameters, algorithm: SignatureAlgorithm): number =>
  CERTIFICATE_FIXED_BYTES +
  parameters.consensus.maxValidators * (schemeOf(algorithm).signatureBytes + SIGNATURE_PREFIX_BYTES);

/**
 * Why parameters would harm the chain, or undefined: their ranges, and that a block with its certificate and evidence
 * fits a frame (protocol.md). Genesis and governance ask the same question.
 */
export const invalidParameters = (
  parameters: ChainParameters,
  algorithm: SignatureAlgorithm,
): { readonly path: string; readonly reason: string } | undefined => {
  const wrong = invalidConsensusConfig(parameters.consensus);
  if (wrong !== undefined) return { path: 'consensus', reason: wrong };
  const certificate = certificateBytesMax(parameters, algorithm);
  const room = FRAME_PAYLOAD_BYTES_MAX - certificate - BLOCK_EVIDENCE_BYTES_MAX;
  const least = certificate + BLOCK_BYTES_BESIDE_CERTIFICATE_MIN;
  const validators = `a certificate of ${String(parameters.consensus.maxValidators)} validators may take ${String(certificate)}`;
  if (parameters.maxBlockBytes > room)
    return {
      path: 'maxBlockBytes',
      reason: `is ${String(parameters.maxBlockBytes)}, it must be at most ${String(room)} so that block, certificate and evidence fit a frame: ${validators}`,
    };
  if (parameters.maxBlockBytes < least)
    return {
      path: 'maxBlockBytes',
      reason: `is ${String(parameters.maxBlockBytes)}, it must be at least ${String(least)}: ${validators}`,
    };
  const unordered = parameters.upgrades.findIndex(({ height, protocol }, i) => {
    const before = parameters.upgrades[i - 1];
    return before !== undefined && (height <= before.height || protocol <= before.protocol);
  });
  return unordered < 0
    ? undefined
    : {
        path: `upgrades[${String(unordered)}]`,
        reason: 'heights and protocols must rise from one upgrade to the next',
      };
};

const wrongFrame = (genesis: Genesis): GenesisError | undefined => {
  const { formatVersion, chainId, genesisTime, initialHeight, parameters, signatureAlgorithm } = genesis;
  if (formatVersion !== GENESIS_FORMAT_VERSION)
    return genesisError(
      'formatVersion',
      `is ${String(formatVersion)}, this release reads ${String(GENESIS_FORMAT_VERSION)}; use the release the chain runs on`,
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(chainId) || chainId.length > CHAIN_ID_BYTES_MAX)
    return genesisError(
      'chainId',
      `is "${chainId}", it must be 1 to ${String(CHAIN_ID_BYTES_MAX)} letters, digits, '.', '_' or '-', starting with a letter or digit`,
    );
  if (genesisTime >= BLOCK_TIME_MAX_MS)
    return genesisError(
      'genesisTime',
      `is ${String(genesisTime)}, it must be unix milliseconds below ${String(BLOCK_TIME_MAX_MS)}`,
    );
  if (initialHeight < 1n || initialHeight > INITIAL_HEIGHT_MAX)
    return genesisError(
      'initialHeight',
      `is ${String(initialHeight)}, it must be from 1 to ${String(INITIAL_HEIGHT_MAX)}`,
    );
  const wrong = invalidParameters(parameters, signatureAlgorithm);
  return wrong === undefined ? undefined : genesisError(`parameters.${wrong.path}`, wrong.reason);
};

const wrongKey = (genesis: Genesis, { consensusKey }: GenesisValidator): string | undefined => {
  const { publicKeyBytes } = schemeOf(genesis.signatureAlgorithm);
  if (consensusKey.length !== publicKeyBytes)
    return `is ${String(consensusKey.length)} bytes, a key of ${genesis.signatureAlgorithm} is ${String(publicKeyBytes)}`;
  return consensusKey.some((byte) => byte !== 0) ? undefined : 'is all zero; put the public key of the validator there';
};

const wrongPossession = (
  genesis: Genesis,
  validator: GenesisValidator,
  verify: VerifySignature,
): string | undefined => {
  const { identity, consensusKey, proofOfPossession } = validator;
  if (proofOfPossession.length === 0)
    return genesis.parameters.consensus.developmentMode
      ? undefined
      : 'is missing; it may be left empty in development mode only';
  const check = possessionCheck(genesis.signatureAlgorithm, genesis.chainId, identity, consensusKey, proofOfPossession);
  return verify(check) === 'valid'
    ? undefined
    : `is not a signature by consensusKey over chain id "${genesis.chainId}", identity and key; sign it for this chain`;
};

const wrongStake = (genesis: Genesis, { stake }: GenesisValidator): string | undefined =>
  stake > 0n || genesis.parameters.consensus.consensusType === 'ByzantineFaultTolerance'
    ? undefined
    : 'is 0, only ByzantineFaultTolerance takes validators without stake';

type Field = keyof GenesisValidator;

const wrongValidator = (
  genesis: Genesis,
  validator: GenesisValidator,
  i: number,
  verify: VerifySignature,
): GenesisError | undefined => {
  const at = (field: Field, reason: string | undefined): GenesisError | undefined =>
    reason === undefined ? undefined : genesisError(`validators[${String(i)}].${field}`, reason);
  return (
    at('consensusKey', wrongKey(genesis, validator)) ??
    at('stake', wrongStake(genesis, validator)) ??
    at(
      'commissionRate',
      validator.commissionRate <= 100
        ? undefined
        : `is ${String(validator.commissionRate)}, it must be 0 to 100 percent`,
    ) ??
    at('proofOfPossession', wrongPossession(genesis, validator, verify))
  );
};

const repeated = (
  genesis: Genesis,
  field: Field,
  of: (validator: GenesisValidator) => string,
): GenesisError | undefined => {
  const first = new Map<string, number>();
  for (const [i, validator] of genesis.validators.entries()) {
    const earlier = first.get(of(validator));
    if (earlier !== undefined)
      return genesisError(`validators[${String(i)}].${field}`, `is the same as in validators[${String(earlier)}]`);
    first.set(of(validator), i);
  }
  return undefined;
};

const wrongCount = ({ validators, parameters }: Genesis): GenesisError | undefined => {
  const { developmentMode, maxValidators } = parameters.consensus;
  const least = activeValidatorsMin(parameters.consensus);
  if (validators.length < least)
    return genesisError(
      'validators',
      `has ${String(validators.length)}, a chain starts with at least ${String(least)}${developmentMode ? '' : ' (1 in development mode)'}`,
    );
  return validators.length <= maxValidators
    ? undefined
    : genesisError('validators', `has ${String(validators.length)}, maxValidators is ${String(maxValidators)}`);
};

const wrongTotal = ({ validators }: Genesis): GenesisError | undefined => {
  const total = validators.reduce<bigint | undefined>(
    (sum, { stake }) => (sum === undefined ? undefined : checkedAddU64(sum, stake)),
    0n,
  );
  return total === undefined ? genesisError('validators', 'stakes add up to more than 2^64 - 1 micro-ZHTP') : undefined;
};

/**
 * Whether a genesis can start a chain; the first error found, at its field. Signatures are verified here and now: this
 * runs once, at start. What the application makes of `appState` is the application's to say, and voting power within
 * its limit is `validatorsFromGenesis`'s, which knows how power is counted.
 */
export const checkGenesis = (genesis: Genesis, verify: VerifySignature = verifyNow): Either<GenesisError, Genesis> => {
  const wrong =
    wrongFrame(genesis) ??
    wrongCount(genesis) ??
    repeated(genesis, 'identity', ({ identity }) => identity) ??
    repeated(genesis, 'consensusKey', ({ consensusKey }) => bytesToHex(consensusKey)) ??
    wrongTotal(genesis) ??
    (genesisCodec.json.is(genesis) ? undefined : genesisError('', 'a field has the wrong type or is out of range')) ??
    genesis.validators.reduce<GenesisError | undefined>(
      (found, validator, i) => found ?? wrongValidator(genesis, validator, i, verify),
      undefined,
    );
  return wrong === undefined ? E.right(genesis) : E.left(wrong);
};
