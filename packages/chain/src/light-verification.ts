import { equalBytes, type SignatureCheck } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { CertificateError } from './certificate.ts';
import { blockIdOf } from './header.ts';
import { lightError, type LightBlock, type LightError, type LightRules, type TrustedState } from './light-block.ts';
import type { TrustedBlock } from './proven-sets.ts';
import type { SigningContext } from './signature-checks.ts';
import type { SignerSet } from './signer-set.ts';
import { commitChecksLight, commitChecksTrusting, decisionOf, verifyAll, type CommitClaim } from './verify-commit.ts';
import type { VerifySignature } from './verify-now.ts';

/** A block to be believed, what is believed already, and when: `nowMs` is unix milliseconds of the verifier's clock. */
export interface LightStep {
  readonly trusted: TrustedState;
  readonly block: LightBlock;
  readonly rules: LightRules;
  readonly nowMs: bigint;
}

const at = ({ header }: TrustedState): string => `of height ${String(header.height)}`;

/** Whether one step of height leads from what is trusted to the block. */
const isAdjacent = ({ trusted, block }: LightStep): boolean => block.header.height === trusted.header.height + 1n;

const outdated = ({ trusted, block, rules, nowMs }: LightStep): LightError | undefined => {
  const [from, to] = [trusted.header, block.header];
  if (to.chainId !== from.chainId)
    return lightError(
      'WrongChain',
      `${at(block)} is of chain ${to.chainId}, trusted is ${from.chainId}: ask another peer`,
    );
  if (from.time + rules.trustingPeriodMs <= nowMs)
    return lightError(
      'TrustExpired',
      `${at(block)} cannot be judged: the trusted header ${at(trusted)} has time ${String(from.time)}, it must be less than ${String(rules.trustingPeriodMs)} ms before ${String(nowMs)}; take a newer block to trust from a source that you believe`,
    );
  if (to.height <= from.height)
    return lightError('NotLater', `${at(block)} must be above the trusted height ${String(from.height)}`);
  if (to.time <= from.time)
    return lightError(
      'NotLater',
      `${at(block)} has time ${String(to.time)}, it must be after the trusted ${String(from.time)}`,
    );
  return to.time < nowMs + rules.clockDriftMs
    ? undefined
    : lightError(
        'FromFuture',
        `${at(block)} has time ${String(to.time)}, it must be before ${String(nowMs + rules.clockDriftMs)}; check the clock, or ask later`,
      );
};

const wrongHash = (block: TrustedState, field: string, named: string, set: SignerSet): LightError | undefined =>
  set.hash === named
    ? undefined
    : lightError(
        'WrongValidators',
        `${at(block)} has ${field} ${named}, the set beside it is ${set.hash}; take the set from another peer`,
      );

/** Sets are believed by the hashes that headers name, never by themselves. */
const wrongSets = (block: LightBlock): LightError | undefined =>
  wrongHash(block, 'validatorsHash', block.header.validatorsHash, block.validators) ??
  wrongHash(block, 'nextValidatorsHash', block.header.nextValidatorsHash, block.nextValidators);

const wrongSuccessor = ({ trusted, block }: LightStep): LightError | undefined => {
  const { nextValidatorsHash } = trusted.header;
  if (block.header.validatorsHash !== nextValidatorsHash)
    return lightError(
      'WrongValidators',
      `${at(block)} has validatorsHash ${block.header.validatorsHash}, the trusted header before it names ${nextValidatorsHash}: ask another peer`,
    );
  const parent = blockIdOf(trusted.header);
  return block.header.lastBlockId === parent
    ? undefined
    : lightError(
        'WrongParent',
        `${at(block)} has lastBlockId ${block.header.lastBlockId}, the trusted block before it is ${parent}: ask another peer`,
      );
};

const claimOf = (signing: SigningContext, { header, certificate, validators }: LightBlock): CommitClaim => ({
  context: signing,
  set: validators,
  certificate,
  decision: decisionOf(header),
});

const named =
  (block: LightBlock, tag?: LightError['_tag']) =>
  ({ _tag, message }: CertificateError): LightError =>
    lightError(tag !== undefined && _tag === 'NotEnoughPower' ? tag : _tag, `${at(block)}: ${message}`);

/** Both lists, and what stands in both once: the same signature under the same key over the same bytes. */
const united = (a: readonly SignatureCheck[], b: readonly SignatureCheck[]): readonly SignatureCheck[] => {
  const asked = new Map(a.map((check) => [check.signature, check]));
  return [
    ...a,
    ...b.filter(({ signature, publicKey, message }) => {
      const known = asked.get(signature);
      return known === undefined || !equalBytes(known.publicKey, publicKey) || !equalBytes(known.message, message);
    }),
  ];
};

type Checks = Either<LightError, readonly SignatureCheck[]>;

const decided = (signing: SigningContext, block: LightBlock): Checks =>
  pipe(commitChecksLight(claimOf(signing, block)), E.mapLeft(named(block)));

const adjacentChecks = (step: LightStep): Checks => {
  const wrong = wrongSuccessor(step);
  return wrong === undefined ? decided(step.rules.signing, step.block) : E.left(wrong);
};

const nonAdjacentChecks = ({ trusted, block, rules }: LightStep): Checks =>
  pipe(
    commitChecksTrusting(claimOf(rules.signing, block), trusted.nextValidators, rules.trustLevel),
    E.mapLeft(named(block, 'NotEnoughTrust')),
    E.chain((vouching) =>
      pipe(
        decided(rules.signing, block),
        E.map((deciding) => united(vouching, deciding)),
      ),
    ),
  );

/**
 * The signatures that remain before a block may be believed: the next one by the set that the trusted header names for it,
 * a later one when more than the trust level of that set signed it, each also decided by its own set (protocol.md, Light
 * client). For verifiers that answer later; each signature is asked for once.
 */
export const lightBlockChecks = (step: LightStep): Checks => {
  const { trusted, block } = step;
  const wrong =
    outdated(step) ??
    wrongHash(trusted, 'nextValidatorsHash', trusted.header.nextValidatorsHash, trusted.nextValidators) ??
    wrongSets(block);
  if (wrong !== undefined) return E.left(wrong);
  return isAdjacent(step) ? adjacentChecks(step) : nonAdjacentChecks(step);
};

const verified = (block: LightBlock, checks: Checks, verify: VerifySignature): Either<LightError, LightBlock> =>
  pipe(
    checks,
    E.chain((all) => pipe(verifyAll(verify)(all), E.mapLeft(named(block)))),
    E.map(() => block),
  );

/** {@link lightBlockChecks} with the signatures verified here and now. The block that is right is trusted from then on. */
export const verifyLightBlock = (step: LightStep, verify: VerifySignature): Either<LightError, LightBlock> =>
  verified(step.block, lightBlockChecks(step), verify);

/** {@link verifyLightBlock} of the block just above the trusted one, and of no other: `WrongHeight`. */
export const verifyAdjacent = (step: LightStep, verify: VerifySignature): Either<LightError, LightBlock> =>
  isAdjacent(step) || step.block.header.height <= step.trusted.header.height
    ? verifyLightBlock(step, verify)
    : E.left(
        lightError(
          'WrongHeight',
          `${at(step.block)} must be of height ${String(step.trusted.header.height + 1n)}, just above the trusted one`,
        ),
      );

/** {@link verifyLightBlock} of a block further above, and of no other: `WrongHeight`. */
export const verifyNonAdjacent = (step: LightStep, verify: VerifySignature): Either<LightError, LightBlock> =>
  isAdjacent(step)
    ? E.left(
        lightError(
          'WrongHeight',
          `${at(step.block)} must be above height ${String(step.block.header.height)}: it is just above the trusted one`,
        ),
      )
    : verifyLightBlock(step, verify);

/**
 * The block that a person named as the one to begin with, by height and block id from a source that they believe. Its age
 * is judged when something is verified from it. The sets beside it are held against its header, and its certificate
 * against its set, so that what is stored is whole.
 */
export const trustLightBlock = (
  { height, blockId }: TrustedBlock,
  block: LightBlock,
  signing: SigningContext,
  verify: VerifySignature,
): Either<LightError, LightBlock> => {
  if (block.header.height !== height)
    return E.left(lightError('WrongHeight', `${at(block)} is not of the trusted height ${String(height)}`));
  const found = blockIdOf(block.header);
  if (found !== blockId)
    return E.left(
      lightError(
        'WrongBlock',
        `${at(block)} is block ${found}, trusted is ${blockId}: ask another peer, or check what you trust`,
      ),
    );
  const wrong = wrongSets(block);
  return wrong === undefined ? verified(block, decided(signing, block), verify) : E.left(wrong);
};
