import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import {
  EVIDENCE_FILE_FORMAT_VERSION,
  EVIDENCE_FILE_HEIGHTS_MAX,
  evidenceHeight,
  genesisHashOf,
  type EvidenceFile,
  type ProvenHeader,
} from '@zhtp/chain';
import {
  decode,
  evidenceCodec,
  type BlockStore,
  type ChainStateRow,
  type ChainStateStore,
  type CommittedBlock,
  type Evidence,
  type Genesis,
  type PeerMessage,
} from '@zhtp/types';
import { validatorsFromGenesis } from '@zhtp/validators';
import { answerNow, askPort, inTurn, thenAsk, type Ask } from './asking.ts';
import { POOL_PREFIX } from './evidence-intake.ts';
import { readKnownSets, type KnownSets } from './known-sets.ts';
import { readKeptPolkas } from './polka-rows.ts';
import { findSetChanges, loadBlock } from './set-changes.ts';

/** Where a node keeps what it can show; the files of a stopped node give the same as a running one. */
export interface EvidenceSources {
  readonly genesis: Genesis;
  readonly blockStore: Pick<BlockStore, 'load' | 'bounds'>;
  readonly chainStates: Pick<ChainStateStore, 'rows' | 'load'>;
  /** Signed messages of the height in progress and its neighbours: they are in no store. */
  readonly inProgress: readonly PeerMessage[];
}

/** Heights, both included. */
export interface ExportRange {
  readonly fromHeight: bigint;
  readonly toHeight: bigint;
}

const decodeEvidence = decode(evidenceCodec);

/** First and last decided height; the last is one less than the first before there is a block. */
interface Stored {
  readonly base: bigint;
  readonly head: bigint;
}

const storedIn = ({ genesis, blockStore }: EvidenceSources): Stored => {
  const bounds = blockStore.bounds();
  return O.isSome(bounds)
    ? { base: bounds.value.baseHeight, head: bounds.value.headHeight }
    : { base: genesis.initialHeight, head: genesis.initialHeight - 1n };
};

const refusedRange = ({ fromHeight, toHeight }: ExportRange, { base, head }: Stored): string | undefined => {
  const asked = `heights ${String(fromHeight)} to ${String(toHeight)}`;
  if (fromHeight > toHeight) return `${asked} are none: give the lower one first`;
  if (fromHeight < base || toHeight > head + 1n)
    return `${asked} are not all here: this node has ${String(base)} to ${String(head + 1n)}, the last one in progress`;
  return toHeight - fromHeight >= BigInt(EVIDENCE_FILE_HEIGHTS_MAX)
    ? `${asked} are more than the ${String(EVIDENCE_FILE_HEIGHTS_MAX)} of one file: export them in parts`
    : undefined;
};

const heightsFrom = (from: bigint, to: bigint): readonly bigint[] =>
  from > to ? [] : Array.from({ length: Number(to - from + 1n) }, (_, i) => from + BigInt(i));

/** The blocks that show the sets from `fromHeight` on: the changes since genesis as far as they are known, then every decided one. */
const readBlocks = (
  { genesis, blockStore }: EvidenceSources,
  { fromHeight, toHeight }: ExportRange,
  { base, head }: Stored,
  known: KnownSets,
): Ask<readonly CommittedBlock[]> => {
  // The set of a height in progress is shown by the block before it.
  const first = fromHeight > head && head >= base ? head : fromHeight;
  const genesisSet = validatorsFromGenesis(genesis);
  return pipe(
    inTurn(heightsFrom(first, toHeight < head ? toHeight : head), (height) => loadBlock(blockStore, height)),
    thenAsk((blocks) => {
      const [target] = blocks;
      if (E.isLeft(genesisSet) || target === undefined || base > genesis.initialHeight)
        return answerNow(E.right(blocks));
      return pipe(
        findSetChanges(blockStore, genesisSet.right, genesis.initialHeight, known, target),
        thenAsk((changes) => answerNow(E.right([...(changes ?? []), ...blocks]))),
      );
    }),
  );
};

const pooledEvidence = (rows: readonly ChainStateRow[]): readonly Evidence[] =>
  rows.flatMap(({ value }) => {
    const evidence = decodeEvidence(value);
    return E.isRight(evidence) ? [evidence.right] : [];
  });

const isAbout =
  ({ fromHeight, toHeight }: ExportRange) =>
  (height: bigint): boolean =>
    height >= fromHeight && height <= toHeight;

const heightOfMessage = (message: PeerMessage): bigint | undefined => {
  if (message._tag === 'Vote') return message.vote.height;
  if (message._tag === 'Propose') return message.proposal.height;
  return message._tag === 'Polka' ? message.votes[0]?.height : undefined;
};

interface Found {
  readonly known: KnownSets;
  readonly blocks: readonly CommittedBlock[];
  readonly polkas: readonly PeerMessage[];
  readonly pooled: readonly Evidence[];
}

const fileOf = (
  sources: EvidenceSources,
  range: ExportRange,
  { known, blocks, polkas, pooled }: Found,
): EvidenceFile => {
  const within = isAbout(range);
  const headers = blocks.map(({ block, certificate }): ProvenHeader => ({ header: block.header, certificate }));
  const named = new Set(headers.flatMap(({ header }) => [header.validatorsHash, header.nextValidatorsHash]));
  const evidence = [...blocks.flatMap(({ block }) => block.evidence), ...pooled];
  return {
    formatVersion: EVIDENCE_FILE_FORMAT_VERSION,
    genesisHash: genesisHashOf(sources.genesis),
    ...range,
    sets: [...named]
      .toSorted()
      .flatMap((hash) => known.get(hash) ?? [])
      .map(({ validators }) => validators),
    headers,
    messages: [
      ...polkas,
      ...sources.inProgress.filter((message) => {
        const height = heightOfMessage(message);
        return height !== undefined && within(height);
      }),
    ],
    evidence: evidence.filter((piece) => within(evidenceHeight(piece))),
  };
};

/**
 * What this node can show of a range of heights: certificates, kept polkas, evidence, and of the heights in progress every
 * signed message; with the headers and sets by which whoever has genesis can tell whose they are.
 */
export const exportEvidence = (sources: EvidenceSources, range: ExportRange): Ask<EvidenceFile> => {
  const stored = storedIn(sources);
  const refused = refusedRange(range, stored);
  const genesisSet = validatorsFromGenesis(sources.genesis);
  if (refused !== undefined) return answerNow(E.left(refused));
  if (E.isLeft(genesisSet)) return answerNow(genesisSet);
  const { chainStates } = sources;
  return pipe(
    readKnownSets(chainStates, genesisSet.right, stored.head),
    thenAsk((known) =>
      pipe(
        readBlocks(sources, range, stored, known),
        thenAsk((blocks) =>
          pipe(
            readKeptPolkas(chainStates, range.fromHeight, range.toHeight),
            thenAsk((polkas) =>
              pipe(
                askPort<readonly ChainStateRow[]>('the evidence pool', (done) => {
                  chainStates.rows(POOL_PREFIX, done);
                }),
                thenAsk((rows) => {
                  const asMessages = polkas.map((votes): PeerMessage => ({ _tag: 'Polka', votes }));
                  return answerNow(
                    E.right(
                      fileOf(sources, range, { known, blocks, polkas: asMessages, pooled: pooledEvidence(rows) }),
                    ),
                  );
                }),
              ),
            ),
          ),
        ),
      ),
    ),
  );
};
