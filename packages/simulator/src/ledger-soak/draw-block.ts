import { isQuorum } from '@zhtp/bft';
import { emptyCertificate, evidenceIdOf, makeBlock, noProof } from '@zhtp/chain';
import {
  decode,
  encode,
  blockCodec,
  hasSigner,
  PROTOCOL_VERSION,
  ZERO_HASH,
  type Block,
  type CommitCertificate,
  type Evidence,
  type FrozenValidator,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { drawnHash, type Scene } from './cast.ts';
import { drawEvidence, setOf } from './offences.ts';

/** What goes on over several blocks: who is silent until when, what was shown, what time it is. */
export interface Course {
  readonly silentUntil: Map<IdentityId, bigint>;
  readonly shown: Set<Hash>;
  /** Unix milliseconds of the last block. */
  timeMs: bigint;
}

export const newCourse = (genesisTime: bigint): Course => ({
  silentUntil: new Map(),
  shown: new Set(),
  timeMs: genesisTime,
});

const SILENCE_PER_MILLE = 40;
const EVIDENCE_PER_MILLE = 60;
const MS = 1_000n;

const bitmapOf = (members: readonly FrozenValidator[], absent: (identity: IdentityId) => boolean): Uint8Array => {
  const bitmap = new Uint8Array((members.length + 7) >> 3);
  for (const [i, { identity }] of members.entries())
    if (!absent(identity)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
  return bitmap;
};

const isQuorumOf = (members: readonly FrozenValidator[], signers: Uint8Array): boolean => {
  const total = members.reduce((sum, { votingPower }) => sum + votingPower, 0n);
  const signed = members.reduce((sum, { votingPower }, i) => (hasSigner(signers, i) ? sum + votingPower : sum), 0n);
  return isQuorum(signed, total);
};

/** Now and then a member falls silent for longer than the window takes to notice; two thirds of the power always sign. */
const certificateOf = (scene: Scene, { silentUntil }: Course): CommitCertificate => {
  const { random, height } = scene;
  if (height === 1n) return emptyCertificate();
  const members = setOf(scene, height - 1n);
  const fallen = random.chance(SILENCE_PER_MILLE) ? random.pick(members) : undefined;
  if (fallen !== undefined) silentUntil.set(fallen.identity, height + BigInt(random.int(3, 25)));
  const drawn = bitmapOf(members, (identity) => (silentUntil.get(identity) ?? 0n) > height || random.chance(10));
  const signers = isQuorumOf(members, drawn) ? drawn : bitmapOf(members, () => false);
  const count = members.filter((_, i) => hasSigner(signers, i)).length;
  return {
    height: height - 1n,
    round: 0,
    blockId: drawnHash(random),
    setSize: members.length,
    signers,
    signatures: Array.from({ length: count }, () => new Uint8Array(1)),
  };
};

const evidenceOf = (scene: Scene, { shown }: Course): readonly Evidence[] => {
  if (scene.height < 3n || !scene.random.chance(EVIDENCE_PER_MILLE)) return [];
  const evidence = drawEvidence(scene, 0);
  const id = evidenceIdOf(evidence);
  if (shown.has(id)) return [];
  shown.add(id);
  return [evidence];
};

/** Blocks come on time mostly, late now and then, and once in a while a day later. */
const nextTime = ({ random, state }: Scene, timeMs: bigint): bigint => {
  const at = random.int(0, 99);
  const blockTimeMs = state.consensus.consensus.blockTime * MS;
  if (at < 85) return timeMs + blockTimeMs;
  if (at < 98) return timeMs + BigInt(random.int(1, 60_000));
  return timeMs + 86_400n * MS;
};

/** Everything of a block but its transactions. */
export type BlockFrame = Omit<Block, 'transactions' | 'header'> & {
  readonly height: bigint;
  readonly time: bigint;
  readonly proposer: IdentityId;
};

export const drawFrame = (scene: Scene, course: Course): BlockFrame => {
  const { random, height, state } = scene;
  const proposer = random.pick(setOf(scene, height));
  if (proposer === undefined) throw new Error(`nobody can propose block ${String(height)}`);
  course.timeMs = nextTime(scene, course.timeMs);
  return {
    height,
    time: course.timeMs,
    proposer: proposer.identity,
    lastCommit: certificateOf(scene, course),
    evidence: evidenceOf(scene, course),
    proof: noProof(state.consensus.consensus.consensusType, 0n),
  };
};

const writeBlock = encode(blockCodec);
const readBlock = decode(blockCodec);

/** The block as bytes: what nodes get. */
export const blockBytes = (
  { chainId, state }: Scene,
  { height, time, proposer, ...parts }: BlockFrame,
  transactions: readonly Uint8Array[],
): Uint8Array =>
  writeBlock(
    makeBlock({
      ...parts,
      transactions,
      version: { protocol: PROTOCOL_VERSION, app: 1 },
      chainId,
      height,
      time,
      proposer,
      lastBlockId: ZERO_HASH,
      validatorsHash: ZERO_HASH,
      nextValidatorsHash: ZERO_HASH,
      parametersHash: ZERO_HASH,
      difficultyBits: state.difficulty.bits,
      appHash: ZERO_HASH,
      resultsHash: ZERO_HASH,
    }),
  );

export const blockOfBytes = (bytes: Uint8Array): Block => {
  const block = readBlock(bytes);
  if (E.isLeft(block)) throw new Error(block.left.message);
  return block.right;
};
