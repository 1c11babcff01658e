import type { PeerEvent } from '@zhtp/types';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from './outbox.ts';
import { ownStatus } from './own-status.ts';

/** Said again after so many heights: a peer that missed it would pass on to us what we hear anyway. */
const TOLD_EVERY_HEIGHTS = 16n;

/** Peers come and go in groups: told once for all of them, or a mesh would be built with a cube of messages. */
const TOLD_AFTER_MS = 20;

/** Who is connected, and telling them whom we hear directly: nobody passes on to a node what it hears itself. */
export interface Neighbours {
  readonly onPeer: (event: PeerEvent) => void;
  heightStarted(height: bigint): void;
  stop(): void;
}

/** What the loss of a peer ends. */
interface Interrupted {
  disconnected(peer: PeerEvent['peer']): void;
}

export const createNeighbours = (ctx: NodeContext, interrupted: readonly Interrupted[]): Neighbours => {
  const { peers } = ctx;
  const heard = () => ({ _tag: 'Neighbours' as const, validators: peers.validators() });
  const tell = (): void => {
    ctx.outbox.broadcast(payloadOf(heard()));
  };
  let stopTelling: (() => void) | undefined;
  const changed = (): void => {
    stopTelling ??= ctx.ports.timers.start(TOLD_AFTER_MS, () => {
      stopTelling = undefined;
      tell();
    });
  };
  return {
    stop: () => {
      stopTelling?.();
    },
    heightStarted: (height) => {
      if (height % TOLD_EVERY_HEIGHTS === 0n) tell();
    },
    onPeer: (event) => {
      switch (event._tag) {
        case 'Connected': {
          const peer = peers.connect(event.peer);
          ctx.outbox.send(peer, ownStatus(ctx));
          ctx.outbox.send(peer, heard());
          return;
        }
        case 'Bound':
          if (peers.bind(event.peer, event.validator) === undefined) return;
          ctx.emit({ _tag: 'PeerBound', peer: event.peer, validator: event.validator });
          changed();
          return;
        case 'Disconnected':
          peers.disconnect(event.peer);
          for (const part of interrupted) part.disconnected(event.peer);
          ctx.emit({ _tag: 'PeerLost', peer: event.peer });
          changed();
          return;
      }
    },
  };
};
