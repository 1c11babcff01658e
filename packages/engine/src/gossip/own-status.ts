import { option as O } from 'fp-ts';
import type { PeerMessage } from '@zhtp/types';
import type { NodeContext } from '../node-context.ts';

/**
 * How far this node can serve: its block store's head, which while the next height waits is one above the view's state.
 * Never lower than what was said before, or peers would take it for a lie.
 */
export const ownStatus = (ctx: NodeContext): PeerMessage => {
  const bounds = ctx.ports.blockStore.bounds();
  return { _tag: 'Status', height: O.isSome(bounds) ? bounds.value.headHeight : ctx.view().state.height };
};
