import { either as E, option as O } from 'fp-ts';
import {
  encode,
  evidenceCodec,
  SYNC_CHUNK_BYTES_MAX,
  SYNC_HEADERS_MAX,
  SYNC_SNAPSHOTS_MAX,
  syncResponseCodec,
  type CommittedBlock,
  type EvidencedHeader,
  type Hash,
  type InboundRequest,
  type PeerId,
  type SyncRequest,
  type SyncResponse,
} from '@zhtp/types';
import type { KeptParameters } from '../height/kept-parameters.ts';
import type { KeptSets } from '../height/kept-sets.ts';
import type { NodeContext } from '../node-context.ts';

/** Answers being put together at once: for one peer, and for all of them. */
const OPEN_PER_PEER = 4;
const OPEN_MAX = 16;
/** Bytes of blocks read for one answer of headers: the store has no headers without their blocks. */
const HEADERS_READ_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes of evidence in one answer: of one block it is 1 MiB at most, so that the last header that is let in still fits. */
const HEADERS_EVIDENCE_BYTES_MAX = 2 * 1024 * 1024;

export type StateRequest = Exclude<SyncRequest, { readonly _tag: 'Status' | 'Blocks' }>;

/**
 * What a node needs to join by a snapshot: snapshots of the application, headers, sets and parameters. From block store,
 * memory and application, whose calls come after everything that consensus asks of it.
 */
export interface StateServer {
  serve(request: StateRequest, inbound: InboundRequest): void;
}

const encodeResponse = encode(syncResponseCodec);
const encodeEvidence = encode(evidenceCodec);

/** As many of the headers as fit an answer, one at least. */
const headersOf = (blocks: readonly CommittedBlock[]): readonly EvidencedHeader[] => {
  const headers: EvidencedHeader[] = [];
  let bytes = 0;
  for (const { block } of blocks) {
    bytes += block.evidence.reduce((sum, piece) => sum + encodeEvidence(piece).length, 0);
    if (headers.length > 0 && bytes > HEADERS_EVIDENCE_BYTES_MAX) break;
    headers.push({ header: block.header, evidence: block.evidence });
  }
  return headers;
};

export const createStateServer = (
  ctx: NodeContext,
  sets: Pick<KeptSets, 'get'>,
  parameters: Pick<KeptParameters, 'get'>,
): StateServer => {
  const open = new Map<PeerId, number>();
  let openInAll = 0;

  /** One more answer for this peer; undefined when it has enough of them open. */
  const begin = ({ peer, respond }: InboundRequest): ((answer: SyncResponse | undefined) => void) | undefined => {
    const before = open.get(peer) ?? 0;
    if (before >= OPEN_PER_PEER || openInAll >= OPEN_MAX) return undefined;
    open.set(peer, before + 1);
    openInAll += 1;
    return (answer) => {
      openInAll -= 1;
      const left = (open.get(peer) ?? 1) - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
      if (answer !== undefined) ctx.counters.count('stateServed');
      respond(answer === undefined ? O.none : O.some(encodeResponse(answer)));
    };
  };

  type Respond = (answer: SyncResponse | undefined) => void;

  const snapshots = (respond: Respond): void => {
    const { application } = ctx.ports;
    const asked = ctx.application.check(
      application.listSnapshots(),
      (listed) => {
        respond({ _tag: 'Snapshots', snapshots: listed.slice(0, SYNC_SNAPSHOTS_MAX) });
      },
      () => {
        respond(undefined);
      },
    );
    if (asked === 'full') respond(undefined);
  };

  const chunk = (height: bigint, index: number, respond: Respond): void => {
    const { application } = ctx.ports;
    const asked = ctx.application.check(
      application.loadSnapshotChunk(height, index),
      (loaded) => {
        const isFit = O.isSome(loaded) && loaded.value.length <= SYNC_CHUNK_BYTES_MAX;
        respond(isFit ? { _tag: 'SnapshotChunk', bytes: loaded.value } : undefined);
      },
      () => {
        respond(undefined);
      },
    );
    if (asked === 'full') respond(undefined);
  };

  const headers = (fromHeight: bigint, count: number, respond: Respond): void => {
    const atMost = Math.min(count, SYNC_HEADERS_MAX);
    ctx.ports.blockStore.range(fromHeight, atMost, HEADERS_READ_BYTES_MAX, (blocks) => {
      respond(E.isLeft(blocks) ? undefined : { _tag: 'Headers', headers: [...headersOf(blocks.right)] });
    });
  };

  const lightBlock = (height: bigint, respond: Respond): void => {
    ctx.ports.blockStore.load(height, (stored) => {
      if (E.isLeft(stored) || O.isNone(stored.right)) {
        respond(undefined);
        return;
      }
      const { block, certificate } = stored.right.value;
      respond({ _tag: 'LightBlock', header: block.header, certificate });
    });
  };

  const validatorSet = (set: Hash): SyncResponse | undefined => {
    const kept = sets.get(set);
    return kept === undefined ? undefined : { _tag: 'ValidatorSet', validators: [...kept.validators] };
  };

  const parametersBy = (hash: Hash): SyncResponse | undefined => {
    const kept = parameters.get(hash);
    return kept === undefined ? undefined : { _tag: 'Parameters', parameters: kept };
  };

  return {
    serve: (request, inbound) => {
      const respond = begin(inbound);
      if (respond === undefined) {
        ctx.counters.count('stateServerBusy');
        inbound.respond(O.none);
        return;
      }
      switch (request._tag) {
        case 'Snapshots':
          snapshots(respond);
          return;
        case 'SnapshotChunk':
          chunk(request.height, request.chunk, respond);
          return;
        case 'Headers':
          headers(request.fromHeight, request.count, respond);
          return;
        case 'LightBlock':
          lightBlock(request.height, respond);
          return;
        case 'ValidatorSet':
          respond(validatorSet(request.validatorsHash));
          return;
        case 'Parameters':
          respond(parametersBy(request.parametersHash));
          return;
      }
    },
  };
};
