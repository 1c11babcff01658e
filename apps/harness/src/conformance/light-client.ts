import {
  blockIdOf,
  verifyLightBlock,
  verifyNow,
  type LightBlock,
  type LightRules,
  type TrustedState,
} from '@zhtp/chain';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { difference, notUnderstood, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { certificateSignedBy, hashNamed, signingContext } from './keyed-set.ts';
import { headerOf, members, readTrustLevel, signerSet, trustLevelPair } from './light-blocks.ts';
import { closed, count, hasKeys, isList, oneOf, read, someIn } from './shape.ts';
import { runCase, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const step = closed({
  now: count,
  block: closed({
    height: count,
    time: count,
    validators: members,
    nextValidators: members,
    commitSigners: t.array(t.string),
    commitIsForThisHeader: t.boolean,
  }),
  verdict: oneOf('SUCCESS', 'NOT_ENOUGH_TRUST', 'INVALID'),
});
type Step = t.TypeOf<typeof step>;

const trusted = closed({ height: count, time: count, nextValidators: members });

const trace = closed({
  name: t.string,
  trustingPeriodSec: count,
  trustThreshold: trustLevelPair,
  trusted,
  steps: t.array(step),
});
type Trace = t.TypeOf<typeof trace>;

const CHAIN = 'light chain';
const CONTEXT = signingContext(CHAIN);

const inMs = (seconds: number): bigint => 1_000n * BigInt(seconds);

/** Clocks of the model agree: nothing may be ahead of `now`. */
const readRules = ({ trustingPeriodSec, trustThreshold }: Trace): E.Either<string, LightRules> =>
  E.either.map(readTrustLevel(trustThreshold), (trustLevel) => ({
    signing: CONTEXT,
    trustingPeriodMs: inMs(trustingPeriodSec),
    clockDriftMs: 0n,
    trustLevel,
  }));

const stateOf = ({ height, time, nextValidators }: Trace['trusted']): E.Either<string, TrustedState> => {
  const next = signerSet(nextValidators);
  if (E.isLeft(next)) return E.left(`trusted nextValidators: ${next.left}`);
  const header = headerOf({
    chainId: CHAIN,
    height,
    timeMs: inMs(time),
    parent: undefined,
    validatorsHash: hashNamed('validators before'),
    nextValidatorsHash: next.right.hash,
    name: 'trusted',
  });
  return E.right({ header, nextValidators: next.right });
};

/** A block as a step shows it, signed by exactly those it names; the next one follows what is trusted. */
const blockOf = ({ block }: Step, from: TrustedState): E.Either<string, LightBlock> => {
  const [own, next] = [signerSet(block.validators), signerSet(block.nextValidators)];
  if (E.isLeft(own)) return E.left(`validators: ${own.left}`);
  if (E.isLeft(next)) return E.left(`nextValidators: ${next.left}`);
  const header = headerOf({
    chainId: CHAIN,
    height: block.height,
    timeMs: inMs(block.time),
    parent: BigInt(block.height) === from.header.height + 1n ? blockIdOf(from.header) : hashNamed('parent'),
    validatorsHash: own.right.hash,
    nextValidatorsHash: next.right.hash,
    name: 'shown',
  });
  const blockId = block.commitIsForThisHeader ? blockIdOf(header) : hashNamed('another block');
  const slot = { height: header.height, round: 0, blockId };
  const certificate = certificateSignedBy(CONTEXT, own.right, slot, block.commitSigners);
  return E.right({ header, certificate, validators: own.right, nextValidators: next.right });
};

const verdictOn = (block: LightBlock, from: TrustedState, rules: LightRules, now: number): Step['verdict'] => {
  const judged = verifyLightBlock({ trusted: from, block, rules, nowMs: inMs(now) }, verifyNow);
  if (E.isRight(judged)) return 'SUCCESS';
  return judged.left._tag === 'NotEnoughTrust' ? 'NOT_ENOUGH_TRUST' : 'INVALID';
};

/** The steps of a trace, each from what the file trusts by then: a block is trusted only after SUCCESS. */
const runTrace = (of: Trace): readonly CaseReport[] => {
  const { name, steps } = of;
  if (steps.length === 0) return [unreadable('cases', `${name} has no steps`)];
  const rules = readRules(of);
  let from = stateOf(of.trusted);
  return steps.map((entry, index) =>
    runCase('cases', `${name}, step ${String(index + 1)}`, (): Outcome => {
      if (E.isLeft(rules)) return notUnderstood(rules.left);
      if (E.isLeft(from)) return notUnderstood(from.left);
      const before = from.right;
      const block = blockOf(entry, before);
      if (entry.verdict === 'SUCCESS') from = block;
      if (E.isLeft(block)) return notUnderstood(block.left);
      return verdictOf(difference('verdict', verdictOn(block.right, before, rules.right, entry.now), entry.verdict));
    }),
  );
};

/** Single steps of a light client from a model checker: trusted state, block, time, verdict. */
export const lightClientSteps: VectorFormat = {
  name: 'light client, single step',
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
