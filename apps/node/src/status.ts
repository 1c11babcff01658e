import { option as O } from 'fp-ts';
import {
  boolean,
  hashCodec,
  identityCodec,
  option,
  struct,
  text,
  u32,
  u64,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';
import { roundRobinProposer } from '@zhtp/validators';
import type { WiredNode } from './wiring.ts';

/** What a node tells about itself: the answer of GET /status and the report to a supervising process. */
export const statusCodec = struct('Status', {
  name: text(64),
  chainId: text(64),
  genesisHash: hashCodec,
  peerId: text(128),
  /** The validator this node signs for; none on a full node. */
  validator: option(identityCodec),
  /** The last committed height and what it left behind. */
  height: u64,
  blockId: hashCodec,
  /** Unix milliseconds of that block. */
  blockTime: u64,
  appHash: hashCodec,
  /** The height in progress. */
  deciding: struct('Deciding', { height: u64, round: u32, step: text(16), proposer: option(identityCodec) }),
  /** Proposer and round of the head. */
  head: option(struct('Head', { proposer: identityCodec, round: u32, transactions: u32 })),
  peers: u32,
  mempool: struct('MempoolSize', { transactions: u32, bytes: u64 }),
  memoryBytes: u64,
  uptimeSeconds: u64,
  /** Why the node stopped itself; none while it runs. */
  halted: option(text(4096)),
  isValidatorNow: boolean,
});
export type Status = TypeOf<typeof statusCodec>;

/** None until the node has recovered what is on its disk. */
export const statusOf = ({ node, network, genesis, config, validator }: WiredNode): Status | undefined => {
  const status = node.status();
  if (status === undefined) return undefined;
  const { state, round, head } = status;
  const ids: readonly IdentityId[] = state.validators.map(({ identity }) => identity);
  const deciding = { height: round?.height ?? state.height + 1n, round: Math.max(0, round?.round ?? 0) };
  return {
    name: config.name,
    chainId: genesis.chainId,
    genesisHash: status.genesisHash,
    peerId: network.peerId,
    validator: O.fromNullable(validator),
    height: state.height,
    blockId: state.blockId,
    blockTime: state.time,
    appHash: state.appHash,
    deciding: {
      ...deciding,
      step: round?.step ?? 'waiting',
      proposer: O.fromNullable(roundRobinProposer(ids, deciding.height, deciding.round)),
    },
    head: O.fromNullable(
      head === undefined
        ? undefined
        : {
            proposer: head.block.header.proposer,
            round: head.certificate.round,
            transactions: head.block.transactions.length,
          },
    ),
    peers: status.peers,
    mempool: { transactions: status.mempool.transactions, bytes: BigInt(status.mempool.bytes) },
    memoryBytes: BigInt(process.memoryUsage.rss()),
    uptimeSeconds: BigInt(Math.floor(process.uptime())),
    halted: O.fromNullable(status.halted),
    isValidatorNow: validator !== undefined && ids.includes(validator),
  };
};
