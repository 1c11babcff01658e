import { taggedHash } from '@zhtp/crypto';
import type { NodeEvent } from '@zhtp/engine';
import { hasSigner, ZERO_HASH, type CommitCertificate, type Genesis, type Hash } from '@zhtp/types';
import type { MessageReader, SeenProposal } from './safety-messages.ts';
import type { Signatures } from './safety-signatures.ts';
import type { Violated } from './safety-violation.ts';
import type { Voters } from './safety-voters.ts';

/** What correct nodes decide: one block per height, valid, proposed, by a real quorum, in rising time (S1 to S4, T1, T2, M1). */
export interface Decisions {
  observe(node: number, event: NodeEvent): void;
  /** A fresh offer of this time came to a correct node, whose clock showed `receivedAtMs`. */
  arrived(proposal: SeenProposal, receivedAtMs: bigint): void;
  /** A correct proposer stands for the time of what it builds. */
  built(proposal: SeenProposal): void;
  /** The highest height decided. */
  highest(): bigint;
}

interface Decided {
  readonly blockId: Hash;
  readonly appHash: Hash;
  readonly time: bigint;
}

type Commit = Extract<NodeEvent, { readonly _tag: 'BlockCommitted' }>;

/** Milliseconds a proposal may travel: a tenth more with each round (protocol.md, Blocks). */
const travelMs = (messageDelayMs: number, round: number): bigint => (BigInt(messageDelayMs) * BigInt(10 + round)) / 10n;

export const createDecisions = (
  voters: Voters,
  genesis: Genesis,
  signatures: Signatures,
  reader: MessageReader,
  violated: Violated,
): Decisions => {
  const { precisionMs, messageDelayMs } = genesis.parameters;
  const decided = new Map<bigint, Decided>([
    [genesis.initialHeight - 1n, { blockId: ZERO_HASH, appHash: ZERO_HASH, time: genesis.genesisTime }],
  ]);
  const committed = new Map<number, bigint>();
  const refused = new Map<string, number>();
  const timely = new Set<string>();
  const transactions = new Map<Hash, bigint>();
  let highest = genesis.initialHeight - 1n;

  const checkCertificate = (node: number, c: CommitCertificate, height: bigint, blockId: Hash): void => {
    const members = voters.members(height);
    const signers = members.filter((_voter, bit) => hasSigner(c.signers, bit));
    const power = signers.reduce((sum, voter) => sum + voters.powerOf(height, voter), 0n);
    const isOfBlock = c.height === height && c.blockId === blockId && c.setSize === members.length;
    if (!isOfBlock || !voters.isQuorum(height, power) || c.signatures.length !== signers.length) {
      violated(
        'certificate without a quorum',
        height,
        `${String(power)} of power for ${c.blockId}, by ${String(signers.length)} of ${String(members.length)} validators`,
      );
      return;
    }
    for (const precommit of reader.precommits(c)) {
      // Its own may have been decided with before it left.
      if (precommit.voter === voters.ofNode(node)) signatures.vote(precommit);
      else if (!signatures.hasSigned(precommit))
        violated(
          'certificate of votes nobody released',
          height,
          `validator ${String(precommit.voter)} never released a precommit for ${blockId} in round ${String(c.round)}`,
        );
    }
  };

  /** S2, S3, T2: judged by anybody correct as bad, offered by nobody, timely for nobody. */
  const checkOrigin = (height: bigint, blockId: Hash): void => {
    const by = refused.get(blockId);
    if (by !== undefined) violated('decided block was refused', height, `${blockId}, by node ${String(by)}`);
    if (!signatures.wasProposed(height, blockId)) violated('decided block was never proposed', height, blockId);
    if (voters.isSafe(height) && !timely.has(blockId)) violated('decided block was timely for nobody', height, blockId);
  };

  const checkTransactions = (height: bigint, bytes: readonly Uint8Array[]): void => {
    for (const transaction of bytes) {
      const hash = taggedHash('zhtp/simulation-transaction/v1', transaction);
      const first = transactions.get(hash);
      if (first !== undefined) violated('transaction in two blocks', height, `${hash}, first in ${String(first)}`);
      transactions.set(hash, height);
    }
  };

  const checkParent = (height: bigint, time: bigint, lastBlockId: Hash): void => {
    const parent = decided.get(height - 1n);
    if (parent === undefined) return;
    if (time <= parent.time) violated('time did not rise', height, `${String(time)} after ${String(parent.time)}`);
    if (lastBlockId !== parent.blockId)
      violated('parent is not the decided one', height, `${lastBlockId}, decided ${parent.blockId}`);
  };

  const commit = (node: number, { block, blockId, appHash, certificate }: Commit): void => {
    const { height, time, lastBlockId } = block.header;
    checkCertificate(node, certificate, height, blockId);
    const before = committed.get(node);
    if (before !== undefined && height <= before)
      violated('decided block lost', height, `node ${String(node)} commits again below its head ${String(before)}`);
    committed.set(node, height);
    const first = decided.get(height);
    if (first !== undefined) {
      if (first.blockId !== blockId || first.appHash !== appHash)
        violated('agreement', height, `node ${String(node)} decided ${blockId}, others ${first.blockId}`);
      return;
    }
    decided.set(height, { blockId, appHash, time });
    if (height > highest) highest = height;
    checkOrigin(height, blockId);
    checkTransactions(height, block.transactions);
    checkParent(height, time, lastBlockId);
  };

  const isBack = (node: number, height: bigint): void => {
    const head = committed.get(node);
    if (head !== undefined && height <= head)
      violated('decided block lost', height, `node ${String(node)} is back below its head ${String(head)}`);
  };

  return {
    highest: () => highest,
    built: ({ value }) => {
      timely.add(value);
    },
    arrived: ({ time, round, validRound, value }, receivedAtMs) => {
      if (time === undefined || validRound >= 0) return;
      const precision = BigInt(precisionMs);
      if (time - precision <= receivedAtMs && receivedAtMs <= time + travelMs(messageDelayMs, round) + precision)
        timely.add(value);
    },
    observe: (node, event) => {
      if (event._tag === 'BlockCommitted') commit(node, event);
      else if (event._tag === 'HeightStarted' || event._tag === 'Replayed') isBack(node, event.height);
      else if (event._tag === 'BlockRefused') {
        refused.set(event.blockId, node);
        if (decided.get(event.height)?.blockId === event.blockId)
          violated('decided block was refused', event.height, `${event.blockId}, by node ${String(node)}`);
      } else if (event._tag === 'Halted')
        violated('node halted', committed.get(node) ?? 0n, `node ${String(node)}: ${event.reason}`);
    },
  };
};
