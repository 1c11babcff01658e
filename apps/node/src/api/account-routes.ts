import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  accountCodec,
  accountOf,
  accountProofCodec,
  appHashOf,
  ledgerParametersCodec,
  proveAccount,
  type LedgerState,
} from '@zhtp/ledger';
import { chainParametersCodec, identityId, toJson } from '@zhtp/types';
import type { WiredNode } from '../wiring.ts';
import type { RouteAnswer } from './chain-routes.ts';
import { notReady, problem, type Problem } from './problem.ts';

const accountJson = toJson(accountCodec);
const proofJson = toJson(accountProofCodec);
const ledgerParametersJson = toJson(ledgerParametersCodec);
const chainParametersJson = toJson(chainParametersCodec);

const ledgerOf = ({ application }: WiredNode): Either<Problem, LedgerState> =>
  E.fromOption(() => notReady)(application.committedState());

const badIdentity = (reason: string): Problem =>
  problem(400, 'BadIdentity', reason, 'pass the 64 hex characters that `zhtp keys show` prints');

export const accountAnswer = (wired: WiredNode, text: string): RouteAnswer => {
  const identity = identityId(text);
  if (E.isLeft(identity)) return E.left(badIdentity(identity.left));
  const ledger = ledgerOf(wired);
  if (E.isLeft(ledger)) return ledger;
  const account = accountOf(ledger.right, identity.right);
  return O.isSome(account)
    ? E.right(accountJson(account.value))
    : E.left(
        problem(
          404,
          'UnknownAccount',
          `account ${identity.right} does not exist on this chain`,
          'check the identity; a first transfer to it opens it',
        ),
      );
};

/** The record and its proof. The app hash it leads to stands in the next block's header, which carries the signatures. */
export const accountProofAnswer = (wired: WiredNode, text: string): RouteAnswer => {
  const identity = identityId(text);
  if (E.isLeft(identity)) return E.left(badIdentity(identity.left));
  const ledger = ledgerOf(wired);
  if (E.isLeft(ledger)) return ledger;
  return E.right({
    identity: identity.right,
    appHash: appHashOf(ledger.right),
    proof: proofJson(proveAccount(ledger.right, identity.right)),
  });
};

export const parametersAnswer = (wired: WiredNode): RouteAnswer => {
  const ledger = ledgerOf(wired);
  if (E.isLeft(ledger)) return ledger;
  const state = wired.node.status()?.state;
  if (state === undefined) return E.left(notReady);
  return E.right({
    ledger: ledgerParametersJson(ledger.right.parameters),
    chain: chainParametersJson(state.parameters),
  });
};
