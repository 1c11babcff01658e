import { verifyCommitLight, verifyCommitTrusting, verifyNow, type CommitClaim } from '@zhtp/chain';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import type { ValidatorSet } from '@zhtp/validators';
import { difference, notUnderstood, passed, failed, type CaseReport, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { certificateSignedBy, hashNamed, keyedSet, signingContext } from './keyed-set.ts';
import { closed, count, hasKeys, integer, isList, oneOf, read, someIn } from './shape.ts';
import { runCase, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const NAME = 'light client, single step';

const validators = t.array(closed({ id: t.string, power: integer }));

const step = closed({
  now: count,
  block: closed({
    height: count,
    time: count,
    validators,
    nextValidators: validators,
    commitSigners: t.array(t.string),
    commitIsForThisHeader: t.boolean,
  }),
  verdict: oneOf('SUCCESS', 'NOT_ENOUGH_TRUST', 'INVALID'),
});
type Step = t.TypeOf<typeof step>;

const trusted = closed({ height: count, time: count, nextValidators: validators });
type Trusted = t.TypeOf<typeof trusted>;

const trace = closed({
  name: t.string,
  trustingPeriodSec: count,
  trustThreshold: t.tuple([count, count]),
  trusted,
  steps: t.array(step),
});
type Trace = t.TypeOf<typeof trace>;

const CONTEXT = signingContext('light chain');

const setOf = (members: t.TypeOf<typeof validators>): E.Either<string, ValidatorSet> =>
  keyedSet(members.map(({ id, power }) => [id, power]));

/**
 * The rule of a light client that refuses a block before any certificate is looked at, where one does. No package has
 * these rules yet: where the file agrees the step is declared, where it does not it fails.
 */
const refusedBy = (
  { now, block }: Step,
  { height, time }: Trusted,
  trustingPeriod: number,
): 'trusting period' | 'heights and clock' | undefined => {
  if (now >= time + trustingPeriod) return 'trusting period';
  return block.height <= height || block.time <= time || block.time >= now ? 'heights and clock' : undefined;
};

/** The verdict of certificate verification as the chain package does it. */
const verdictOf = (claim: CommitClaim, trustedSet: ValidatorSet, isNext: boolean): Step['verdict'] => {
  if (isNext) return E.isRight(verifyCommitLight({ ...claim, set: trustedSet }, verifyNow)) ? 'SUCCESS' : 'INVALID';
  const byTrusted = verifyCommitTrusting(claim, trustedSet, verifyNow);
  if (E.isLeft(byTrusted)) return byTrusted.left._tag === 'NotEnoughPower' ? 'NOT_ENOUGH_TRUST' : 'INVALID';
  return E.isRight(verifyCommitLight(claim, verifyNow)) ? 'SUCCESS' : 'INVALID';
};

const runStep = (entry: Step, from: Trusted, { trustingPeriodSec: trustingPeriod, trustThreshold }: Trace): Outcome => {
  const { block, verdict } = entry;
  const isNext = block.height === from.height + 1;
  const rule = refusedBy(entry, from, trustingPeriod);
  if (rule !== undefined)
    return verdict === 'INVALID'
      ? declared(NAME, rule)
      : failed(`expected ${verdict}, but the rule on ${rule} refuses the block`);
  if (!isNext && difference('trust level', trustThreshold, [1, 3]) !== undefined) return declared(NAME, 'trust level');
  const [own, trustedSet] = [setOf(block.validators), setOf(from.nextValidators)];
  if (E.isLeft(own)) return notUnderstood(`validators: ${own.left}`);
  if (E.isLeft(trustedSet)) return notUnderstood(`trusted nextValidators: ${trustedSet.left}`);
  const decision = { height: BigInt(block.height), blockId: hashNamed('block'), validatorsHash: own.right.hash };
  const blockId = block.commitIsForThisHeader ? decision.blockId : hashNamed('another block');
  const slot = { height: decision.height, round: 0, blockId };
  const certificate = certificateSignedBy(CONTEXT, own.right, slot, block.commitSigners);
  const claim = { context: CONTEXT, set: own.right, certificate, decision };
  const wrong = difference('verdict', verdictOf(claim, trustedSet.right, isNext), verdict);
  return wrong === undefined ? passed : failed(wrong);
};

/** The steps of a trace, each from what the file trusts by then: a block is trusted only after SUCCESS. */
const runTrace = (of: Trace): readonly CaseReport[] => {
  const { name, trusted: first, steps } = of;
  if (steps.length === 0) return [unreadable('cases', `${name} has no steps`)];
  let from = first;
  return steps.map((entry, index) => {
    const before = from;
    if (entry.verdict === 'SUCCESS') from = entry.block;
    return runCase('cases', `${name}, step ${String(index + 1)}`, () => runStep(entry, before, of));
  });
};

/** Single steps of a light client from a model checker: trusted state, block, time, verdict. */
export const lightClientSteps: VectorFormat = {
  name: NAME,
  recognises: (document) => someIn(document, 'cases', (element) => hasKeys(element, 'trusted', 'steps')),
  run: (document) =>
    runSections(document, {
      cases: (content) => {
        if (!isList(content) || content.length === 0) return [unreadable('cases', 'cases is an empty list')];
        return content.flatMap((element, index) => {
          const traced = read(trace, element);
          return E.isLeft(traced)
            ? [unreadable('cases', `case ${String(index + 1)}: ${traced.left}`)]
            : runTrace(traced.right);
        });
      },
    }),
};
