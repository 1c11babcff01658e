import { either as E } from 'fp-ts';
import { causeText, fromJson, quoted, type Codec } from '@zhtp/types';
import { fail, failure, systemCode, type Outcome } from './outcome.ts';

const REQUEST_MS = 10_000;

/** A refusal of the node, in its own words. */
interface Refusal {
  readonly error: string;
  readonly message: string;
}

export type NodeAnswer =
  | { readonly _tag: 'Answer'; readonly json: unknown }
  | { readonly _tag: 'Refused'; readonly status: number; readonly refusal: Refusal };

/** Talks to the HTTP API of one node. */
export interface NodeClient {
  readonly url: string;
  /** The answer, or the refusal for the caller to judge. */
  readonly ask: (path: string, body?: Uint8Array) => Outcome<NodeAnswer>;
  /** The answer; a refusal is a failure. */
  readonly get: (path: string) => Outcome<unknown>;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const refusalOf = (json: unknown): Refusal | undefined => {
  if (typeof json !== 'object' || json === null || !('error' in json) || !('message' in json)) return undefined;
  const { error, message } = json;
  if (!isText(error) || !isText(message)) return undefined;
  return { error, message: 'action' in json && isText(json.action) ? `${message}; ${json.action}` : message };
};

const notANode = (url: string): ReturnType<typeof fail> =>
  fail(`${url} answered, but not as a node does; check --node`);

const causeCode = (cause: unknown): string =>
  cause instanceof Error && cause.cause !== undefined ? systemCode(cause.cause) : '';

const unreachable = (url: string, cause: unknown): ReturnType<typeof fail> => {
  if (causeCode(cause) === 'ECONNREFUSED')
    return fail(`no node answers at ${url}; start one (npm start) or name another with --node`);
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return fail(
      `the node at ${url} did not answer within ${String(REQUEST_MS / 1_000)} s; try again or name another with --node`,
    );
  // What fetch itself says is "fetch failed"; the reason is its cause.
  const reason = cause instanceof Error && cause.cause !== undefined ? causeText(cause.cause) : causeText(cause);
  return fail(`the node at ${url} cannot be asked: ${reason}; check that --node is the port of an HTTP API`);
};

export const nodeClient = (address: string): NodeClient => {
  const url = address.replace(/\/+$/, '');
  const ask: NodeClient['ask'] = async (path, body) => {
    if (!/^https?:\/\/[^/\s]+$/.test(url))
      return fail(`--node is ${quoted(address)}; give a URL like http://127.0.0.1:26601`);
    try {
      const response = await fetch(`${url}${path}`, {
        signal: AbortSignal.timeout(REQUEST_MS),
        ...(body === undefined
          ? {}
          : { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(body) }),
      });
      const text = await response.text();
      const json = jsonOf(text);
      if (json === undefined) return notANode(url);
      if (response.ok) return E.right({ _tag: 'Answer', json });
      const refusal = refusalOf(json);
      return refusal === undefined ? notANode(url) : E.right({ _tag: 'Refused', status: response.status, refusal });
    } catch (cause) {
      return unreachable(url, cause);
    }
  };
  return {
    url,
    ask,
    get: async (path) => {
      const answer = await ask(path);
      if (E.isLeft(answer)) return answer;
      return answer.right._tag === 'Answer' ? E.right(answer.right.json) : fail(answer.right.refusal.message);
    },
  };
};

const jsonOf = (text: string): unknown => {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
};

/** An answer in the form this version of the program knows. */
export const readAnswer = <A>(
  client: NodeClient,
  codec: Codec<A>,
  json: unknown,
): E.Either<ReturnType<typeof failure>, A> =>
  E.mapLeft(({ message }: { readonly message: string }) =>
    failure(`${client.url} answered something else than expected (${message}); is it of another version?`),
  )(fromJson(codec)(json));
