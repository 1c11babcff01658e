import {
  blockIdOf,
  lightRules,
  precommitSignBytes,
  type LightBlock,
  type LightError,
  type LightRules,
  type SignerSet,
  type SigningContext,
} from '@zhtp/chain';
import { ZERO_HASH, type CommitCertificate, type Hash, type Header } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { CONTEXT, HEADER, hashOf, range, setOf, toyMember, toySign } from './support.ts';

/** Certificate of a header by these positions of a set, however little power they have. */
export const signedBy = (
  header: Header,
  set: SignerSet,
  positions: readonly number[] = range(set.validators.length),
  context: SigningContext = CONTEXT,
): CommitCertificate => {
  const slot = { height: header.height, round: 0, blockId: blockIdOf(header) };
  const messageOf = precommitSignBytes(context.genesisHash, slot);
  const signers = new Uint8Array((set.validators.length + 7) >> 3);
  for (const i of positions) signers[i >> 3] = (signers[i >> 3] ?? 0) | (1 << (i & 7));
  const signatures = set.validators
    .filter((_, i) => positions.includes(i))
    .map(({ identity, consensusKey }) => toySign(consensusKey, 'zhtp/vote/v1', messageOf(identity)));
  return { ...slot, setSize: set.validators.length, signers, signatures };
};

const GENESIS_TIME = 1_700_000_000_000n;
export const BLOCK_MS = 10_000n;

/** Whose precommits a block of this height gets; all of its set unless said otherwise. */
type SignersOf = (height: bigint, set: SignerSet) => readonly number[];

export interface ChainShape {
  /** One more than there are blocks: the last is only named. The first decides height 1. */
  readonly sets: readonly SignerSet[];
  readonly signers?: SignersOf;
  /** Block `height` takes another content from here on: a fork. */
  readonly forkFrom?: { readonly height: bigint; readonly name: string };
}

/** Blocks 1, 2, … of these sets, linked by parent and next set, ten seconds apart. */
export const lightChain = ({ sets, signers, forkFrom }: ChainShape): readonly LightBlock[] => {
  const blocks: LightBlock[] = [];
  for (const [i, validators] of sets.entries()) {
    const nextValidators = sets[i + 1];
    if (nextValidators === undefined) break;
    const height = BigInt(i + 1);
    const parent = blocks.at(-1);
    const lastBlockId: Hash = parent === undefined ? ZERO_HASH : blockIdOf(parent.header);
    const name = forkFrom !== undefined && height >= forkFrom.height ? forkFrom.name : 'data';
    const header: Header = {
      ...HEADER,
      height,
      time: GENESIS_TIME + height * BLOCK_MS,
      lastBlockId,
      dataHash: hashOf(name),
      validatorsHash: validators.hash,
      nextValidatorsHash: nextValidators.hash,
    };
    const certificate = signedBy(header, validators, signers?.(height, validators));
    blocks.push({ header, certificate, validators, nextValidators });
  }
  return blocks;
};

export const DAY_MS = 86_400_000n;

/** Trusting period of two days: more than any test chain lasts. */
export const RULES: LightRules = lightRules(CONTEXT, 3n * DAY_MS);

/** A moment after this block at which it is neither from the future nor old. */
export const soonAfter = ({ header }: LightBlock): bigint => header.time + 1n;

export const blockAt = (blocks: readonly LightBlock[], height: number): LightBlock => {
  const block = blocks[height - 1];
  if (block === undefined) throw new Error(`the test chain has no height ${String(height)}`);
  return block;
};

/** The tag of an error, or the word for none. */
export const verdict = (result: Either<LightError, unknown>): LightError['_tag'] | 'Verified' =>
  E.isLeft(result) ? result.left._tag : 'Verified';

/** Sets of `size` equal validators, of which `step` leave and as many join at each height. */
export const rollingSets = (heights: number, size: number, step: number): readonly SignerSet[] =>
  range(heights + 1).map((h) => setOf(range(size).map((i) => toyMember(`v${String(h * step + i)}`, 1n))));
