import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { blockIdOf, evidenceHashOf } from '@zhtp/chain';
import {
  floorDivCount,
  maxBigint,
  SYNC_HEADERS_MAX,
  type EvidencedHeader,
  type Hash,
  type SyncResponse,
} from '@zhtp/types';
import type { Ask } from '../evidence/asking.ts';
import { lie, unable, type AskedPeers, type Fault } from './asked-peers.ts';

/** A block that is believed by its id. */
export interface BlockName {
  readonly height: bigint;
  readonly blockId: Hash;
}

/** Answers that contradict an id which may be wrong itself, before the walk is given up. */
const DOUBTS_MAX = 8;

/** What may follow of a walk: further down, or that was all. */
export type Visit = (evidenced: EvidencedHeader, blockId: Hash) => 'on' | 'enough';

/**
 * Headers from a believed id down: each names its parent's id, so what is fetched is what was meant or it is refused. Answers
 * with the headers in falling heights, or which height is wrong.
 */
const linkedDown = (
  top: BlockName,
  ascending: readonly EvidencedHeader[],
): Either<string, readonly { readonly evidenced: EvidencedHeader; readonly blockId: Hash }[]> => {
  const linked: { readonly evidenced: EvidencedHeader; readonly blockId: Hash }[] = [];
  let { height, blockId } = top;
  for (const evidenced of ascending.toReversed()) {
    const { header, evidence } = evidenced;
    if (header.height !== height || blockIdOf(header) !== blockId)
      return E.left(`the header of height ${String(height)} is not that of block ${blockId}`);
    if (evidenceHashOf(evidence) !== header.evidenceHash)
      return E.left(`the evidence of height ${String(height)} is not what its header names`);
    linked.push({ evidenced, blockId });
    height -= 1n;
    blockId = header.lastBlockId;
  }
  return E.right(linked);
};

const readRange =
  (from: bigint, count: number) =>
  (response: SyncResponse): Either<Fault, readonly EvidencedHeader[]> => {
    if (response._tag !== 'Headers') return E.left(lie(`it answers headers with ${response._tag}`));
    const { headers } = response;
    if (headers.length > count || headers.some(({ header }, i) => header.height !== from + BigInt(i)))
      return E.left(lie('its headers are of other heights than were asked for'));
    return headers.length === 0 ? E.left(unable(`it has no header of height ${String(from)}`)) : E.right(headers);
  };

/**
 * Visits headers from `top` down until the visitor has enough or the initial height was visited. Who sends a header that
 * does not belong is banned; a range that comes short, as where blocks are large, is asked for in smaller pieces.
 * @param isTopTrusted false where the id of the top itself may be wrong, as when a person typed it: then nobody lies
 */
export const walkDown =
  (peers: AskedPeers, initialHeight: bigint, top: BlockName, visit: Visit, isTopTrusted = true): Ask<void> =>
  (done) => {
    let next = top;
    let size = 1;
    let doubts = 0;

    const take = (ascending: readonly EvidencedHeader[]): Either<string, 'on' | 'enough'> => {
      const linked = linkedDown(next, ascending);
      if (E.isLeft(linked)) return linked;
      for (const { evidenced, blockId } of linked.right) {
        if (visit(evidenced, blockId) === 'enough' || evidenced.header.height === initialHeight)
          return E.right('enough');
        next = { height: evidenced.header.height - 1n, blockId: evidenced.header.lastBlockId };
      }
      return E.right('on');
    };

    const step = (): void => {
      const from = maxBigint(initialHeight, next.height - BigInt(size) + 1n);
      const count = Number(next.height - from) + 1;
      peers.ask({ request: { _tag: 'Headers', fromHeight: from, count }, read: readRange(from, count) })((answer) => {
        if (E.isLeft(answer) && size === 1) {
          done(answer);
          return;
        }
        if (E.isLeft(answer) || answer.right.value.length < count) {
          size = Math.max(1, E.isLeft(answer) ? floorDivCount(size, 2) : answer.right.value.length);
          step();
          return;
        }
        const outcome = take(answer.right.value);
        if (E.isLeft(outcome)) {
          const isDoubtful = next === top && !isTopTrusted;
          if (isDoubtful) peers.doubt(answer.right.peer);
          else peers.ban(answer.right.peer, 'unasked-answer');
          if (isDoubtful && ++doubts >= DOUBTS_MAX) {
            done(outcome);
            return;
          }
        } else if (outcome.right === 'enough') {
          done(E.right(undefined));
          return;
        } else size = Math.min(size * 2, SYNC_HEADERS_MAX);
        step();
      });
    };
    step();
  };
