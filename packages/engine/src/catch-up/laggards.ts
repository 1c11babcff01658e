import { either as E, option as O } from 'fp-ts';
import type { ConsensusVote } from '@zhtp/types';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';

/**
 * Answers a vote of a height we have decided with that height's block and certificate, once per peer and height, and only
 * to the voter itself: its own vote is what shows that it is behind (protocol.md, The pure core).
 */
export const answerLaggard = (ctx: NodeContext, peer: Peer, vote: ConsensusVote): void => {
  const { height } = vote;
  if (peer.validator !== vote.voter || height <= peer.answeredHeight || peer.headHeight >= height) return;
  peer.answeredHeight = height;
  ctx.ports.blockStore.load(height, (stored) => {
    if (E.isLeft(stored) || O.isNone(stored.right)) return;
    ctx.counters.count('laggardAnswered');
    ctx.outbox.send(peer, { _tag: 'Decision', committed: stored.right.value });
  });
};
