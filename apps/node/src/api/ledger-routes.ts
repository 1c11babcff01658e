import type { FastifyInstance, FastifyReply } from 'fastify';
import { documentedTreasury } from '@zhtp/dao';
import { accountOf, HOSTED_KEY_BYTES_MAX, supplyCodec, supplyOf, type LedgerState } from '@zhtp/ledger';
import {
  daoTreasuryCodec,
  encodeUtf8,
  hash,
  identityId,
  option,
  toJson,
  type Codec,
  type IdentityId,
  type Json,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { entryAnswerCodec } from '../answers/entry.ts';
import { offencesAnswerCodec, offencesOf } from '../answers/offences.ts';
import { parametersAnswerCodec, parametersOf } from '../answers/parameters.ts';
import { proposalAnswerCodec, proposalOf, proposalsAnswerCodec, proposalsOf } from '../answers/proposals.ts';
import { stakesAnswerCodec, stakesOf } from '../answers/stakes.ts';
import { storageAnswerCodec, storageOf } from '../answers/storage.ts';
import { registryAnswerCodec, registryOf, validatorAnswerCodec, validatorAnswerOf } from '../answers/validators.ts';
import { workAnswerCodec, workOf } from '../answers/work.ts';
import type { WiredNode } from '../wiring.ts';
import type { RouteAnswer } from './chain-routes.ts';
import { notReady, problem, type Problem } from './problem.ts';
import { stateAt, type HeightQuery } from './state-at.ts';

/** A question about committed state: what this node answers to the variable part of its path. */
type LedgerAnswer = (state: LedgerState, part: string, node: WiredNode) => RouteAnswer;

const whole =
  <A>(codec: Codec<A>, of: (state: LedgerState) => A): LedgerAnswer =>
  (state) =>
    E.right(toJson(codec)(of(state)));

export const badIdentity = (reason: string): Problem =>
  problem(400, 'BadIdentity', reason, 'pass the 64 hex characters that `zhtp keys show` prints');

const identityIn = (part: string): Either<Problem, IdentityId> => E.mapLeft(badIdentity)(identityId(part));

/** About somebody who has registered. */
const ofValidator =
  (answer: (state: LedgerState, identity: IdentityId) => Json): LedgerAnswer =>
  (state, part) => {
    const identity = identityIn(part);
    if (E.isLeft(identity)) return identity;
    return state.staking.accounts.has(identity.right)
      ? E.right(answer(state, identity.right))
      : E.left(
          problem(
            404,
            'UnknownValidator',
            `${identity.right} never registered as a validator`,
            'check the identity; `zhtp query validators` lists them',
          ),
        );
  };

const validator = ofValidator((state, identity) =>
  toJson(option(validatorAnswerCodec))(validatorAnswerOf(state, identity)),
);
const storage = ofValidator((state, identity) => toJson(storageAnswerCodec)(storageOf(state, identity)));
const work = ofValidator((state, identity) => toJson(workAnswerCodec)(workOf(state, identity)));

const stakes: LedgerAnswer = (state, part) => {
  const identity = identityIn(part);
  if (E.isLeft(identity)) return identity;
  const isKnown = O.isSome(accountOf(state, identity.right)) || state.staking.accounts.has(identity.right);
  return isKnown
    ? E.right(toJson(stakesAnswerCodec)(stakesOf(state, identity.right)))
    : E.left(
        problem(404, 'UnknownAccount', `account ${identity.right} does not exist on this chain`, 'check the identity'),
      );
};

const proposal: LedgerAnswer = (state, part) => {
  const id = hash(part);
  if (E.isLeft(id))
    return E.left(problem(400, 'BadProposalId', id.left, 'pass the id that `zhtp query proposals` lists'));
  const found = proposalOf(state, id.right);
  return O.isSome(found)
    ? E.right(toJson(proposalAnswerCodec)(found.value))
    : E.left(
        problem(
          404,
          'UnknownProposal',
          `there is no proposal ${id.right}, or it ended so long ago that it is no longer kept`,
          '`zhtp query proposals` lists those that are',
        ),
      );
};

/** An entry of the hosted application, as bytes: what they mean is its affair. */
const entry: LedgerAnswer = (state, key, { hosted }) => {
  if (hosted === undefined)
    return E.left(
      problem(
        404,
        'NoApplication',
        'this chain hosts no application, so that there are no entries',
        'ask a chain whose genesis names one in appState.hosted',
      ),
    );
  const { length } = encodeUtf8(key);
  return length > HOSTED_KEY_BYTES_MAX
    ? E.left(
        problem(
          400,
          'KeyTooLong',
          `the key has ${String(length)} bytes, no entry has more than ${String(HOSTED_KEY_BYTES_MAX)}`,
          'ask for a shorter one',
        ),
      )
    : E.right(toJson(entryAnswerCodec)({ key, value: O.fromNullable(state.hosted.get(key)) }));
};

const ROUTES: Readonly<Record<string, LedgerAnswer>> = {
  '/staking/validators': whole(registryAnswerCodec, registryOf),
  '/staking/validators/:part': validator,
  '/staking/validators/:part/storage': storage,
  '/staking/validators/:part/work': work,
  '/accounts/:part/stakes': stakes,
  '/offences': whole(offencesAnswerCodec, offencesOf),
  '/proposals': whole(proposalsAnswerCodec, proposalsOf),
  '/proposals/:part': proposal,
  '/treasury': whole(daoTreasuryCodec, ({ governance }) => documentedTreasury(governance.treasury)),
  '/supply': whole(supplyCodec, supplyOf),
  '/application/:part': entry,
};

/** As {@link ROUTES} are shown to whoever asks for a path that is none. */
export const LEDGER_ENDPOINTS =
  '/staking/validators, /staking/validators/:identity, /staking/validators/:identity/storage, /staking/validators/:identity/work, /accounts/:identity/stakes, /offences, /proposals, /proposals/:id, /treasury, /supply, /application/:key';

export const ledgerOf = ({ application }: WiredNode): Either<Problem, LedgerState> =>
  E.fromOption(() => notReady)(application.committedState());

export const parametersAnswer = (wired: WiredNode): RouteAnswer => {
  const ledger = ledgerOf(wired);
  if (E.isLeft(ledger)) return ledger;
  const state = wired.node.status()?.state;
  return state === undefined
    ? E.left(notReady)
    : E.right(toJson(parametersAnswerCodec)(parametersOf(ledger.right, state.parameters)));
};

/** Adds the routes that answer from committed state alone, of any kept height. */
export const addLedgerRoutes = (
  server: FastifyInstance,
  wired: WiredNode,
  send: (reply: FastifyReply, answer: RouteAnswer) => FastifyReply,
): void => {
  for (const [url, answer] of Object.entries(ROUTES))
    server.get<{ Params: { readonly part?: string }; Querystring: HeightQuery }>(
      url,
      async ({ params, query }, reply) => {
        const state = await stateAt(wired, query);
        return send(reply, E.isLeft(state) ? state : answer(state.right, params.part ?? '', wired));
      },
    );
};
