import { either as E, option as O } from 'fp-ts';
import { toJson, type CommittedBlock } from '@zhtp/types';
import type { Either } from 'fp-ts/lib/Either.js';
import { resultsAnswerCodec, resultsOf } from '../answers/results.ts';
import type { WiredNode } from '../wiring.ts';
import { loadBlock, type RouteAnswer } from './chain-routes.ts';
import { internal, notReady, problem, type Problem } from './problem.ts';

const resultsJson = toJson(resultsAnswerCodec);

const latest = ({ node }: WiredNode): Either<Problem, CommittedBlock> => {
  const status = node.status();
  if (status === undefined) return E.left(notReady);
  return status.head === undefined
    ? E.left(problem(404, 'NoBlocks', 'no block has been decided yet', 'ask again after the first one'))
    : E.right(status.head);
};

/**
 * What became of the transactions of a block, and what else happened in it. Nothing of it is stored: the block is executed
 * again on the state before it, as long as that is kept.
 */
export const resultsAnswer = async (wired: WiredNode, text: string): Promise<RouteAnswer> => {
  const committed = text === 'latest' ? latest(wired) : await loadBlock(wired, text);
  if (E.isLeft(committed)) return committed;
  const { block } = committed.right;
  const results = await wired.application.resultsOf(block)();
  if (E.isRight(results)) return E.right(resultsJson(resultsOf(results.right)));
  const { height } = block.header;
  const range = wired.application.keptRange();
  return E.left(
    O.isSome(range) && height <= range.value.statesFrom
      ? problem(
          404,
          'HeightNotKept',
          `what block ${String(height)} did is not known any more: the states of this node begin after block ${String(range.value.statesFrom)}`,
          'ask for a later one; what became of one transaction, zhtp query tx ID (GET /transactions/:id) still says',
        )
      : internal(results.left.message),
  );
};
