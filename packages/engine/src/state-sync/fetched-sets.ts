import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { Hash } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { answerNow, inTurn, thenAsk, type Ask } from '../evidence/asking.ts';
import { frozenSet } from '../height/frozen-set.ts';
import { lie, type AskedPeers } from './asked-peers.ts';

/** Validator sets by what believed headers call them, each fetched once. */
export interface FetchedSets {
  /** In the order of the hashes. */
  named(hashes: readonly Hash[]): Ask<readonly ValidatorSet[]>;
}

export const createFetchedSets = (peers: AskedPeers): FetchedSets => {
  const known = new Map<Hash, ValidatorSet>();
  const fetch = (validatorsHash: Hash): Ask<ValidatorSet> => {
    const before = known.get(validatorsHash);
    if (before !== undefined) return answerNow(E.right(before));
    return pipe(
      peers.ask({
        request: { _tag: 'ValidatorSet', validatorsHash },
        read: (response) => {
          const set = response._tag === 'ValidatorSet' ? frozenSet(response.validators) : E.left('no set');
          return E.isRight(set) && set.right.hash === validatorsHash
            ? set
            : E.left(lie(`it does not answer with validator set ${validatorsHash}`));
        },
      }),
      thenAsk(({ value }) => {
        known.set(validatorsHash, value);
        return answerNow(E.right(value));
      }),
    );
  };
  return { named: (hashes) => inTurn(hashes, fetch) };
};
