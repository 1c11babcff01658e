import { identityOf, keyPairFromSeed, signMessage } from '@zhtp/crypto';
import {
  DEFAULT_CONSENSUS_CONFIG,
  MICRO_PER_ZHTP,
  U64_MAX,
  type ConsensusConfig,
  type Genesis,
  type GenesisValidator,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_TIME_MAX_MS,
  certificateBytesMax,
  checkGenesis,
  genesisHashOf,
  invalidParameters,
  possessionSignBytes,
  readGenesis,
  writeGenesisText,
} from '@zhtp/chain';
import { hashOf, left, PARAMETERS, range, right } from './support.ts';

const CHAIN = 'zhtp-test.1';
const ALGORITHM = 'ML-DSA-44';

const validatorFrom = (n: number): GenesisValidator => {
  const key = keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(n));
  const identity = identityOf(ALGORITHM, key.publicKey);
  const proofOfPossession = signMessage(key, 'zhtp/possession/v1', possessionSignBytes(CHAIN, identity, key.publicKey));
  return {
    identity,
    consensusKey: key.publicKey,
    proofOfPossession,
    stake: 1_000n * MICRO_PER_ZHTP,
    storageProvided: 0n,
    commissionRate: 5,
  };
};

const VALIDATORS = range(5).map((n) => validatorFrom(n + 1));
const GENESIS: Genesis = {
  formatVersion: 1,
  chainId: CHAIN,
  genesisTime: 1_700_000_000_000n,
  initialHeight: 1n,
  signatureAlgorithm: ALGORITHM,
  parameters: PARAMETERS,
  validators: VALIDATORS.slice(0, 4),
  appState: { accounts: [] },
};

const withConsensus = (change: Partial<ConsensusConfig>): Genesis => ({
  ...GENESIS,
  parameters: { ...PARAMETERS, consensus: { ...DEFAULT_CONSENSUS_CONFIG, ...change } },
});
const withValidator = (change: Partial<GenesisValidator>, genesis = GENESIS): Genesis => ({
  ...genesis,
  validators: genesis.validators.map((validator, i) => (i === 2 ? { ...validator, ...change } : validator)),
});
const path = (genesis: Genesis): string => left(checkGenesis(genesis)).path;

test('a complete genesis can start a chain', () => {
  expect(checkGenesis(GENESIS)).toEqual(E.right(GENESIS));
});

describe('a refusal points at the field', () => {
  test('of the document', () => {
    expect(path({ ...GENESIS, formatVersion: 2 })).toBe('formatVersion');
    for (const chainId of ['', ' a', '-a', '.a', 'a b', 'ä', 'a/b', 'x'.repeat(65)])
      expect(path({ ...GENESIS, chainId })).toBe('chainId');
    expect(path({ ...GENESIS, genesisTime: BLOCK_TIME_MAX_MS })).toBe('genesisTime');
    expect(path({ ...GENESIS, initialHeight: 0n })).toBe('initialHeight');
    expect(E.isRight(checkGenesis({ ...GENESIS, initialHeight: 2n ** 63n }))).toBe(true);
    expect(path({ ...GENESIS, initialHeight: 2n ** 63n + 1n })).toBe('initialHeight');
    expect(path(withConsensus({ blockTime: 0n }))).toBe('parameters.consensus');
    expect(path(withConsensus({ byzantineThreshold: Number.NaN }))).toBe('parameters.consensus');
  });

  test('of a validator', () => {
    const field = (change: Partial<GenesisValidator>): string => path(withValidator(change));
    expect(field({ consensusKey: new Uint8Array(1_311) })).toBe('validators[2].consensusKey');
    expect(field({ consensusKey: new Uint8Array(1_312) })).toBe('validators[2].consensusKey');
    expect(field({ stake: 0n })).toBe('validators[2].stake');
    expect(field({ commissionRate: 101 })).toBe('validators[2].commissionRate');
    expect(field({ proofOfPossession: new Uint8Array(0) })).toBe('validators[2].proofOfPossession');
    expect(field({ identity: VALIDATORS[0]?.identity ?? hashIdentity })).toBe('validators[2].identity');
    expect(field({ consensusKey: VALIDATORS[0]?.consensusKey ?? new Uint8Array(0) })).toBe(
      'validators[2].consensusKey',
    );
    expect(left(checkGenesis(withValidator({ commissionRate: 101 }))).message).toMatch(
      /^validators\[2\]\.commissionRate: is 101, /,
    );
  });
});

const hashIdentity = identityOf(ALGORITHM, new Uint8Array(1));

test('a commission may be 0 or 100 percent', () => {
  for (const commissionRate of [0, 100]) expect(E.isRight(checkGenesis(withValidator({ commissionRate })))).toBe(true);
});

describe('proof of possession', () => {
  test('of another identity, key or chain is refused', () => {
    const other = VALIDATORS[4]?.proofOfPossession ?? new Uint8Array(0);
    expect(path(withValidator({ proofOfPossession: other }))).toBe('validators[2].proofOfPossession');
    expect(path(withValidator({ identity: hashIdentity }))).toBe('validators[2].proofOfPossession');
    expect(path({ ...GENESIS, chainId: 'zhtp-test.2' })).toBe('validators[0].proofOfPossession');
  });

  test('may be left empty in development mode, but not be wrong', () => {
    const development = withConsensus({ developmentMode: true });
    expect(E.isRight(checkGenesis(withValidator({ proofOfPossession: new Uint8Array(0) }, development)))).toBe(true);
    expect(path(withValidator({ proofOfPossession: new Uint8Array(1) }, development))).toBe(
      'validators[2].proofOfPossession',
    );
  });
});

describe('how many validators', () => {
  test('four in production, one in development mode', () => {
    const count = (genesis: Genesis, n: number): boolean =>
      E.isRight(checkGenesis({ ...genesis, validators: VALIDATORS.slice(0, n) }));
    expect([3, 4, 5].map((n) => count(GENESIS, n))).toEqual([false, true, true]);
    expect([0, 1].map((n) => count(withConsensus({ developmentMode: true }), n))).toEqual([false, true]);
    expect([4, 5].map((n) => count(withConsensus({ maxValidators: 4 }), n))).toEqual([true, false]);
  });

  test('stakes add up within 64 bits', () => {
    const stake = U64_MAX - 3_000n * MICRO_PER_ZHTP;
    expect(E.isRight(checkGenesis(withValidator({ stake })))).toBe(true);
    expect(path(withValidator({ stake: stake + 1n }))).toBe('validators');
  });

  test('a permissioned chain takes validators without stake', () => {
    const permissioned = withConsensus({ consensusType: 'ByzantineFaultTolerance' });
    expect(E.isRight(checkGenesis(withValidator({ stake: 0n }, permissioned)))).toBe(true);
  });
});

describe('parameters', () => {
  const at = (maxBlockBytes: number, maxValidators: number) =>
    invalidParameters(
      { ...PARAMETERS, maxBlockBytes, consensus: { ...DEFAULT_CONSENSUS_CONFIG, maxValidators } },
      'ML-DSA-65',
    )?.path;

  test('block, certificate and evidence together fit a frame', () => {
    const certificate = certificateBytesMax(
      { ...PARAMETERS, consensus: { ...DEFAULT_CONSENSUS_CONFIG, maxValidators: 1_000 } },
      'ML-DSA-65',
    );
    const room = 8 * 1024 * 1024 - 1024 * 1024 - certificate;
    expect(at(room, 1_000)).toBeUndefined();
    expect(at(room + 1, 1_000)).toBe('maxBlockBytes');
  });

  test('a block has room for the certificate of a full set', () => {
    const least = certificateBytesMax(PARAMETERS, 'ML-DSA-65') + 64 * 1024;
    expect(at(least, 100)).toBeUndefined();
    expect(at(least - 1, 100)).toBe('maxBlockBytes');
  });

  test('upgrades rise', () => {
    const upgrades = (...list: readonly (readonly [bigint, number])[]) =>
      invalidParameters(
        { ...PARAMETERS, upgrades: list.map(([height, protocol]) => ({ height, protocol })) },
        'ML-DSA-65',
      )?.path;
    expect(upgrades([10n, 2], [20n, 3])).toBeUndefined();
    expect(upgrades([10n, 2], [10n, 3])).toBe('upgrades[1]');
    expect(upgrades([10n, 2], [20n, 2])).toBe('upgrades[1]');
  });
});

describe('the text of a genesis', () => {
  const text = writeGenesisText(GENESIS);

  test('is read back to the same genesis and hash', () => {
    expect(readGenesis(text)).toEqual(E.right(GENESIS));
    expect(readGenesis(text, genesisHashOf(GENESIS))).toEqual(E.right(GENESIS));
    expect(text).toMatch(/^\{\n {2}"formatVersion": 1,\n/);
  });

  test('does not matter beyond its content', () => {
    expect(genesisHashOf(right(readGenesis(JSON.stringify(JSON.parse(text)))))).toBe(genesisHashOf(GENESIS));
  });

  test('damaged is refused, saying where', () => {
    const message = (source: string): string => left(readGenesis(source)).message;
    expect(message(text.slice(0, 100))).toMatch(/^damaged genesis: not JSON, .*\(text of 100 characters\)/);
    expect(message(text.replace('"chainId"', '"chainID"'))).toContain('unknown field "chainID"');
    expect(message(text.replace('"initialHeight": "1"', '"initialHeight": 1'))).toContain('Genesis.initialHeight');
    expect(message('[]')).toContain('Genesis');
    expect(message('')).toContain('not JSON');
  });

  test('of another chain is refused by both hashes', () => {
    const { message } = left(readGenesis(text, hashOf('ours')));
    expect(message).toContain(hashOf('ours'));
    expect(message).toContain(genesisHashOf(GENESIS));
  });
});

test('the genesis hash changes with every field', () => {
  const changes: readonly Partial<Genesis>[] = [
    { formatVersion: 2 },
    { chainId: 'zhtp-test.2' },
    { genesisTime: 1n },
    { initialHeight: 2n },
    { signatureAlgorithm: 'ML-DSA-65' },
    { parameters: { ...PARAMETERS, fastBlocks: true } },
    { validators: VALIDATORS },
    { validators: GENESIS.validators.toReversed() },
    { appState: { accounts: [null] } },
  ];
  const hashes = [GENESIS, ...changes.map((change) => ({ ...GENESIS, ...change }))].map((genesis) =>
    genesisHashOf(genesis),
  );
  expect(new Set(hashes).size).toBe(changes.length + 1);
});
