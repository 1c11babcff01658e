import type { Input } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote, Evidence, Genesis, Hash } from '@zhtp/types';
import type { ApplicationQueue } from './application/application-queue.ts';
import type { Bodies } from './catch-up/bodies.ts';
import type { Counters } from './counters.ts';
import type { HeightView } from './height/height-view.ts';
import type { JournalEntry } from './recovery/journal-entry.ts';
import type { NodeEvent } from './node-event.ts';
import type { NodePorts } from './node-ports.ts';
import type { Outbox } from './gossip/outbox.ts';
import type { Peers } from './gossip/peers.ts';

export type CoreInput = Input<ConsensusVote, ConsensusProposal>;

/** An input of the core with the record that goes to the journal first; own messages are there already. */
export interface Mail {
  readonly entry: JournalEntry | undefined;
  readonly input: CoreInput;
}

/** What the parts of the shell share. The only state that changes is `view`, replaced at each height. */
export interface NodeContext {
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly ports: NodePorts;
  readonly counters: Counters;
  readonly application: ApplicationQueue;
  readonly peers: Peers;
  readonly bodies: Bodies;
  readonly outbox: Outbox;
  /** The height in progress. */
  view(): HeightView;
  /** The first round of a height that counts as far ahead of this node. */
  nearestFar(height: bigint): number;
  /** False once the node was stopped or halted: answers that come then change nothing. */
  isRunning(): boolean;
  /** The core has decided this height: its block is being executed, and the application answers for the next. */
  hasDecided(): boolean;
  /** Appends to the journal, in the order of everything else. */
  record(entry: JournalEntry): void;
  /** Puts an input into the one FIFO in front of the core. */
  post(mail: Mail): void;
  emit(event: NodeEvent): void;
  /** Hands over signed messages that convict their signer: verified, pooled, gossiped and put into a block. */
  accuse(evidence: Evidence): void;
  /** Stops the node for good; the reason names what to do. */
  halt(reason: string): void;
}
