import { U64_MAX, ZERO_HASH, type Block, type Header } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_TIME_MAX_MS,
  blockIdOf,
  checkBlockAgainst,
  emptyCertificate,
  HEADER_FIELDS,
  makeBlock,
  makeCertificate,
  verifyBlockAgainst,
  type NextBlockRules,
} from '@zhtp/chain';
import {
  CHANGED_FIELDS,
  CONTEXT,
  HEADER,
  hashOf,
  identityNamed,
  left,
  precommits,
  proofAt,
  range,
  right,
  toySet,
  toyVerify,
} from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);
const NEXT_SET = toySet([1n, 2n, 1n, 1n]);
const PARENT: Header = { ...HEADER, validatorsHash: SET.hash };
const PROPOSER = identityNamed('v2');

const certificateFor = (parent: Header, positions: readonly number[] = [0, 1, 2]) =>
  right(
    makeCertificate(SET, precommits(SET, positions, { height: parent.height, proposalId: O.some(blockIdOf(parent)) })),
  );

const RULES: NextBlockRules = {
  signing: CONTEXT,
  version: { protocol: 1, app: 2 },
  chainId: 'test-chain',
  genesisTime: 1_000n,
  height: 8n,
  parent: O.some({ header: PARENT, validators: SET }),
  validators: SET,
  nextValidators: NEXT_SET,
  parametersHash: hashOf('parameters'),
  difficultyBits: 0x1d00ffff,
  appHash: hashOf('app'),
  resultsHash: hashOf('results'),
};

const blockWith = (change: Partial<Header> = {}, lastCommit = certificateFor(PARENT)): Block => {
  const time = change.time ?? PARENT.time + 1n;
  const block = makeBlock({
    version: RULES.version,
    chainId: RULES.chainId,
    height: RULES.height,
    time,
    lastBlockId: blockIdOf(PARENT),
    validatorsHash: SET.hash,
    nextValidatorsHash: NEXT_SET.hash,
    parametersHash: RULES.parametersHash,
    difficultyBits: RULES.difficultyBits,
    appHash: RULES.appHash,
    resultsHash: RULES.resultsHash,
    proposer: PROPOSER,
    transactions: [],
    lastCommit,
    evidence: [],
    proof: proofAt(time),
  });
  return { ...block, header: { ...block.header, ...change } };
};

const refusal = (block: Block, rules = RULES): readonly [string, string] => {
  const { _tag, field } = left(checkBlockAgainst(rules, block));
  return [_tag, field];
};

describe('a block that follows its parent', () => {
  test('is accepted, up to every signature of the parent’s certificate', () => {
    expect(right(checkBlockAgainst(RULES, blockWith()))).toHaveLength(3);
    expect(right(checkBlockAgainst(RULES, blockWith({}, certificateFor(PARENT, range(4)))))).toHaveLength(4);
    expect(verifyBlockAgainst(RULES, blockWith(), toyVerify)).toEqual(E.right(undefined));
  });

  test('may be proposed by any validator of the height', () => {
    for (const { identity } of SET.validators)
      expect(E.isRight(checkBlockAgainst(RULES, blockWith({ proposer: identity })))).toBe(true);
  });

  test('is refused with any field that the state below decides changed', () => {
    const ofBody = new Set(['lastCommitHash', 'dataHash', 'evidenceHash', 'proofHash']);
    for (const field of HEADER_FIELDS.filter((name) => !ofBody.has(name))) {
      const value =
        field === 'height'
          ? 9n
          : field === 'time'
            ? PARENT.time
            : field === 'proposer'
              ? identityNamed('x')
              : CHANGED_FIELDS[field];
      expect(E.isLeft(checkBlockAgainst(RULES, blockWith({ [field]: value })))).toBe(true);
    }
  });

  test('refusals name rule and field', () => {
    expect(refusal(blockWith({ version: { protocol: 2, app: 2 } }))).toEqual(['WrongVersion', 'version.protocol']);
    expect(refusal(blockWith({ version: { protocol: 1, app: 3 } }))).toEqual(['WrongVersion', 'version.app']);
    expect(refusal(blockWith({ chainId: 'other' }))).toEqual(['WrongChain', 'chainId']);
    expect(refusal(blockWith({ height: 7n }))).toEqual(['WrongHeight', 'height']);
    expect(refusal(blockWith({ lastBlockId: ZERO_HASH }))).toEqual(['WrongParent', 'lastBlockId']);
    expect(refusal(blockWith({ validatorsHash: NEXT_SET.hash }))).toEqual(['WrongSet', 'validatorsHash']);
    expect(refusal(blockWith({ nextValidatorsHash: SET.hash }))).toEqual(['WrongSet', 'nextValidatorsHash']);
    expect(refusal(blockWith({ parametersHash: hashOf('x') }))).toEqual(['WrongParameters', 'parametersHash']);
    expect(refusal(blockWith({ difficultyBits: 1 }))).toEqual(['WrongDifficulty', 'difficultyBits']);
    expect(refusal(blockWith({ appHash: hashOf('x') }))).toEqual(['WrongState', 'appHash']);
    expect(refusal(blockWith({ resultsHash: hashOf('x') }))).toEqual(['WrongState', 'resultsHash']);
    expect(refusal(blockWith({ proposer: identityNamed('stranger') }))).toEqual(['UnknownProposer', 'proposer']);
  });

  test('is strictly later than its parent, by a millisecond at least', () => {
    expect(E.isRight(checkBlockAgainst(RULES, blockWith({ time: PARENT.time + 1n })))).toBe(true);
    for (const time of [0n, PARENT.time - 1n, PARENT.time])
      expect(refusal(blockWith({ time }))).toEqual(['WrongTime', 'time']);
  });

  test('has a time that stays a safe integer', () => {
    expect(E.isRight(checkBlockAgainst(RULES, blockWith({ time: BLOCK_TIME_MAX_MS })))).toBe(true);
    for (const time of [BLOCK_TIME_MAX_MS + 1n, U64_MAX])
      expect(refusal(blockWith({ time }))).toEqual(['WrongTime', 'time']);
  });

  test('carries a certificate of its parent by the parent’s set', () => {
    const certificate = (lastCommit: Block['lastCommit'], rules = RULES) =>
      refusal(blockWith({}, lastCommit), rules)[0];
    const sibling = { ...PARENT, time: PARENT.time + 1n };
    expect(certificate(emptyCertificate())).toBe('WrongCertificate');
    expect(certificate(certificateFor(sibling))).toBe('WrongCertificate');
    expect(certificate({ ...certificateFor(PARENT), setSize: 3 })).toBe('WrongCertificate');
    const forged = { ...certificateFor(PARENT), signatures: range(3).map(() => new Uint8Array(32)) };
    expect(left(verifyBlockAgainst(RULES, blockWith({}, forged), toyVerify))._tag).toBe('WrongCertificate');
    const otherSet = { ...RULES, parent: O.some({ header: PARENT, validators: NEXT_SET }) };
    expect(certificate(certificateFor(PARENT), otherSet)).toBe('WrongCertificate');
  });
});

describe('the first block', () => {
  const rules: NextBlockRules = { ...RULES, parent: O.none };
  const first = (change: Partial<Header> = {}, lastCommit = emptyCertificate()) =>
    blockWith({ lastBlockId: ZERO_HASH, time: 1_001n, ...change }, lastCommit);

  test('has no parent, an empty certificate and a time after genesis', () => {
    expect(checkBlockAgainst(rules, first())).toEqual(E.right([]));
    expect(verifyBlockAgainst(rules, first(), toyVerify)).toEqual(E.right(undefined));
    expect(refusal(first({ time: 1_000n }), rules)).toEqual(['WrongTime', 'time']);
    expect(refusal(first({ lastBlockId: hashOf('x') }), rules)).toEqual(['WrongParent', 'lastBlockId']);
    expect(refusal(first({}, certificateFor(PARENT)), rules)).toEqual(['WrongCertificate', 'lastCommit']);
  });
});
