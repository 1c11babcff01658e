// The API reference's "Basic Consensus Setup", in the form decisions.md §3 gives it.
import { possessionSignBytes } from '@zhtp/chain';
import { generateKeyPair, identityOf, signMessage } from '@zhtp/crypto';
import { ConsensusEngine } from '@zhtp/engine';
import { GIB, identityId, MICRO_PER_ZHTP, type ConsensusConfig, type ConsensusError, type KeyPair } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';

const CHAIN_ID = 'usage';
const EXAMPLE: Partial<ConsensusConfig> = {
  consensusType: 'Hybrid',
  minStake: 1_000n * MICRO_PER_ZHTP,
  minStorage: 100n * GIB,
  maxValidators: 100,
  blockTime: 10n,
};

const right = <A>(result: E.Either<ConsensusError, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** The example's figures for a real key; outside development mode a registration proves that it has the key. */
const registrationOf = (keyPair: KeyPair) => {
  const identity = identityOf(keyPair.algorithm, keyPair.publicKey);
  const possession = possessionSignBytes(CHAIN_ID, identity, keyPair.publicKey);
  return {
    identity,
    stake: 5_000n * MICRO_PER_ZHTP,
    storageCapacity: 500n * GIB,
    consensusKey: keyPair.publicKey,
    commissionRate: 5,
    isGenesis: false,
    proofOfPossession: signMessage(keyPair, 'zhtp/possession/v1', possession),
  };
};

describe('Basic Consensus Setup', () => {
  test('an engine is created from a configuration alone, the rest of which has the documented defaults, and takes a validator', async () => {
    const consensus = right(ConsensusEngine.create({ config: EXAMPLE, chainId: CHAIN_ID }));
    expect(consensus.config()).toMatchObject({ ...EXAMPLE, proposeTimeout: 3_000n, slashDoubleSign: 5 });

    const registration = registrationOf(generateKeyPair('ML-DSA-65'));
    expect(await consensus.registerValidator(registration)()).toEqual(E.right(undefined));
    expect(consensus.validatorManager().isValidator(registration.identity)).toBe(true);
  });

  test('consensus starts and decides blocks', async () => {
    const keyPair = generateKeyPair('ML-DSA-65');
    const registration = registrationOf(keyPair);
    const config = {
      ...EXAMPLE,
      consensusType: 'ByzantineFaultTolerance',
      blockTime: 1n,
      developmentMode: true,
    } as const;
    const consensus = right(
      ConsensusEngine.create({ config, chainId: CHAIN_ID, validator: { identity: registration.identity, keyPair } }),
    );
    right(await consensus.registerValidator(registration)());
    const decided = firstValueFrom(consensus.events$.pipe(filter(({ _tag }) => _tag === 'RoundCompleted')));

    expect(await consensus.startConsensus()()).toEqual(E.right(undefined));
    expect(await decided).toEqual({ _tag: 'RoundCompleted', height: 1n });
    await consensus.stop()();
  });

  test('the identity of 27 bytes and the key of zeros, as printed, are refused', async () => {
    const printed = Array.from(new TextEncoder().encode('validator_identity_32_bytes'), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    expect(printed).toHaveLength(2 * 27);
    expect(E.isLeft(identityId(printed))).toBe(true);

    const consensus = right(ConsensusEngine.create({ config: EXAMPLE, chainId: CHAIN_ID }));
    const registration = registrationOf(generateKeyPair('ML-DSA-65'));
    const zeros = await consensus.registerValidator({ ...registration, consensusKey: new Uint8Array(32) })();
    expect(zeros).toMatchObject({ left: { _tag: 'ValidatorError' } });
  });

  test('a single validator of a type that needs stake proofs decides: the ledger issues them', async () => {
    const keyPair = generateKeyPair('ML-DSA-65');
    const registration = registrationOf(keyPair);
    const config = { ...EXAMPLE, consensusType: 'ProofOfStake', blockTime: 1n, developmentMode: true } as const;
    const validator = { identity: registration.identity, keyPair };
    const consensus = right(ConsensusEngine.create({ config, chainId: CHAIN_ID, validator }));
    right(await consensus.registerValidator(registration)());
    const committed = firstValueFrom(consensus.nodeEvents$.pipe(filter(({ _tag }) => _tag === 'BlockCommitted')));
    expect(await consensus.startConsensus()()).toEqual(E.right(undefined));
    expect(await committed).toMatchObject({
      block: { proof: { consensusType: 'ProofOfStake', stakeProof: { value: { validator: registration.identity } } } },
    });
    await consensus.stop()();
  });

  test('the example as printed is Hybrid: without committed storage its only validator stays silent and says why', async () => {
    const keyPair = generateKeyPair('ML-DSA-65');
    const registration = registrationOf(keyPair);
    const validator = { identity: registration.identity, keyPair };
    const config = { ...EXAMPLE, developmentMode: true };
    const consensus = right(ConsensusEngine.create({ config, chainId: CHAIN_ID, validator }));
    right(await consensus.registerValidator(registration)());
    const failed = firstValueFrom(consensus.events$.pipe(filter(({ _tag }) => _tag === 'RoundFailed')));
    expect(await consensus.startConsensus()()).toEqual(E.right(undefined));
    expect(await failed).toMatchObject({ error: expect.stringContaining('has committed no storage') as unknown });
    await consensus.stop()();
  });
});
