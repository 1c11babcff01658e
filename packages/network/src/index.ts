export { createAddressBook, type AddressBook } from './address-book.ts';
export {
  ANNOUNCEMENT_BYTES_MAX,
  ANNOUNCEMENT_DOMAIN,
  ANNOUNCEMENT_SECONDS_MAX,
  announcementCodec,
  announcementSignBytes,
  judgeAnnouncement,
  nextSequence,
  signedAnnouncementCodec,
  type Announcement,
  type AnnouncementContext,
  type AnnouncementRefusal,
  type ConsensusKey,
  type ConsensusKeyLookup,
  type SignedAnnouncement,
} from './announcement.ts';
export {
  createAnnouncementExchange,
  type AnnouncementExchange,
  type AnnouncementExchangeOptions,
  type AnnouncementSource,
} from './announcement-exchange.ts';
export { createCounterBoard, type CounterBoard, type CounterName, type NetworkCounters } from './counters.ts';
export { createFairInbox, type FairInbox, type FairInboxOptions, type Lane, type LaneReader } from './fair-inbox.ts';
export {
  createFrameDecoder,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_VERSION,
  type FrameDecoder,
  type FrameError,
} from './frame.ts';
export {
  encodeHello,
  HELLO_BYTES_MAX,
  HELLO_SESSION_BYTES,
  helloCodec,
  judgeHello,
  NETWORK_PROTOCOL_VERSION,
  nodeRoleCodec,
  type HandshakeError,
  type Hello,
  type NodeRole,
} from './hello.ts';
export { createMemoryHub, type MemoryHub, type MemoryNetwork } from './memory-network.ts';
export { networkCompliance, type ComplianceCase, type NetworkPair } from './network-compliance.ts';
export { createScoreBoard, PENALTY_LIMIT, type Offence, type ScoreBoard, type Verdict } from './peer-score.ts';
export { createPeerTable, type AdmittedPeer, type PeerTable } from './peer-table.ts';
export { backoffMs, createRedialer, type DialTarget, type Redialer, type RedialerOptions } from './redialer.ts';
export { createSendQueue, type SendQueue, type SendQueueLimits } from './send-queue.ts';
