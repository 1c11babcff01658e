import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  checkBlockAgainst,
  checkBlockEvidence,
  checkBlockLimits,
  parametersHashOf,
  type BlockError,
  type NextBlockRules,
} from '@zhtp/chain';
import type { Hash, SignatureCheck } from '@zhtp/types';
import type { Body } from '../catch-up/bodies.ts';
import type { HeightView } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import type { PastHeights } from '../evidence/past-heights.ts';
import { protocolAt } from '../height/protocol-upgrade.ts';

/** Version of the embedded application interface that headers name. */
export const APP_VERSION = 1;

/** Pause before a block is judged again whose certificate could not be verified for lack of room. */
const JUDGE_AGAIN_MS = 250;

/** What the state after the parent demands of the next block. */
const nextBlockRules = (ctx: NodeContext, view: HeightView): NextBlockRules => ({
  signing: view.signing,
  version: { protocol: protocolAt(view.state.parameters, view.height), app: APP_VERSION },
  chainId: ctx.genesis.chainId,
  genesisTime: ctx.genesis.genesisTime,
  height: view.height,
  parent:
    view.parent === undefined || view.sets.last === undefined
      ? O.none
      : O.some({ header: view.parent.block.header, validators: view.sets.last }),
  validators: view.sets.current,
  nextValidators: view.sets.next,
  parametersHash: parametersHashOf(view.state.parameters),
  difficultyBits: view.state.difficultyBits,
  appHash: view.state.appHash,
  resultsHash: view.state.resultsHash,
});

/** Decides whether a block may be voted for: sizes, header rules, the parent's certificate, evidence, then the application. */
export interface Judging {
  /** Judges the body as soon as it is in hand; asking again while it is being judged does nothing. */
  judge(blockId: Hash): void;
  reset(): void;
}

export const createJudging = (
  ctx: NodeContext,
  { setAt, isCommitted }: Pick<PastHeights, 'setAt' | 'isCommitted'>,
): Judging => {
  const underway = new Set<Hash>();

  const verdict = (height: bigint, blockId: Hash, refusal: string | undefined): void => {
    if (height !== ctx.view().height) return;
    if (refusal !== undefined) ctx.emit({ _tag: 'BlockRefused', height, blockId, reason: refusal });
    const valid = refusal === undefined;
    if (valid) ctx.bodies.keep(blockId);
    ctx.post({
      entry: { _tag: 'Judged', height, blockId, valid },
      input: { _tag: 'ValueJudged', height, value: blockId, verdict: valid ? 'valid' : 'invalid' },
    });
  };

  const askApplication = (height: bigint, { id, block }: Body): void => {
    ctx.application.call(
      'consensus',
      ctx.ports.application.processProposal(block),
      (answer) => {
        verdict(height, id, answer._tag === 'Accept' ? undefined : answer.reason);
      },
      (error) => {
        ctx.halt(`the application failed to check block ${id} at height ${String(height)}: ${error.message}`);
      },
    );
  };

  /** The signatures that remain to be verified: of the parent's certificate, then of the evidence. */
  const checksOf = (view: HeightView, { block, bytes }: Body): Either<BlockError, readonly SignatureCheck[]> => {
    const limits = checkBlockLimits(block, view.state.parameters, bytes.length);
    if (E.isLeft(limits)) return limits;
    const ofParent = checkBlockAgainst(nextBlockRules(ctx, view), block);
    if (E.isLeft(ofParent)) return ofParent;
    const { signing, height } = view;
    const ofEvidence = checkBlockEvidence({ signing, height, setAt, isCommitted }, block.evidence);
    if (E.isLeft(ofEvidence)) return ofEvidence;
    return ofEvidence.right.length === 0 ? ofParent : E.right([...ofParent.right, ...ofEvidence.right]);
  };

  const begin = (view: HeightView, body: Body): void => {
    const { height } = view;
    // Evidence is judged by what was remembered before this block; after the decision the block itself may be in it.
    if (ctx.hasDecided()) return;
    const checks = checksOf(view, body);
    if (E.isLeft(checks)) {
      verdict(height, body.id, checks.left.message);
      return;
    }
    const priority = { height, round: 0 };
    ctx.ports.verifier.verifyBatch(
      checks.right.map((check) => ({ ...check, priority })),
      (answer) => {
        switch (answer._tag) {
          case 'AllValid':
            if (ctx.view() === view && !ctx.hasDecided()) askApplication(height, body);
            return;
          case 'Invalid':
            verdict(
              height,
              body.id,
              `signature ${String(answer.index + 1)} of the parent's certificate and the evidence is invalid`,
            );
            return;
          case 'Dropped':
            ctx.counters.count('verificationQueueFull');
            // Too much waited to be verified: the core asks once only, so it is tried again here.
            underway.delete(body.id);
            ctx.ports.timers.start(JUDGE_AGAIN_MS, () => {
              if (ctx.view() === view) judge(body.id);
            });
            return;
        }
      },
    );
  };

  const judge = (blockId: Hash): void => {
    const body = ctx.bodies.get(blockId);
    if (body === undefined || underway.has(blockId)) return;
    underway.add(blockId);
    begin(ctx.view(), body);
  };

  return {
    judge,
    reset: () => {
      underway.clear();
    },
  };
};
