import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { invalidParameters } from '@zhtp/chain';
import { schemeOf } from '@zhtp/crypto';
import type { ChainParameters, FinalizeBlockResult, FrozenValidator, SignatureAlgorithm } from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { unsupportedParameters, type OptionalCalls } from './supported-parameters.ts';

/** The set in identity order, as everything that counts positions expects it. */
const checkedSet = (
  algorithm: SignatureAlgorithm,
  validators: readonly FrozenValidator[],
): Either<string, readonly FrozenValidator[]> => {
  const { publicKeyBytes } = schemeOf(algorithm);
  const odd = validators.find(({ consensusKey }) => consensusKey.length !== publicKeyBytes);
  if (odd !== undefined)
    return E.left(
      `validator ${odd.identity} has a consensus key of ${String(odd.consensusKey.length)} bytes, a key of ${algorithm} is ${String(publicKeyBytes)}`,
    );
  return E.map(({ validators: ordered }: { readonly validators: readonly FrozenValidator[] }) => ordered)(
    makeValidatorSet(validators),
  );
};

const wrongParameters = (
  algorithm: SignatureAlgorithm,
  parameters: ChainParameters,
  application: OptionalCalls,
): string | undefined => {
  const wrong = invalidParameters(parameters, algorithm);
  return wrong === undefined ? unsupportedParameters(parameters, application) : `${wrong.path} ${wrong.reason}`;
};

/**
 * What an executed block changes for later heights, fit to be handed to the core: an application of the user's own that
 * decides an empty set or parameters that would stop the chain is told so before anything of it is stored.
 */
export const checkedChanges = (
  algorithm: SignatureAlgorithm,
  result: FinalizeBlockResult,
  application: OptionalCalls,
): Either<string, FinalizeBlockResult> => {
  const set = O.isNone(result.nextValidators) ? E.right([]) : checkedSet(algorithm, result.nextValidators.value);
  if (E.isLeft(set)) return E.left(`nextValidators: ${set.left}`);
  const wrong = O.isNone(result.parameters)
    ? undefined
    : wrongParameters(algorithm, result.parameters.value, application);
  if (wrong !== undefined) return E.left(`parameters: ${wrong}`);
  return E.right(O.isNone(result.nextValidators) ? result : { ...result, nextValidators: O.some(set.right) });
};
