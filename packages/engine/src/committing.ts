import { either as E } from 'fp-ts';
import type { Certificate } from '@zhtp/bft';
import { makeCertificate } from '@zhtp/chain';
import type { CommittedBlock, ConsensusVote } from '@zhtp/types';
import type { ChainState } from './chain-state.ts';
import { executeBlock } from './executing.ts';
import type { NodeContext } from './node-context.ts';
import { blockIdOfValue } from './translate.ts';

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
}

export const createCommitting = (ctx: NodeContext, finished: (outcome: Committed) => void): Committing => {
  const endHeight = (committed: CommittedBlock): void => {
    const { height } = committed.block.header;
    ctx.record({ _tag: 'HeightEnded', height });
    ctx.ports.journal.sync((synced) => {
      if (E.isLeft(synced)) {
        ctx.halt(`the journal could not be synced: ${synced.left.message}`);
        return;
      }
      ctx.ports.journal.rotate();
      execute(committed);
    });
  };

  const execute = (committed: CommittedBlock): void => {
    executeBlock(ctx.ports, ctx.application, ctx.view().state, committed.block, (executed) => {
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

  return {
    decided: (height, round, value, { votes }, synced) => {
      const blockId = blockIdOfValue(value);
      const body = ctx.bodies.get(blockId);
      const certificate = makeCertificate(
        ctx.view().sets.current,
        votes.map(({ signed }) => signed),
      );
      if (body === undefined || E.isLeft(certificate))
        throw new Error(
          `broken invariant in engine: decided ${blockId} at height ${String(height)} without its body or a certificate`,
        );
      ctx.emit({ _tag: 'Decided', height, round, blockId, synced });
      const committed = { block: body.block, certificate: certificate.right };
      ctx.ports.blockStore.save(committed, (saved) => {
        if (E.isLeft(saved)) ctx.halt(`block ${String(height)} could not be stored: ${saved.left.message}`);
        else endHeight(committed);
      });
    },
  };
};
