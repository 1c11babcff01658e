import { either as E, option as O } from 'fp-ts';
import { accountCodec, accountOf, accountProofCodec, appHashOf, proveAccount } from '@zhtp/ledger';
import { identityId, toJson } from '@zhtp/types';
import type { WiredNode } from '../wiring.ts';
import type { RouteAnswer } from './chain-routes.ts';
import { badIdentity } from './ledger-routes.ts';
import { problem } from './problem.ts';
import { stateAt, type HeightQuery } from './state-at.ts';

const accountJson = toJson(accountCodec);
const proofJson = toJson(accountProofCodec);

export const accountAnswer = async (wired: WiredNode, text: string, query: HeightQuery): Promise<RouteAnswer> => {
  const identity = identityId(text);
  if (E.isLeft(identity)) return E.left(badIdentity(identity.left));
  const ledger = await stateAt(wired, query);
  if (E.isLeft(ledger)) return ledger;
  const account = accountOf(ledger.right, identity.right);
  return O.isSome(account)
    ? E.right(accountJson(account.value))
    : E.left(
        problem(
          404,
          'UnknownAccount',
          query.height === undefined
            ? `account ${identity.right} does not exist on this chain`
            : `account ${identity.right} did not exist at that height`,
          'check the identity; a first transfer to it opens it',
        ),
      );
};

/** The record after `height` and its proof. The app hash it leads to stands in the header of the next height, which is signed. */
export const accountProofAnswer = async (wired: WiredNode, text: string, query: HeightQuery): Promise<RouteAnswer> => {
  const identity = identityId(text);
  if (E.isLeft(identity)) return E.left(badIdentity(identity.left));
  const ledger = await stateAt(wired, query);
  if (E.isLeft(ledger)) return ledger;
  return E.right({
    identity: identity.right,
    height: String(ledger.right.previous?.height ?? 0n),
    appHash: appHashOf(ledger.right),
    proof: proofJson(proveAccount(ledger.right, identity.right)),
  });
};
