import { option as O } from 'fp-ts';
import { duplicateVote, sealVote } from '@zhtp/chain';
import { taggedHash } from '@zhtp/crypto';
import { nullScheme, type World } from '@zhtp/simulator';
import { encode, gossipMessageCodec, type ConsensusVote, type Evidence, type Network, type PeerId } from '@zhtp/types';

/** A peer without a node, which says what the test wants. */
export const strangerIn = (world: World, number: number): Pick<Network, 'publish'> & { readonly peer: PeerId } => {
  const peer = `node-${String(number)}` as PeerId;
  const network = world.network.join(peer, undefined, () => 0n);
  network.peers$.subscribe();
  return {
    peer,
    publish: (topic, payload) => {
      network.publish(topic, payload);
    },
  };
};

/** Two prevotes of one slot, as a validator of a world with the null scheme would sign them. */
export const evidenceAgainst = ({ nodes }: World, node: number, height: bigint): Evidence => {
  const keyPair = nullScheme().keyPair(node);
  const voter = nodes[node]?.identity;
  if (voter === undefined) throw new Error(`node ${String(node)} is no validator`);
  const vote = (name: string): ConsensusVote =>
    sealVote(
      {
        voteType: 'PreVote',
        height,
        round: 0,
        proposalId: O.some(taggedHash(`test/${name}`)),
        polRound: O.none,
        appHash: O.none,
        voter,
      },
      { algorithm: keyPair.algorithm, signature: keyPair.publicKey.slice(0, 16), publicKey: O.none },
    );
  return duplicateVote(vote('one'), vote('other'));
};

const gossipBytes = encode(gossipMessageCodec);

export const gossiped = (evidence: Evidence): Uint8Array => gossipBytes({ _tag: 'Evidence', evidence });
