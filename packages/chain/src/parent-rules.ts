import { ZERO_HASH, type Block, type Hash, type Header, type SignatureCheck } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { blockError, type BlockError, type BlockErrorTag } from './block-error.ts';
import { BLOCK_TIME_MAX_MS } from './block.ts';
import { isEmptyCertificate } from './certificate.ts';
import { blockIdOf } from './header.ts';
import type { SigningContext } from './signature-checks.ts';
import type { SignerSet } from './signer-set.ts';
import { commitChecksFull, decisionOf, verifyCommitFull, type CommitClaim } from './verify-commit.ts';
import type { VerifySignature } from './verify-now.ts';

/** What every header of the chain's current stretch says alike, and what the state after the parent says of the next. */
export interface NextBlockRules {
  readonly signing: SigningContext;
  readonly version: Header['version'];
  readonly chainId: string;
  /** Unix milliseconds; what the first block must be later than. */
  readonly genesisTime: bigint;
  /** The height to be decided. */
  readonly height: bigint;
  /** Header of the block below and the set that decided it; none at the initial height. */
  readonly parent: O.Option<{ readonly header: Header; readonly validators: SignerSet }>;
  /** The sets of this height and of the next. */
  readonly validators: SignerSet;
  readonly nextValidators: SignerSet;
  /** In force at this height. */
  readonly parametersHash: Hash;
  readonly difficultyBits: number;
  /** After the block below; from `initChain` at the initial height. */
  readonly appHash: Hash;
  readonly resultsHash: Hash;
}

const equal = <A extends string | number | bigint>(
  tag: BlockErrorTag,
  field: string,
  found: A,
  expected: A,
): BlockError | undefined => (found === expected ? undefined : blockError(tag, field, String(found), String(expected)));

const wrongTime = (time: bigint, floor: bigint, whose: string): BlockError | undefined => {
  if (time <= floor) return blockError('WrongTime', 'time', String(time), `more than ${whose} time ${String(floor)}`);
  return time <= BLOCK_TIME_MAX_MS
    ? undefined
    : blockError('WrongTime', 'time', String(time), `at most ${String(BLOCK_TIME_MAX_MS)}`);
};

const wrongHeader = (header: Header, rules: NextBlockRules): BlockError | undefined => {
  const parent = O.toUndefined(rules.parent)?.header;
  return (
    equal('WrongVersion', 'version.protocol', header.version.protocol, rules.version.protocol) ??
    equal('WrongVersion', 'version.app', header.version.app, rules.version.app) ??
    equal('WrongChain', 'chainId', header.chainId, rules.chainId) ??
    equal('WrongHeight', 'height', header.height, rules.height) ??
    equal('WrongParent', 'lastBlockId', header.lastBlockId, parent === undefined ? ZERO_HASH : blockIdOf(parent)) ??
    (parent === undefined
      ? wrongTime(header.time, rules.genesisTime, "genesis'")
      : wrongTime(header.time, parent.time, "the parent's")) ??
    equal('WrongSet', 'validatorsHash', header.validatorsHash, rules.validators.hash) ??
    equal('WrongSet', 'nextValidatorsHash', header.nextValidatorsHash, rules.nextValidators.hash) ??
    equal('WrongParameters', 'parametersHash', header.parametersHash, rules.parametersHash) ??
    equal('WrongDifficulty', 'difficultyBits', header.difficultyBits, rules.difficultyBits) ??
    equal('WrongState', 'appHash', header.appHash, rules.appHash) ??
    equal('WrongState', 'resultsHash', header.resultsHash, rules.resultsHash) ??
    (rules.validators.indexOf(header.proposer) >= 0
      ? undefined
      : blockError('UnknownProposer', 'proposer', header.proposer, 'a validator of this height'))
  );
};

/** The parent's certificate as a claim; none where the block is the first and rightly carries the empty one. */
const parentClaim = (block: Block, rules: NextBlockRules): Either<BlockError, O.Option<CommitClaim>> => {
  if (O.isSome(rules.parent)) {
    const { header, validators } = rules.parent.value;
    return E.right(
      O.some({ context: rules.signing, set: validators, certificate: block.lastCommit, decision: decisionOf(header) }),
    );
  }
  return isEmptyCertificate(block.lastCommit)
    ? E.right(O.none)
    : E.left(blockError('WrongCertificate', 'lastCommit', 'not empty', 'the empty certificate in the first block'));
};

const wrongCertificate = ({ message }: { readonly message: string }): BlockError => ({
  _tag: 'WrongCertificate',
  field: 'lastCommit',
  message: `block lastCommit: ${message}`,
});

const headerThenClaim = (block: Block, rules: NextBlockRules): Either<BlockError, O.Option<CommitClaim>> => {
  const wrong = wrongHeader(block.header, rules);
  return wrong === undefined ? parentClaim(block, rules) : E.left(wrong);
};

/**
 * Whether a block may follow its parent: every header field that the state below decides, and the parent's certificate.
 * Answers with the signatures of that certificate, all of which remain to be verified: its signers earn rewards. Body
 * and sizes are `checkBlockBody`'s; timeliness is `isTimely`'s and asked of fresh proposals only.
 */
export const checkBlockAgainst = (
  rules: NextBlockRules,
  block: Block,
): Either<BlockError, readonly SignatureCheck[]> => {
  const claim = headerThenClaim(block, rules);
  if (E.isLeft(claim)) return claim;
  if (O.isNone(claim.right)) return E.right([]);
  const checks = commitChecksFull(claim.right.value);
  return E.isLeft(checks) ? E.left(wrongCertificate(checks.left)) : checks;
};

/** {@link checkBlockAgainst} with the signatures verified here and now. */
export const verifyBlockAgainst = (
  rules: NextBlockRules,
  block: Block,
  verify: VerifySignature,
): Either<BlockError, void> => {
  const claim = headerThenClaim(block, rules);
  if (E.isLeft(claim)) return claim;
  if (O.isNone(claim.right)) return E.right(undefined);
  const verified = verifyCommitFull(claim.right.value, verify);
  return E.isLeft(verified) ? E.left(wrongCertificate(verified.left)) : verified;
};
