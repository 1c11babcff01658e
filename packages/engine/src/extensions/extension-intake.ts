import { either as E, option as O } from 'fp-ts';
import { extensionCheck } from '@zhtp/chain';
import type { ConsensusVote } from '@zhtp/types';
import { setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';
import type { VoteExtensions } from './vote-extensions.ts';

/**
 * The second signature of a precommit (protocol.md, Messages). One that does not hold is its sender's fault, since nobody
 * passes on what it did not verify, and takes nothing from the precommit.
 */
export interface ExtensionIntake {
  /** Whether the extension of this verified vote is its voter's. */
  verify(peer: Peer, vote: ConsensusVote, done: (holds: boolean) => void): void;
  /** A known precommit that brings an extension which its first copy lacked: whoever passed that on may have taken it away. */
  add(peer: Peer, vote: ConsensusVote): void;
}

export const createExtensionIntake = (ctx: NodeContext, extensions: VoteExtensions): ExtensionIntake => {
  /** One at a time per vote: the others come again. */
  const inFlight = new Set<string>();

  const verify: ExtensionIntake['verify'] = (peer, vote, done) => {
    const key = setAt(ctx.view(), vote.height)?.keyOf(vote.voter);
    const check = key === undefined ? E.right(O.none) : extensionCheck(ctx.view().signing, key, vote);
    if (E.isLeft(check) || O.isNone(check.right)) {
      ctx.counters.count('extensionRefused');
      done(false);
      return;
    }
    const priority = { height: vote.height, round: vote.round };
    ctx.ports.verifier.verify({ ...check.right.value, priority }, (validity) => {
      if (validity === 'invalid') {
        ctx.counters.count('badSignature');
        ctx.ports.network.report(peer.id, 'bad-signature');
      }
      if (validity === 'dropped') ctx.counters.count('verificationQueueFull');
      done(validity === 'valid');
    });
  };

  return {
    verify,
    add: (peer, vote) => {
      if (!extensions.wants(vote) || inFlight.has(vote.id)) return;
      inFlight.add(vote.id);
      verify(peer, vote, (holds) => {
        inFlight.delete(vote.id);
        if (holds && setAt(ctx.view(), vote.height) !== undefined && extensions.wants(vote)) extensions.receive(vote);
      });
    },
  };
};
