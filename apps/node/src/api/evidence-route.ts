import { either as E } from 'fp-ts';
import { evidenceFileJson, type EvidenceFile } from '@zhtp/chain';
import { answered } from '../outcome.ts';
import type { WiredNode } from '../wiring.ts';
import type { RouteAnswer } from './chain-routes.ts';
import { notReady, problem } from './problem.ts';

const HEIGHT = /^(0|[1-9][0-9]{0,18})$/;

/** What this node can show of these heights: the file that `zhtp evidence export` writes of a stopped one. */
export const evidenceAnswer = async (wired: WiredNode, from: string, to: string): Promise<RouteAnswer> => {
  if (!HEIGHT.test(from) || !HEIGHT.test(to))
    return E.left(problem(400, 'BadHeight', 'a height is a decimal number', 'ask for /evidence/1/3'));
  if (wired.node.status() === undefined) return E.left(notReady);
  const file = await answered<EvidenceFile>((done) => {
    wired.node.exportEvidence({ fromHeight: BigInt(from), toHeight: BigInt(to) }, done);
  });
  return E.isLeft(file)
    ? E.left(problem(422, 'NotExported', file.left.message, 'ask for other heights, or look into the log of the node'))
    : E.right(evidenceFileJson(file.right));
};
