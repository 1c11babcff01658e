import { either as E } from 'fp-ts';
import { createEvidencePool, type EvidencePool, type EvidencePoolLimits, type PooledEvidence } from '@zhtp/byzantine';
import { accusedBy, BLOCK_EVIDENCE_BYTES_MAX, evidenceChecks, evidenceHeight, evidenceIdOf } from '@zhtp/chain';
import {
  decode,
  encode,
  encodeUtf8,
  evidenceCodec,
  gossipMessageCodec,
  hashToBytes,
  type Block,
  type ChainStateRow,
  type Evidence,
  type InboundGossip,
  type PeerId,
  type StateChange,
} from '@zhtp/types';
import { setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import type { PastHeights } from './past-heights.ts';

/** Prefix of the rows of the pool in the chain state store: an id, then the evidence in canonical bytes. */
export const POOL_PREFIX: Uint8Array = encodeUtf8('evidence/');

/** Evidence of one peer that is being verified at once; every forged piece costs its sender score, this its rate. */
const PER_PEER_IN_FLIGHT = 4;
/** Tag and lengths of a gossip message around the evidence. */
const GOSSIP_ENVELOPE_BYTES = 16;
/** Pause before evidence found here is verified again that had no room in the queue: the core tells of it once. */
const VERIFY_AGAIN_MS = 1_000;
/** Heights after which evidence that is in no block yet is said again: its first hearers may have been too far behind. */
const REPUBLISH_EVERY_HEIGHTS = 16n;
const REPUBLISHED_MAX = 32;

const encodeGossip = encode(gossipMessageCodec);
const decodeGossip = decode(gossipMessageCodec);
const encodeEvidence = encode(evidenceCodec);
const decodeEvidence = decode(evidenceCodec);

/**
 * The way of evidence from the core and from gossip into the pool, and out of it into blocks: known pieces are dropped
 * before their signatures are looked at, nothing is kept or passed on before they are (protocol.md, Network).
 */
export interface EvidenceIntake {
  /** What this node found itself. */
  accuse(evidence: Evidence): void;
  gossiped(gossip: InboundGossip): void;
  /** Signed bytes in what a peer sent that refute themselves, if the signature holds. */
  suspected(peer: PeerId, evidence: Evidence): void;
  /** What a block of the height in progress should carry. */
  forBlock(bytesMax: number, countMax: number): readonly Evidence[];
  /** A block was executed and is remembered: its evidence leaves the pool, and what is too old now. */
  committed(block: Block): void;
  heightStarted(): void;
  /** Takes up the pool of an earlier process, which had verified it. */
  restore(rows: readonly ChainStateRow[]): void;
  size(): ReturnType<EvidencePool['size']>;
}

/** `reject` is for what no state could make right; what is early, late or unwanted is ignored. */
type Verdict = 'accept' | 'ignore' | 'reject';

const pieceOf = (evidence: Evidence): PooledEvidence => ({
  id: evidenceIdOf(evidence),
  evidence,
  accused: accusedBy(evidence),
  height: evidenceHeight(evidence),
  bytes: encodeEvidence(evidence).length,
});

const keyOf = ({ id }: PooledEvidence): Uint8Array => Uint8Array.from([...POOL_PREFIX, ...hashToBytes(id)]);

export const createEvidenceIntake = (
  ctx: NodeContext,
  past: PastHeights,
  limits?: EvidencePoolLimits,
): EvidenceIntake => {
  const pool = createEvidencePool(limits);
  const inFlight = new Map<PeerId, number>();

  const write = (changes: readonly StateChange[]): void => {
    if (changes.length === 0) return;
    ctx.ports.chainStates.writeRows(changes, (written) => {
      // The pool in memory is as good until the next start, and whoever else holds the evidence gossips it.
      if (E.isLeft(written)) ctx.counters.count('evidenceNotStored');
    });
  };

  const isKnown = ({ id }: PooledEvidence): boolean => pool.has(id) || past.isCommitted(id);

  /** A height whose evidence counts now or will: remembered, in progress, or the next. */
  const judgeAt = (height: bigint) => {
    const view = ctx.view();
    return height < view.height ? past.setAt(height) : setAt(view, height);
  };

  const found = (evidence: Evidence): void => {
    ctx.counters.count('evidenceFound');
    ctx.emit({ _tag: 'EvidenceFound', evidence });
  };

  /** Everything about a verified piece may have changed while its signatures were checked. */
  const keep = (piece: PooledEvidence): Verdict => {
    if (isKnown(piece) || judgeAt(piece.height) === undefined) return 'ignore';
    const gone = pool.add(piece);
    if (gone === undefined) {
      ctx.counters.count('evidencePoolFull');
      return 'ignore';
    }
    if (gone.length > 0) ctx.counters.count('evidencePoolFull', gone.length);
    write([
      { _tag: 'Put', key: keyOf(piece), value: encodeEvidence(piece.evidence) },
      ...gone.map((left) => ({ _tag: 'Delete' as const, key: keyOf(left) })),
    ]);
    found(piece.evidence);
    return 'accept';
  };

  const refused = (): Verdict => {
    ctx.counters.count('evidenceRefused');
    return 'reject';
  };

  /** `'dropped'` when the verifier had no room. */
  const judge = (piece: PooledEvidence, done: (verdict: Verdict | 'dropped') => void): void => {
    if (isKnown(piece)) {
      ctx.counters.count('evidenceKnown');
      done('ignore');
      return;
    }
    const set = judgeAt(piece.height);
    if (set === undefined) {
      ctx.counters.count('evidenceOutOfAge');
      done('ignore');
      return;
    }
    const checks = evidenceChecks(ctx.view().signing, set, piece.evidence);
    if (E.isLeft(checks)) {
      done(refused());
      return;
    }
    if (piece.bytes > BLOCK_EVIDENCE_BYTES_MAX || !pool.admits(piece)) {
      ctx.counters.count('evidencePoolFull');
      done('ignore');
      return;
    }
    const priority = { height: piece.height, round: 0 };
    ctx.ports.verifier.verifyBatch(
      checks.right.map((check) => ({ ...check, priority })),
      (answer) => {
        if (!ctx.isRunning()) {
          done('ignore');
          return;
        }
        switch (answer._tag) {
          case 'AllValid':
            done(keep(piece));
            return;
          case 'Invalid':
            done(refused());
            return;
          case 'Dropped':
            done('dropped');
            return;
        }
      },
    );
  };

  const publish = ({ evidence }: PooledEvidence): void => {
    ctx.ports.network.publish('evidence', encodeGossip({ _tag: 'Evidence', evidence }));
  };

  const accuse = (evidence: Evidence): void => {
    const piece = pieceOf(evidence);
    judge(piece, (verdict) => {
      if (verdict === 'accept') publish(piece);
      if (verdict === 'dropped')
        ctx.ports.timers.start(VERIFY_AGAIN_MS, () => {
          if (ctx.isRunning()) accuse(evidence);
        });
    });
  };

  const underway = (peer: PeerId): number => inFlight.get(peer) ?? 0;

  const end = (peer: PeerId): void => {
    const left = underway(peer) - 1;
    if (left > 0) inFlight.set(peer, left);
    else inFlight.delete(peer);
  };

  const forget = (pieces: readonly PooledEvidence[]): void => {
    for (const { id } of pieces) pool.remove(id);
    write(pieces.map((piece) => ({ _tag: 'Delete', key: keyOf(piece) })));
  };

  return {
    size: () => pool.size(),
    accuse,
    gossiped: ({ peer, payload, judge: pass }) => {
      const message =
        payload.length > BLOCK_EVIDENCE_BYTES_MAX + GOSSIP_ENVELOPE_BYTES ? undefined : decodeGossip(payload);
      if (message === undefined || E.isLeft(message) || message.right._tag !== 'Evidence') {
        ctx.counters.count('undecodable');
        pass('reject');
        return;
      }
      if (underway(peer) >= PER_PEER_IN_FLIGHT) {
        ctx.counters.count('evidenceBusy');
        pass('ignore');
        return;
      }
      inFlight.set(peer, underway(peer) + 1);
      judge(pieceOf(message.right.evidence), (verdict) => {
        end(peer);
        if (verdict === 'dropped') ctx.counters.count('evidenceBusy');
        pass(verdict === 'dropped' ? 'ignore' : verdict);
      });
    },
    suspected: (peer, evidence) => {
      if (underway(peer) >= PER_PEER_IN_FLIGHT) {
        ctx.counters.count('evidenceBusy');
        return;
      }
      const piece = pieceOf(evidence);
      inFlight.set(peer, underway(peer) + 1);
      judge(piece, (verdict) => {
        end(peer);
        if (verdict === 'accept') publish(piece);
        if (verdict === 'dropped') ctx.counters.count('evidenceBusy');
      });
    },
    forBlock: (bytesMax, countMax) =>
      pool
        .reap(ctx.view().height, Math.min(bytesMax, BLOCK_EVIDENCE_BYTES_MAX), countMax)
        .map(({ evidence }) => evidence),
    committed: (block) => {
      const pieces = block.evidence.map(pieceOf);
      if (pieces.length > 0) ctx.counters.count('evidenceCommitted', pieces.length);
      for (const piece of pieces) if (!pool.has(piece.id)) found(piece.evidence);
      forget(pieces.filter(({ id }) => pool.has(id)));
    },
    heightStarted: () => {
      const { height } = ctx.view();
      const expired = pool.inOrder().filter((piece) => piece.height < height && past.setAt(piece.height) === undefined);
      if (expired.length > 0) ctx.counters.count('evidenceOutOfAge', expired.length);
      forget(expired);
      if (height % REPUBLISH_EVERY_HEIGHTS !== 0n) return;
      const waiting = pool.inOrder().filter((piece) => piece.height + REPUBLISH_EVERY_HEIGHTS < height);
      waiting.slice(0, REPUBLISHED_MAX).forEach(publish);
    },
    restore: (rows) => {
      const stale: StateChange[] = [];
      for (const { key, value } of rows) {
        const evidence = decodeEvidence(value);
        const piece = E.isRight(evidence) ? pieceOf(evidence.right) : undefined;
        if (piece === undefined || isKnown(piece) || pool.add(piece) === undefined) stale.push({ _tag: 'Delete', key });
      }
      write(stale);
    },
  };
};
