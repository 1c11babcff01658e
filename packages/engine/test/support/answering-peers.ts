import { either as E } from 'fp-ts';
import {
  decode,
  encode,
  syncRequestCodec,
  syncResponseCodec,
  type PeerEvent,
  type PeerId,
  type SyncRequest,
  type SyncResponse,
} from '@zhtp/types';
import { Subject } from 'rxjs';
import { createAskedPeers } from '../../src/state-sync/asked-peers.ts';
import { testContext } from './context.ts';

/** What a peer says to a request; undefined: it does not answer. */
export type Serve = (peer: PeerId, request: SyncRequest) => SyncResponse | Uint8Array | undefined;

const readRequest = decode(syncRequestCodec);
const writeResponse = encode(syncResponseCodec);

/** Peers that answer by a rule, one request after the other, and the shipping code that asks them. */
export const answeringPeers = (names: readonly PeerId[], serve: Serve) => {
  const context = testContext();
  const peers$ = new Subject<PeerEvent>();
  const network = { ...context.ctx.ports.network, peers$ };
  const peers = createAskedPeers({ network, timers: context.ctx.ports.timers }, context.ctx.counters);
  for (const peer of names) peers$.next({ _tag: 'Connected', peer });
  const asked: { readonly peer: PeerId; readonly request: SyncRequest }[] = [];
  let openMax = 0;

  /** Answers the oldest open request; false when there is none. */
  const answerOne = (): boolean => {
    openMax = Math.max(openMax, context.requests.length);
    const open = context.requests.shift();
    if (open === undefined) return false;
    const request = readRequest(open.payload);
    if (E.isLeft(request)) throw new Error(`the engine asked what it cannot read: ${request.left.message}`);
    asked.push({ peer: open.peer, request: request.right });
    const answer = serve(open.peer, request.right);
    open.done(
      answer === undefined
        ? E.left({ _tag: 'RequestError', message: 'no answer' })
        : E.right(answer instanceof Uint8Array ? answer : writeResponse(answer)),
    );
    return true;
  };

  return {
    ...context,
    peers,
    asked,
    peers$,
    openMax: () => openMax,
    /** Lets everything happen that happens without another peer, time included. */
    run: (): void => {
      for (let turn = 0; turn < 1_000; turn++) if (!answerOne()) context.fireTimers();
    },
  };
};
