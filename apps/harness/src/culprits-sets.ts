import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { genesisHashOf, proveSets, verifyNow, type ProvenSets, type SignerSet, type TrustedBlock } from '@zhtp/chain';
import { hash, type Genesis } from '@zhtp/types';
import { makeValidatorSet, validatorsFromGenesis } from '@zhtp/validators';
import type { ShownFile } from './culprits-files.ts';

/** `<height>:<block id>` of an option, or why not. */
export const readTrustedBlock = (text: string): Either<string, TrustedBlock> => {
  const [, height, id] = /^([0-9]{1,19}):([0-9a-f]{64})$/.exec(text) ?? [];
  const blockId = hash(id ?? '');
  return height === undefined || E.isLeft(blockId)
    ? E.left(`"${text.slice(0, 100)}" is no trusted block; give <height>:<block id>, as zhtp query block prints them`)
    : E.right({ height: BigInt(height), blockId: blockId.right });
};

/**
 * The sets of a height: those that the files show, each proven by itself. After a fork the two sides may have gone on with
 * different ones, and both judge.
 */
export const setsOfFiles = (
  genesis: Genesis,
  files: readonly ShownFile[],
  trusted: TrustedBlock | undefined,
): Either<string, (height: bigint) => readonly SignerSet[]> => {
  const genesisSet = validatorsFromGenesis(genesis);
  if (E.isLeft(genesisSet)) return genesisSet;
  const genesisHash = genesisHashOf(genesis);
  const signing = { genesisHash, algorithm: genesis.signatureAlgorithm };
  const proven: ProvenSets[] = [];
  for (const { path, genesisHash: ofFile, sets, headers } of files) {
    if (ofFile !== undefined && ofFile !== genesisHash)
      return E.left(
        `${path} is of the chain with genesis hash ${ofFile}, the genesis given has ${genesisHash}: give the genesis of that chain`,
      );
    const shown = proveSets(
      {
        signing,
        initialHeight: genesis.initialHeight,
        genesisSet: genesisSet.right,
        sets,
        headers,
        ...(trusted === undefined ? {} : { trusted }),
      },
      makeValidatorSet,
      verifyNow,
    );
    if (E.isLeft(shown)) return E.left(`${path} does not verify: ${shown.left}`);
    proven.push(shown.right);
  }
  return E.right((height) => [
    ...new Map(proven.flatMap((of) => of(height) ?? []).map((set): [string, SignerSet] => [set.hash, set])).values(),
  ]);
};
