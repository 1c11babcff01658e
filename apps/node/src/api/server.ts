import { fastify, type FastifyInstance, type FastifyReply, type HTTPMethods } from 'fastify';
import { either as E } from 'fp-ts';
import { HOSTED_KEY_BYTES_MAX } from '@zhtp/ledger';
import { causeText, TRANSACTION_BYTES_MAX } from '@zhtp/types';
import { fail, systemCode, type Outcome } from '../outcome.ts';
import type { WiredNode } from '../wiring.ts';
import { accountAnswer, accountProofAnswer } from './account-routes.ts';
import {
  blockAnswer,
  healthAnswer,
  latestBlockAnswer,
  mempoolAnswer,
  statusAnswer,
  validatorsAnswer,
  type RouteAnswer,
} from './chain-routes.ts';
import { createEventReaders, type EventReaders } from './event-readers.ts';
import { addEventsRoute } from './events-route.ts';
import { evidenceAnswer } from './evidence-route.ts';
import { addLedgerRoutes, LEDGER_ENDPOINTS, parametersAnswer } from './ledger-routes.ts';
import { createMetrics } from './metrics.ts';
import { problem, problemJson, type Problem } from './problem.ts';
import { resultsAnswer } from './results-route.ts';
import type { HeightQuery } from './state-at.ts';
import { submitAnswer, transactionAnswer, trialAnswer } from './transaction-routes.ts';
import { createWaitingTransactions } from './waiting-transactions.ts';

/** Nobody outside this machine gets in; whoever wants that puts a proxy with its own rules in front. */
const API_HOST = '127.0.0.1';

/** The hex of the longest transaction in JSON. */
const BODY_BYTES_MAX = 2 * TRANSACTION_BYTES_MAX + 1_024;
const REQUEST_MS = 30_000;
const CONNECTION_MS = 60_000;
/** The longest part of a path is a key of the hosted application, with three characters for each byte. */
const PATH_PART_MAX = 3 * HOSTED_KEY_BYTES_MAX;

const ENDPOINTS = `GET /status, /health, /blocks/latest, /blocks/:height, /blocks/:height/results, /validators, /evidence/:from/:to, /parameters, /accounts/:identity, /accounts/:identity/proof, ${LEDGER_ENDPOINTS}, /transactions/:id, /mempool, /events, /metrics; POST /transactions, /transactions/check`;

const sendProblem = (reply: FastifyReply, refused: Problem): FastifyReply =>
  reply.code(refused.status).send(problemJson(refused));

const sendAnswer = (reply: FastifyReply, answer: RouteAnswer): FastifyReply =>
  E.isLeft(answer) ? sendProblem(reply, answer.left) : reply.send(answer.right);

/** The router's message repeats the path; nothing of a request is repeated. */
const reasonOf = (error: unknown): string =>
  systemCode(error) === 'FST_ERR_BAD_URL' ? 'the path is not a valid URL' : causeText(error);

/** What fastify itself refuses: too long a body, a content type it does not know, JSON that is none. */
const refusal = (error: unknown): Problem => {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  switch (status) {
    case 413:
      return problem(
        413,
        'TooLarge',
        `the body is longer than ${String(BODY_BYTES_MAX)} bytes`,
        'send one transaction at a time',
      );
    case 415:
      return problem(
        415,
        'UnknownContentType',
        'the content type is not accepted',
        'use application/json, application/octet-stream or text/plain',
      );
    case 414:
      return problem(
        414,
        'PathTooLong',
        `a part of the path is longer than ${String(PATH_PART_MAX)} characters`,
        'identities, ids and heights have at most 64',
      );
    case 400:
      return problem(400, 'BadRequest', reasonOf(error), 'correct the request');
    default:
      return problem(500, 'Internal', causeText(error), 'look into the log of the node');
  }
};

export interface Api {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const addRoutes = (server: FastifyInstance, wired: WiredNode, readers: EventReaders): void => {
  const metrics = createMetrics(wired, readers);
  const waiting = createWaitingTransactions(wired);
  server.get('/status', async (_, reply) => sendAnswer(reply, statusAnswer(wired)));
  server.get('/health', async (_, reply) => sendAnswer(reply, healthAnswer(wired)));
  server.get('/blocks/latest', async (_, reply) => sendAnswer(reply, await latestBlockAnswer(wired)));
  server.get<{ Params: { readonly height: string } }>('/blocks/:height', async ({ params }, reply) =>
    sendAnswer(reply, await blockAnswer(wired, params.height)),
  );
  server.get<{ Params: { readonly height: string } }>('/blocks/:height/results', async ({ params }, reply) =>
    sendAnswer(reply, await resultsAnswer(wired, params.height)),
  );
  server.get('/validators', async (_, reply) => sendAnswer(reply, validatorsAnswer(wired)));
  server.get<{ Params: { readonly from: string; readonly to: string } }>(
    '/evidence/:from/:to',
    async ({ params }, reply) => sendAnswer(reply, await evidenceAnswer(wired, params.from, params.to)),
  );
  server.get('/parameters', async (_, reply) => sendAnswer(reply, parametersAnswer(wired)));
  server.get<{ Params: { readonly identity: string }; Querystring: HeightQuery }>(
    '/accounts/:identity',
    async ({ params, query }, reply) => sendAnswer(reply, await accountAnswer(wired, params.identity, query)),
  );
  server.get<{ Params: { readonly identity: string }; Querystring: HeightQuery }>(
    '/accounts/:identity/proof',
    async ({ params, query }, reply) => sendAnswer(reply, await accountProofAnswer(wired, params.identity, query)),
  );
  server.get<{ Params: { readonly id: string } }>('/transactions/:id', async ({ params }, reply) =>
    sendAnswer(reply, await transactionAnswer(wired, waiting, params.id)),
  );
  addLedgerRoutes(server, wired, sendAnswer);
  addEventsRoute(server, wired, readers, sendProblem);
  server.get('/mempool', async (_, reply) => sendAnswer(reply, mempoolAnswer(wired)));
  server.post('/transactions', async ({ body }, reply) => sendAnswer(reply, await submitAnswer(wired, body)));
  server.post('/transactions/check', async ({ body }, reply) => sendAnswer(reply, trialAnswer(wired, body)));
  server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
};

/** Methods that a known path does not have: not found would send the caller looking for a typing error. */
const refuseOtherMethods = (server: FastifyInstance, paths: ReadonlyMap<string, ReadonlySet<string>>): void => {
  for (const [url, methods] of paths) {
    const allowed = [...methods].join(', ');
    server.route({
      url,
      method: METHODS.filter((method) => !methods.has(method)),
      handler: async (_, reply) =>
        sendProblem(
          reply.header('allow', allowed),
          problem(405, 'MethodNotAllowed', 'this path does not take that method', `use ${allowed}`),
        ),
    });
  }
};

/** Serves the node on the loopback interface. */
export const startApi = async (wired: WiredNode): Outcome<Api> => {
  const port = wired.config.apiPort;
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    connectionTimeout: CONNECTION_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: PATH_PART_MAX },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, refusal(error));
    },
  });
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.setErrorHandler((error, _request, reply) => sendProblem(reply, refusal(error)));
  server.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, problem(404, 'NoSuchEndpoint', 'there is nothing at this path', `use one of ${ENDPOINTS}`)),
  );
  const methodsOf = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set<string>();
    for (const each of typeof method === 'string' ? [method] : method) methods.add(each);
    methodsOf.set(url, methods);
  });
  const readers = createEventReaders();
  addRoutes(server, wired, readers);
  refuseOtherMethods(server, new Map(methodsOf));
  try {
    await server.listen({ port, host: API_HOST });
  } catch (cause) {
    await server.close();
    return fail(
      systemCode(cause) === 'EADDRINUSE'
        ? `the API port ${String(port)} is in use; stop the program that has it or change apiPort in config.json`
        : `the API did not start on port ${String(port)}: ${causeText(cause)}`,
    );
  }
  const address = server.server.address();
  return E.right({
    port: address !== null && typeof address === 'object' ? address.port : port,
    close: async () => {
      readers.close();
      await server.close();
    },
  });
};
