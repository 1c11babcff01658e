import { either as E, option as O } from 'fp-ts';
import {
  bytesToHex,
  decode,
  encode,
  floorDiv,
  VALIDATORS_MAX,
  type Clock,
  type Hash,
  type IdentityId,
  type PeerId,
  type RandomBytes,
  type Timers,
  type Verifier,
} from '@zhtp/types';
import { createAddressBook, type AddressBook } from './address-book.ts';
import {
  announcedPeerOf,
  announcementSignBytes,
  judgeAnnouncement,
  nextSequence,
  signedAnnouncementCodec,
  type Announcement,
  type AnnouncementRefusal,
  type ConsensusKeyLookup,
  type SignedAnnouncement,
} from './announcement.ts';
import type { CounterBoard } from './counters.ts';

/** What a validator's node announces and who signs it. */
export interface AnnouncementSource {
  readonly validator: IdentityId;
  /** Signs with the consensus key under {@link ANNOUNCEMENT_DOMAIN}; none when the key cannot sign now. Called back once. */
  readonly sign: (message: Uint8Array, done: (signature: O.Option<Uint8Array>) => void) => void;
}

/** What an exchange stands on, and whom it tells. */
export interface AnnouncementExchangeOptions {
  readonly genesisHash: Hash;
  readonly self: PeerId;
  readonly addresses: () => readonly string[];
  readonly source: O.Option<AnnouncementSource>;
  readonly consensusKey: ConsensusKeyLookup;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly counters: CounterBoard;
  readonly connectedPeers: () => readonly PeerId[];
  readonly send: (peer: PeerId, announcements: readonly Uint8Array[]) => void;
  /** The peer itself delivered its validator's announcement: both sides agree. */
  readonly onBound: (peer: PeerId, validator: IdentityId) => void;
  /** A verified announcement, ours excepted: the validator can be dialled there. */
  readonly onLearned: (announcement: Announcement) => void;
  readonly onForgotten: (announcement: Announcement) => void;
  /** Only what no honest peer can send. */
  readonly onOffence: (peer: PeerId) => void;
  /** Of our own announcement; an hour when left out. */
  readonly lifetimeSeconds?: bigint;
  /** How often it is made anew, milliseconds; 5 minutes when left out. */
  readonly renewMs?: number;
  readonly log: (line: string) => void;
}

const LIFETIME_SECONDS = 3_600n;
const RENEW_MS = 300_000;
/** Peers a new announcement is passed on to: each passes it on likewise, and new connections exchange whole books. */
const FAN_OUT = 8;
/** Announcements waiting for verification; one more is refused, its sender offers it again. */
const IN_CHECK_MAX = 2_048;
/** Bad signatures of one peer between two renewals before its announcements are no longer looked at. */
const INVALID_MAX = 64;
/** After the sets changed here they change at the others within a block or so: they may not have known us the first time. */
const AGAIN_AFTER_CHANGE_MS = 10_000;

/**
 * Spreads signed announcements: a validator's node sends its own on connecting and again before it expires, everybody
 * passes on what is new and verified. So a node that knows one seed learns where all validators are.
 */
export interface AnnouncementExchange {
  readonly start: () => void;
  readonly stop: () => void;
  readonly onConnected: (peer: PeerId) => void;
  readonly onReceived: (peer: PeerId, bytes: Uint8Array) => void;
  /** The validator sets changed: forgets who left, announces again for those who did not know us yet. */
  readonly validatorsChanged: () => void;
  readonly book: AddressBook;
}

export const createAnnouncementExchange = (options: AnnouncementExchangeOptions): AnnouncementExchange => {
  const book = createAddressBook(VALIDATORS_MAX);
  /** Announcements being verified, by content: the same one from ten peers is checked once. */
  const inCheck = new Map<string, PeerId[]>();
  const toCheck: (() => void)[] = [];
  let checking = 0;
  const invalidFrom = new Map<PeerId, number>();
  let own: SignedAnnouncement | undefined;
  let lastSequence = 0n;
  let cancelRenewal: (() => void) | undefined;
  let stopped = true;

  const nowSeconds = (): bigint => floorDiv(options.clock.nowMs(), 1_000n);
  const encoded = (entry: SignedAnnouncement): Uint8Array => encode(signedAnnouncementCodec)(entry);

  const sendTo = (peers: readonly PeerId[], entry: SignedAnnouncement): void => {
    if (peers.length === 0) return;
    const bytes = encoded(entry);
    for (const peer of peers) options.send(peer, [bytes]);
  };

  const passOn = (entry: SignedAnnouncement, notTo: readonly PeerId[]): void => {
    const named = announcedPeerOf(entry.announcement);
    const others = options.connectedPeers().filter((peer) => peer !== named && !notTo.includes(peer));
    const chosen: PeerId[] = [];
    while (others.length > 0 && chosen.length < FAN_OUT) {
      const [high = 0, low = 0] = options.random(2);
      chosen.push(...others.splice((((high << 8) | low) * others.length) >>> 16, 1));
    }
    sendTo(chosen, entry);
  };

  const announce = (source: AnnouncementSource): void => {
    const nowMs = options.clock.nowMs();
    lastSequence = nextSequence(O.getOrElse(() => 0n)(knownSequence(source.validator)), nowMs);
    const announcement: Announcement = {
      genesisHash: options.genesisHash,
      validator: source.validator,
      peerId: options.self,
      addresses: options.addresses().slice(0, 8),
      sequence: lastSequence,
      expiresAt: floorDiv(nowMs, 1_000n) + (options.lifetimeSeconds ?? LIFETIME_SECONDS),
    };
    source.sign(announcementSignBytes(announcement), (signature) => {
      if (stopped || announcement.sequence !== lastSequence) return;
      if (O.isNone(signature)) {
        options.log('the consensus key did not sign the announcement: peers cannot tell which validator this node is');
        return;
      }
      own = { announcement, signature: signature.value };
      sendTo(options.connectedPeers(), own);
    });
  };

  const prune = (): void => {
    for (const { announcement } of book.prune(nowSeconds(), (validator) => O.isSome(options.consensusKey(validator))))
      options.onForgotten(announcement);
  };

  const renew = (): void => {
    prune();
    invalidFrom.clear();
    if (O.isSome(options.source)) announce(options.source.value);
    renewAfter(options.renewMs ?? RENEW_MS);
  };

  const renewAfter = (ms: number): void => {
    cancelRenewal?.();
    cancelRenewal = options.timers.start(ms, renew);
  };

  const knownSequence = (validator: IdentityId): O.Option<bigint> => {
    const known = book.sequenceOf(validator);
    const isOwn = O.isSome(options.source) && options.source.value.validator === validator;
    return isOwn ? O.some(O.isSome(known) && known.value > lastSequence ? known.value : lastSequence) : known;
  };

  const checkNext = (): void => {
    while (checking < options.verifier.concurrency) {
      const next = toCheck.shift();
      if (next === undefined) return;
      checking += 1;
      next();
    }
  };

  const bindIfOwn = (peer: PeerId, announcement: Announcement): void => {
    if (announcement.peerId === peer) options.onBound(peer, announcement.validator);
  };

  const refuse = (peer: PeerId, entry: SignedAnnouncement, refusal: AnnouncementRefusal): void => {
    const known = book.get(entry.announcement.validator);
    // The same announcement again, now from the peer it names: nothing to verify, but it binds.
    if (refusal === 'stale') {
      if (O.isSome(known) && bytesToHex(encoded(known.value)) === bytesToHex(encoded(entry)))
        bindIfOwn(peer, entry.announcement);
      return;
    }
    options.counters.add('announcementsRefused');
    if (refusal === 'other-genesis') options.onOffence(peer);
  };

  const accept = (entry: SignedAnnouncement, deliveredBy: readonly PeerId[]): void => {
    const { announcement } = entry;
    const known = book.sequenceOf(announcement.validator);
    if (O.isSome(known) && known.value >= announcement.sequence) return;
    options.counters.add('announcementsAccepted');
    if (announcement.peerId === options.self) return;
    book.put(entry);
    options.onLearned(announcement);
    for (const peer of deliveredBy) bindIfOwn(peer, announcement);
    passOn(entry, deliveredBy);
  };

  return {
    book,
    start: () => {
      stopped = false;
      renew();
    },
    stop: () => {
      stopped = true;
      cancelRenewal?.();
      cancelRenewal = undefined;
    },
    onConnected: (peer) => {
      prune();
      const entries = [...(own === undefined ? [] : [own]), ...book.entries()];
      if (entries.length > 0) options.send(peer, entries.map(encoded));
    },
    onReceived: (peer, bytes) => {
      const entry = decode(signedAnnouncementCodec)(bytes);
      if (E.isLeft(entry)) {
        options.counters.add('announcementsRefused');
        options.onOffence(peer);
        return;
      }
      const check = judgeAnnouncement(
        {
          genesisHash: options.genesisHash,
          nowSeconds: nowSeconds(),
          consensusKey: options.consensusKey,
          knownSequence,
        },
        entry.right,
      );
      if (E.isLeft(check)) {
        refuse(peer, entry.right, check.left);
        return;
      }
      const content = bytesToHex(bytes);
      const waiting = inCheck.get(content);
      if (waiting !== undefined) {
        if (!waiting.includes(peer)) waiting.push(peer);
        return;
      }
      if (inCheck.size >= IN_CHECK_MAX || (invalidFrom.get(peer) ?? 0) >= INVALID_MAX) {
        options.counters.add('announcementsRefused');
        return;
      }
      const deliveredBy = [peer];
      inCheck.set(content, deliveredBy);
      toCheck.push(() =>
        options.verifier.verify(check.right, (validity) => {
          checking -= 1;
          inCheck.delete(content);
          if (stopped) return;
          if (validity === 'valid') accept(entry.right, deliveredBy);
          else {
            // Not an offence: an honest peer may know a newer key of that validator than we do.
            options.counters.add('announcementsRefused');
            for (const by of deliveredBy) invalidFrom.set(by, (invalidFrom.get(by) ?? 0) + 1);
          }
          checkNext();
        }),
      );
      checkNext();
    },
    validatorsChanged: () => {
      if (stopped) return;
      renew();
      renewAfter(Math.min(AGAIN_AFTER_CHANGE_MS, options.renewMs ?? RENEW_MS));
    },
  };
};
