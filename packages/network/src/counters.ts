/** What a network counted since it was created. Names say what; all are totals. */
export interface NetworkCounters {
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Frames that gave way in a full send queue: the peer reads too slowly. */
  readonly sendsDropped: number;
  /** Payloads over the frame limit, or empty, that were never queued. */
  readonly sendsRefused: number;
  /** Times reading from a peer stopped because its messages were not taken fast enough. */
  readonly readsPaused: number;
  /** Messages that had arrived and were not yet handed over when their peer went. */
  readonly inboundDiscarded: number;
  readonly gossipPublished: number;
  /** Published while no connected peer listened: publish again later. */
  readonly gossipUnheard: number;
  readonly gossipReceived: number;
  /** Gossip ignored because too many messages waited for a verdict. */
  readonly gossipOverflowed: number;
  readonly requestsSent: number;
  readonly requestsFailed: number;
  readonly requestsServed: number;
  readonly requestsRefused: number;
  readonly handshakesRefused: number;
  readonly handshakesTimedOut: number;
  readonly dials: number;
  readonly dialsFailed: number;
  readonly announcementsAccepted: number;
  readonly announcementsRefused: number;
  readonly offences: number;
  readonly bans: number;
}

/** Name of a count of {@link NetworkCounters}. */
export type CounterName = keyof NetworkCounters;

/** Mutable inside; `snapshot` is what leaves. */
export interface CounterBoard {
  readonly add: (name: CounterName, by?: number) => void;
  readonly snapshot: () => NetworkCounters;
}

export const createCounterBoard = (): CounterBoard => {
  const counts: { -readonly [Name in CounterName]: number } = {
    framesSent: 0,
    framesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    sendsDropped: 0,
    sendsRefused: 0,
    readsPaused: 0,
    inboundDiscarded: 0,
    gossipPublished: 0,
    gossipUnheard: 0,
    gossipReceived: 0,
    gossipOverflowed: 0,
    requestsSent: 0,
    requestsFailed: 0,
    requestsServed: 0,
    requestsRefused: 0,
    handshakesRefused: 0,
    handshakesTimedOut: 0,
    dials: 0,
    dialsFailed: 0,
    announcementsAccepted: 0,
    announcementsRefused: 0,
    offences: 0,
    bans: 0,
  };
  return {
    add: (name, by = 1) => {
      counts[name] += by;
    },
    snapshot: () => ({ ...counts }),
  };
};
