import { either as E } from 'fp-ts';
import type { Certificate } from '@zhtp/bft';
import { makeCertificate } from '@zhtp/chain';
import type { Block, CommitCertificate, CommittedBlock, ConsensusVote, Hash } from '@zhtp/types';
import type { Attestations } from '../intake/attestations.ts';
import type { ChainState } from '../height/chain-state.ts';
import { executeBlock } from '../recovery/executing.ts';
import type { KeptPolkas } from '../evidence/kept-polkas.ts';
import type { NodeContext } from '../node-context.ts';
import type { Remembered } from '../evidence/remembered-rows.ts';
import { blockIdOfValue } from '../loop/translate.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';

export interface Committed {
  readonly committed: CommittedBlock;
  readonly state: ChainState;
}

/**
 * What happens to a decision, in the order of protocol.md, Durability: block store, end of height in the journal, synced,
 * then execution and commit. Stopping between any two of them loses nothing: the start goes on from what is on disk.
 */
export interface Committing {
  decided(height: bigint, round: number, value: string, certificate: Certificate<ConsensusVote>, synced: boolean): void;
  /** A body that was asked for is in hand: the decision that waited for it goes on. */
  bodyArrived(blockId: Hash): void;
  /** Asks again for the body of a decision that waits for it. */
  retry(): void;
}

interface Decision {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: Hash;
  readonly certificate: CommitCertificate;
  readonly synced: boolean;
}

/** What outlives a height beside its block. */
export interface CommittingParts {
  readonly remembered: Remembered;
  readonly extensions: Pick<VoteExtensions, 'save'>;
  readonly polkas: Pick<KeptPolkas, 'save'>;
  readonly attestations: Pick<Attestations, 'rotated'>;
}

export const createCommitting = (
  ctx: NodeContext,
  { remembered, extensions, polkas, attestations }: CommittingParts,
  fetchBody: (blockId: Hash) => void,
  finished: (outcome: Committed) => void,
): Committing => {
  let pending: Decision | undefined;

  const endHeight = (committed: CommittedBlock): void => {
    const { height } = committed.block.header;
    ctx.record({ _tag: 'HeightEnded', height });
    ctx.ports.journal.sync((synced) => {
      if (E.isLeft(synced)) {
        ctx.halt(`the journal could not be synced: ${synced.left.message}`);
        return;
      }
      ctx.ports.journal.rotate();
      attestations.rotated(height);
      execute(committed);
    });
  };

  const execute = (committed: CommittedBlock): void => {
    executeBlock(ctx.ports, ctx.application, remembered, ctx.genesis, ctx.view().state, committed.block, (executed) => {
      if (E.isLeft(executed)) {
        ctx.halt(executed.left);
        return;
      }
      const { state, result } = executed.right;
      finished({ committed, state });
      ctx.emit({
        _tag: 'BlockCommitted',
        block: committed.block,
        blockId: state.blockId,
        certificate: committed.certificate,
        appHash: result.appHash,
        results: result.results,
      });
    });
  };

  const store = ({ height, round, blockId, certificate, synced }: Decision, block: Block): void => {
    pending = undefined;
    ctx.emit({ _tag: 'Decided', height, round, blockId, synced });
    const committed = { block, certificate };
    const save = (): void => {
      ctx.ports.blockStore.save(committed, (saved) => {
        if (E.isLeft(saved)) ctx.halt(`block ${String(height)} could not be stored: ${saved.left.message}`);
        else endHeight(committed);
      });
    };
    // Before the block: with the block there, nothing would bring them back.
    extensions.save({ height, round, blockId }, () => {
      polkas.save(height, save);
    });
  };

  return {
    decided: (height, round, value, { votes }, synced) => {
      const blockId = blockIdOfValue(value);
      const certificate = makeCertificate(
        ctx.view().sets.current,
        votes.map(({ signed }) => signed),
      );
      if (E.isLeft(certificate))
        throw new Error(`broken invariant in engine: decided ${blockId} without a quorum: ${certificate.left.message}`);
      const decision = { height, round, blockId, certificate: certificate.right, synced };
      const body = ctx.bodies.get(blockId);
      if (body !== undefined) {
        store(decision, body.block);
        return;
      }
      // It was judged and has left since, or its record is gone: whoever voted for it has it.
      pending = decision;
      fetchBody(blockId);
    },
    retry: () => {
      if (pending !== undefined) fetchBody(pending.blockId);
    },
    bodyArrived: (blockId) => {
      const body = ctx.bodies.get(blockId);
      if (pending?.blockId === blockId && body !== undefined) store(pending, body.block);
    },
  };
};
