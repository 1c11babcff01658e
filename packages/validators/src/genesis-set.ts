import { found, genesisCodec, type Genesis } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { makeValidatorSet, type ValidatorSet } from './validator-set.ts';
import { votingPower } from './voting-power.ts';

/** The set of the first two heights (protocol.md, Blocks). Nobody has delegated to it or proven work yet. */
export const validatorsFromGenesis = (genesis: Genesis): Either<string, ValidatorSet> => {
  if (!genesisCodec.json.is(genesis)) return E.left(`the genesis is ${found(genesis)} or has a field out of range`);
  const { consensusType, minStorage } = genesis.parameters.consensus;
  const set = makeValidatorSet(
    genesis.validators.map(({ identity, consensusKey, stake, storageProvided }) => ({
      identity,
      consensusKey,
      votingPower: votingPower(
        { consensusType, minStorage },
        { stake, delegatedStake: 0n, storageProvided, provenWork: 0n },
      ),
    })),
  );
  return E.mapLeft((reason: string) => `genesis validators: ${reason}`)(set);
};
