import { either as E } from 'fp-ts';
import { checkBlockLimits, emptyCertificate, makeBlock, noProof, parametersHashOf } from '@zhtp/chain';
import {
  BLOCK_EVIDENCE_MAX,
  blockCodec,
  encode,
  maxBigint,
  ZERO_HASH,
  type Block,
  type ConsensusProof,
  type Evidence,
  type IdentityId,
} from '@zhtp/types';
import { bodyOfBlock } from '../catch-up/body-reader.ts';
import type { EvidenceIntake } from '../evidence/evidence-intake.ts';
import { idOf, type HeightView } from '../height/height-view.ts';
import { APP_VERSION } from './judging.ts';
import type { Mempool } from '../application/mempool.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';
import type { NodeContext } from '../node-context.ts';
import { protocolAt } from '../height/protocol-upgrade.ts';

const encodeBlock = encode(blockCodec);

/** A block with its canonical bytes. */
interface Written {
  readonly block: Block;
  readonly bytes: Uint8Array;
}

const written = (block: Block): Written => ({ block, bytes: encodeBlock(block) });

/** Builds our block when it is our turn (line 18, getValue()). */
export interface Building {
  build(height: bigint, round: number): void;
  stop(): void;
}

const blockOf = (
  ctx: NodeContext,
  view: HeightView,
  proposer: IdentityId,
  time: bigint,
  evidence: readonly Evidence[],
  transactions: readonly Uint8Array[],
  proof: ConsensusProof,
): Block =>
  makeBlock({
    version: { protocol: protocolAt(view.state.parameters, view.height), app: APP_VERSION },
    chainId: ctx.genesis.chainId,
    height: view.height,
    time,
    lastBlockId: view.parent === undefined ? ZERO_HASH : idOf(view.parent),
    validatorsHash: view.sets.current.hash,
    nextValidatorsHash: view.sets.next.hash,
    parametersHash: parametersHashOf(view.state.parameters),
    difficultyBits: view.state.difficultyBits,
    appHash: view.state.appHash,
    resultsHash: view.state.resultsHash,
    proposer,
    transactions,
    lastCommit: view.parent?.certificate ?? emptyCertificate(),
    evidence,
    proof,
  });

export const createBuilding = (
  ctx: NodeContext,
  self: IdentityId,
  mempool: Mempool,
  evidence: Pick<EvidenceIntake, 'forBlock'>,
  extensions: VoteExtensions,
): Building => {
  let stopWaiting: (() => void) | undefined;

  const offer = (view: HeightView, round: number, built: Written): void => {
    if (view.height !== ctx.view().height) return;
    const body = bodyOfBlock(built.block, built.bytes);
    if (E.isLeft(body)) throw new Error(`broken invariant in engine: ${body.left.message}`);
    const { block, bytes } = body.right;
    const limits = checkBlockLimits(block, view.state.parameters, bytes.length);
    if (E.isLeft(limits)) {
      ctx.halt(`the application prepared a block that breaks its own limits: ${limits.left.message}`);
      return;
    }
    ctx.bodies.put(body.right, undefined);
    ctx.bodies.keep(body.right.id);
    ctx.post({
      entry: { _tag: 'Built', height: view.height, round, block: bytes },
      input: { _tag: 'ValueBuilt', height: view.height, round, value: body.right.id },
    });
  };

  const prepare = (view: HeightView, round: number): void => {
    const time = maxBigint(ctx.ports.clock.nowMs(), view.state.time + 1n);
    const { application } = ctx.ports;
    if (application.proposalProof === undefined) {
      fill(view, round, time, noProof(view.state.parameters.consensus.consensusType, time));
      return;
    }
    const { height } = view;
    const lastCommit = view.parent?.certificate ?? emptyCertificate();
    ctx.application.call(
      'consensus',
      application.proposalProof({ height, time, proposer: self, lastCommit }),
      (answer) => {
        if (ctx.view() !== view || ctx.hasDecided()) return;
        // Without its proof the block would be invalid, and its proposer accused: silence costs one round.
        if (answer._tag === 'Unable') ctx.emit({ _tag: 'ProposalWithheld', height, round, reason: answer.reason });
        else fill(view, round, time, answer.proof);
      },
      (error) => {
        ctx.halt(`the application failed to prove a proposal at height ${String(height)}: ${error.message}`);
      },
    );
  };

  const fill = (view: HeightView, round: number, time: bigint, proof: ConsensusProof): void => {
    const { parameters } = view.state;
    const bare = written(blockOf(ctx, view, self, time, [], [], proof));
    // Evidence goes before transactions: there is little of it, and it must not wait for a quiet block.
    const pieces = evidence.forBlock(parameters.maxBlockBytes - bare.bytes.length, BLOCK_EVIDENCE_MAX);
    const withPieces = pieces.length === 0 ? bare : written(blockOf(ctx, view, self, time, pieces, [], proof));
    const maxBytes = parameters.maxBlockBytes - withPieces.bytes.length;
    const maxTransactions = parameters.consensus.maxTransactionsPerBlock;
    const request = {
      height: view.height,
      time,
      proposer: self,
      lastCommit: view.parent?.certificate ?? emptyCertificate(),
      evidence: pieces,
      transactions: mempool.reap(maxBytes, maxTransactions),
      maxBytes,
      maxTransactions,
      voteExtensions: extensions.ofParent(),
    };
    ctx.application.call(
      'consensus',
      ctx.ports.application.prepareProposal(request),
      (transactions) => {
        offer(
          view,
          round,
          transactions.length === 0 ? withPieces : written(blockOf(ctx, view, self, time, pieces, transactions, proof)),
        );
      },
      (error) => {
        ctx.halt(`the application failed to prepare a block at height ${String(view.height)}: ${error.message}`);
      },
    );
  };

  return {
    build: (height, round) => {
      const view = ctx.view();
      if (height !== view.height) return;
      // A proposer whose clock is not past the parent's time waits (protocol.md, Blocks).
      const early = view.state.time - ctx.ports.clock.nowMs();
      if (early < 0n) {
        prepare(view, round);
        return;
      }
      stopWaiting?.();
      stopWaiting = ctx.ports.timers.start(Number(early) + 1, () => {
        if (ctx.view() === view && !ctx.hasDecided()) prepare(view, round);
      });
    },
    stop: () => {
      stopWaiting?.();
      stopWaiting = undefined;
    },
  };
};
