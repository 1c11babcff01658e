import {
  beginVerification,
  blockIdOf,
  LIGHT_CLOCK_DRIFT_MS,
  offerLightBlock,
  trustLightBlock,
  verifyNow,
  type LightBlock,
  type LightRules,
} from '@zhtp/chain';
import type { Hash } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { failed, notUnderstood, passed, type Outcome } from './case-outcome.ts';
import { certificateSignedBy, hashNamed, signingContext } from './keyed-set.ts';
import { headerOf, members, readTrustLevel, signerSet, trustLevelPair } from './light-blocks.ts';
import { closed, count, hasKeys, oneOf, prose, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const shownBlock = closed({
  height: count,
  time: t.string,
  chainId: t.string,
  headerId: t.string,
  commitHeight: count,
  validators: members,
  nextValidators: members,
  commitSigners: t.array(t.string),
  nilSigners: t.array(t.string),
  validatorsHash: t.string,
  nextValidatorsHash: t.string,
});
type ShownBlock = t.TypeOf<typeof shownBlock>;

const bisection = closed(
  {
    name: t.string,
    trust: closed({ periodSec: count, height: count, headerId: t.string, level: trustLevelPair }),
    now: t.string,
    heightToVerify: count,
    primary: t.array(shownBlock),
    expected: oneOf('error', 'no error'),
  },
  // How many blocks a client fetches is up to its choice of the next one.
  { description: prose, witnesses: t.array(t.array(shownBlock)), expectedBisections: prose },
);
type Bisection = t.TypeOf<typeof bisection>;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3}0*)?(Z|[+-]\d{2}:\d{2})$/;

/** Unix milliseconds of a date in RFC 3339; times between two of them would lose their order. */
const readTime = (text: string): E.Either<string, bigint> => {
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? E.left(`${text} is no time in whole milliseconds`) : E.right(BigInt(ms));
};

/**
 * What the file's own hashes of sets stand for here. They are shortened and of another hash, so that the first set shown
 * with one is believed to be its own; whatever contradicts that later is a hash of nothing that is shown.
 */
class SetHashes {
  readonly #meant = new Map<string, Hash>();
  readonly #takenBy = new Map<Hash, string>();

  meaning(named: string, shown: Hash): Hash {
    const known = this.#meant.get(named);
    if (known !== undefined) return known;
    const isTaken = this.#takenBy.has(shown);
    const meant = isTaken ? hashNamed(`set ${named}`) : shown;
    this.#meant.set(named, meant);
    if (!isTaken) this.#takenBy.set(shown, named);
    return meant;
  }
}

/** The blocks of one source by height, each linked to the one below, signed on the chain that it names. */
type Source = ReadonlyMap<number, { readonly headerId: string; readonly block: LightBlock }>;

const blockOf = (shown: ShownBlock, parent: Hash | undefined, hashes: SetHashes): E.Either<string, LightBlock> => {
  const [own, next, time] = [signerSet(shown.validators), signerSet(shown.nextValidators), readTime(shown.time)];
  if (E.isLeft(own)) return own;
  if (E.isLeft(next)) return next;
  if (E.isLeft(time)) return time;
  if (shown.nilSigners.some((id) => shown.commitSigners.includes(id)))
    return E.left('one validator signs for the block and for nil');
  const header = headerOf({
    chainId: shown.chainId,
    height: shown.height,
    timeMs: time.right,
    parent,
    validatorsHash: hashes.meaning(shown.validatorsHash, own.right.hash),
    nextValidatorsHash: hashes.meaning(shown.nextValidatorsHash, next.right.hash),
    name: shown.headerId,
  });
  const slot = { height: BigInt(shown.commitHeight), round: 1, blockId: blockIdOf(header) };
  const certificate = certificateSignedBy(signingContext(shown.chainId), own.right, slot, shown.commitSigners);
  return E.right({ header, certificate, validators: own.right, nextValidators: next.right });
};

const sourceOf = (blocks: readonly ShownBlock[], hashes: SetHashes): E.Either<string, Source> => {
  const source = new Map<number, { readonly headerId: string; readonly block: LightBlock }>();
  for (const shown of blocks.toSorted((a, b) => a.height - b.height)) {
    const where = `the block of height ${String(shown.height)}`;
    if (source.has(shown.height)) return E.left(`${where} is there twice`);
    const below = source.get(shown.height - 1)?.block.header;
    const block = blockOf(shown, below === undefined ? undefined : blockIdOf(below), hashes);
    if (E.isLeft(block)) return E.left(`${where}: ${block.left}`);
    source.set(shown.height, { headerId: shown.headerId, block: block.right });
  }
  return E.right(source);
};

/** Follows the primary from the trusted block to the target: why not, or undefined. */
const followed = (
  { trust, heightToVerify }: Bisection,
  primary: Source,
  rules: LightRules,
  nowMs: bigint,
): string | undefined => {
  const root = primary.get(trust.height);
  if (root === undefined) return 'the primary does not have the trusted block';
  const blockId = root.headerId === trust.headerId ? blockIdOf(root.block.header) : hashNamed(trust.headerId);
  const trusted = trustLightBlock({ height: BigInt(trust.height), blockId }, root.block, rules.signing, verifyNow);
  if (E.isLeft(trusted)) return trusted.left.message;
  if (heightToVerify === trust.height) return undefined;
  const begun = beginVerification(trusted.right, BigInt(heightToVerify));
  if (E.isLeft(begun)) return begun.left.message;
  for (let way = begun.right; ;) {
    const wanted = primary.get(Number(way.wants))?.block;
    if (wanted === undefined) return `the primary does not have height ${String(way.wants)}`;
    const outcome = offerLightBlock(way, wanted, { rules, nowMs, verify: verifyNow });
    switch (outcome._tag) {
      case 'Wants':
        way = outcome.verification;
        break;
      case 'Verified':
        return undefined;
      case 'Refused':
        return outcome.error.message;
    }
  }
};

/** A witness that shows another header at the target, or undefined. One that lacks it says nothing. */
const contradicted = (
  { heightToVerify }: Bisection,
  primary: Source,
  witnesses: readonly Source[],
): string | undefined => {
  const headerId = primary.get(heightToVerify)?.headerId;
  const other = witnesses.findIndex((witness) => (witness.get(heightToVerify)?.headerId ?? headerId) !== headerId);
  return other < 0
    ? undefined
    : `witness ${String(other + 1)} shows another header of height ${String(heightToVerify)}`;
};

const run = (of: Bisection): Outcome => {
  const { trust, expected } = of;
  const hashes = new SetHashes();
  const [level, now, primary] = [readTrustLevel(trust.level), readTime(of.now), sourceOf(of.primary, hashes)];
  if (E.isLeft(level)) return notUnderstood(level.left);
  if (E.isLeft(now)) return notUnderstood(`now: ${now.left}`);
  if (E.isLeft(primary)) return notUnderstood(`primary: ${primary.left}`);
  const witnesses: Source[] = [];
  for (const [i, blocks] of (of.witnesses ?? []).entries()) {
    const witness = sourceOf(blocks, hashes);
    if (E.isLeft(witness)) return notUnderstood(`witness ${String(i + 1)}: ${witness.left}`);
    witnesses.push(witness.right);
  }
  const rules: LightRules = {
    signing: signingContext(primary.right.get(trust.height)?.block.header.chainId ?? ''),
    trustingPeriodMs: 1_000n * BigInt(trust.periodSec),
    clockDriftMs: LIGHT_CLOCK_DRIFT_MS,
    trustLevel: level.right,
  };
  const problem = followed(of, primary.right, rules, now.right) ?? contradicted(of, primary.right, witnesses);
  if ((problem === undefined) === (expected === 'no error')) return passed;
  return failed(`expected ${expected}, got ${problem ?? 'no error'}`);
};

/** Whole chains that a light client follows by bisection, with witnesses that may contradict (tendermint-rs). */
export const lightClientBisections: VectorFormat = {
  name: 'light client, bisection',
  recognises: (document) =>
    someIn(document, 'cases', (element) => hasKeys(element, 'trust', 'heightToVerify', 'primary')),
  run: (document) => runSections(document, { cases: (content) => runList('cases', content, bisection, run) }),
};
