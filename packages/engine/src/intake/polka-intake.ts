import { either as E, option as O } from 'fp-ts';
import { isQuorum, type Certificate } from '@zhtp/bft';
import type { ConsensusVote } from '@zhtp/types';
import { setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';
import { coreVote } from '../loop/translate.ts';
import type { VoteIntake } from './vote-intake.ts';

/** Copies of one certificate verified at once: a quorum of signatures each, and a forged one must not keep out the true one. */
const COPIES_IN_FLIGHT = 2;

export interface PolkaIntake {
  /** A polka certificate from a peer: judged whole (protocol.md, The pure core). */
  receive(peer: Peer, votes: readonly ConsensusVote[], payload: Uint8Array): void;
  reset(): void;
}

type Polka = Certificate<ConsensusVote>;

/** Prevotes as a certificate of the core, if they are of one height, round and block. */
export const polkaOf = (votes: readonly ConsensusVote[]): Polka | undefined => {
  const [first] = votes;
  if (first === undefined || O.isNone(first.proposalId)) return undefined;
  const { height, round } = first;
  const value = first.proposalId.value;
  const signed = votes.flatMap((vote) => {
    const core = vote.voteType === 'PreVote' ? coreVote(vote) : undefined;
    return core?.vote.value === value && vote.height === height && vote.round === round ? [core] : [];
  });
  return signed.length === votes.length ? { kind: 'polka', height, round, value, votes: signed } : undefined;
};

const polkaKey = (polka: Polka): string => `${String(polka.height)}/${String(polka.round)}/${polka.value}`;

export const createPolkaIntake = (ctx: NodeContext, intake: VoteIntake): PolkaIntake => {
  const known = new Set<string>();
  /** Peers whose copy of a certificate is under verification: the others' come again. */
  const inFlight = new Map<string, Set<Peer>>();

  const isBusyWith = (key: string, peer: Peer): boolean => {
    const senders = inFlight.get(key);
    return senders !== undefined && (senders.has(peer) || senders.size >= COPIES_IN_FLIGHT);
  };

  const startFlight = (key: string, peer: Peer): void => {
    inFlight.set(key, (inFlight.get(key) ?? new Set<Peer>()).add(peer));
  };

  const endFlight = (key: string, peer: Peer): void => {
    const senders = inFlight.get(key);
    senders?.delete(peer);
    if (senders?.size === 0) inFlight.delete(key);
  };

  const hasQuorum = (polka: Polka): boolean => {
    const set = setAt(ctx.view(), polka.height);
    if (set === undefined) return false;
    const voters = new Set(polka.votes.map(({ vote }) => vote.voter));
    let power = 0n;
    for (const voter of voters) power += set.powerOf(voter);
    return voters.size === polka.votes.length && isQuorum(power, set.totalPower);
  };

  const bad = (peer: Peer): void => {
    ctx.counters.count('badCertificate');
    ctx.ports.network.report(peer.id, 'bad-certificate');
  };

  return {
    reset: () => {
      if (known.size > 0) known.clear();
    },
    receive: (peer, votes, payload) => {
      const polka = polkaOf(votes);
      if (polka === undefined) {
        bad(peer);
        return;
      }
      if (polka.height !== ctx.view().height) {
        ctx.counters.count(polka.height < ctx.view().height ? 'oldHeight' : 'futureHeight');
        return;
      }
      const key = polkaKey(polka);
      if (known.has(key) || isBusyWith(key, peer)) {
        ctx.counters.count('duplicateCertificate');
        return;
      }
      const checks = intake.checksOf(votes);
      if (!hasQuorum(polka) || E.isLeft(checks)) {
        bad(peer);
        return;
      }
      startFlight(key, peer);
      ctx.ports.verifier.verifyBatch(checks.right, (verdict) => {
        endFlight(key, peer);
        if (verdict._tag === 'Invalid') bad(peer);
        if (verdict._tag === 'Dropped') ctx.counters.count('verificationQueueFull');
        if (verdict._tag !== 'AllValid' || polka.height !== ctx.view().height || known.has(key)) return;
        known.add(key);
        ctx.post({
          entry: { _tag: 'Received', payload, timely: true },
          input: { _tag: 'CertificateReceived', certificate: polka },
        });
      });
    },
  };
};
