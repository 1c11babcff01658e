import * as C from './codec.ts';
import { identityCodec } from './codec.ts';
import { BLOCK_BYTES_MAX, FRAME_PAYLOAD_BYTES_MAX } from './proposal.ts';
import { CHAIN_ID_BYTES_MAX, VALIDATORS_MAX } from './block.ts';
import { consensusConfigCodec, DEFAULT_CONSENSUS_CONFIG, invalidConsensusConfig } from './consensus-config.ts';
import { json } from './json.ts';
import { publicKeyCodec, SIGNATURE_BYTES_MAX, signatureAlgorithmCodec } from './signature.ts';

/** How the proposer of a round is found (decisions.md §6). */
export const proposerRotationCodec = C.literals('ProposerRotation', { RoundRobin: 0, Weighted: 1 });
export type ProposerRotation = C.TypeOf<typeof proposerRotationCodec>;

const UPGRADES_MAX = 64;

/** How long evidence counts unless genesis says otherwise: 21 days, the unbonding period (economics.md, Validators). */
export const DEFAULT_EVIDENCE_AGE_MS = 21n * 24n * 3_600_000n;
/** A year: beyond it nothing is bonded any more, and every node keeps a record per height that long. */
const EVIDENCE_AGE_MS_MAX = 365n * 24n * 3_600_000n;

/** What every node must agree on beside the state: read once per height from chain state (protocol.md). */
export const chainParametersCodec = C.refine(
  C.struct('ChainParameters', {
    consensus: consensusConfigCodec,
    maxBlockBytes: C.u32,
    /** Proposer-based timestamps: clock precision and message delay, milliseconds. */
    precisionMs: C.u32,
    messageDelayMs: C.u32,
    executionAttestations: C.boolean,
    /** Start the next height at once when transactions wait. */
    fastBlocks: C.boolean,
    proposerRotation: proposerRotationCodec,
    /** First height with vote extensions; 0 is never. */
    voteExtensionsFrom: C.u64,
    upgrades: C.array(C.struct('Upgrade', { height: C.u64, protocol: C.u32 }), UPGRADES_MAX),
    /** Evidence is refused when older than this and than as many blocks as fit it by block time (economics.md, Age). */
    evidenceAgeMs: C.u64,
  }),
  'ChainParameters',
  (p) => {
    const wrong = invalidConsensusConfig(p.consensus);
    if (wrong !== undefined) return `consensus: ${wrong}`;
    if (p.maxBlockBytes < 1_024 || p.maxBlockBytes > BLOCK_BYTES_MAX)
      return `maxBlockBytes is ${String(p.maxBlockBytes)}, it must be from 1024 to ${String(BLOCK_BYTES_MAX)} to fit a frame of ${String(FRAME_PAYLOAD_BYTES_MAX)}`;
    if (p.evidenceAgeMs < 1n || p.evidenceAgeMs > EVIDENCE_AGE_MS_MAX)
      return `evidenceAgeMs is ${String(p.evidenceAgeMs)}, it must be from 1 to ${String(EVIDENCE_AGE_MS_MAX)}`;
    return undefined;
  },
);
export type ChainParameters = C.TypeOf<typeof chainParametersCodec>;

const MAX_BLOCK_BYTES = 4 * 1024 * 1024;

/** What a chain runs by where its genesis says nothing else: protocol.md, Blocks, and decisions.md §2. */
export const DEFAULT_CHAIN_PARAMETERS: ChainParameters = {
  consensus: DEFAULT_CONSENSUS_CONFIG,
  maxBlockBytes: MAX_BLOCK_BYTES,
  precisionMs: 505,
  messageDelayMs: 15_000,
  executionAttestations: false,
  fastBlocks: false,
  proposerRotation: 'RoundRobin',
  voteExtensionsFrom: 0n,
  upgrades: [],
  evidenceAgeMs: DEFAULT_EVIDENCE_AGE_MS,
};

/** A validator of the first set, with what it begins with. Stake in micro-ZHTP, storage in bytes. */
export const genesisValidatorCodec = C.struct('GenesisValidator', {
  identity: identityCodec,
  consensusKey: publicKeyCodec,
  /** Signature by the consensus key over chain id, identity and key (decisions.md §4). */
  proofOfPossession: C.bytes(SIGNATURE_BYTES_MAX),
  stake: C.u64,
  storageProvided: C.u64,
  /** Percent, 0 to 100. */
  commissionRate: C.u8,
});
export type GenesisValidator = C.TypeOf<typeof genesisValidatorCodec>;

/** Longest canonical JSON text of the application's first state. */
export const GENESIS_APP_STATE_BYTES_MAX = 64 * 1024 * 1024;

/** The first state of a chain; its tagged hash starts every signed body (protocol.md). */
export const genesisCodec = C.struct('Genesis', {
  formatVersion: C.u32,
  chainId: C.text(CHAIN_ID_BYTES_MAX),
  /** Unix milliseconds; the first block is later. */
  genesisTime: C.u64,
  initialHeight: C.u64,
  signatureAlgorithm: signatureAlgorithmCodec,
  parameters: chainParametersCodec,
  validators: C.array(genesisValidatorCodec, VALIDATORS_MAX),
  appState: json(GENESIS_APP_STATE_BYTES_MAX),
});
export type Genesis = C.TypeOf<typeof genesisCodec>;

/** Format this release reads and writes. */
export const GENESIS_FORMAT_VERSION = 1;
/** Consensus protocol this release speaks. */
export const PROTOCOL_VERSION = 1;
