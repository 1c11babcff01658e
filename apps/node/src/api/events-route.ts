import type { FastifyInstance, FastifyReply } from 'fastify';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { toJson } from '@zhtp/types';
import { resultsAnswerCodec, resultsOf } from '../answers/results.ts';
import type { WiredNode } from '../wiring.ts';
import type { EventReader, EventReaders } from './event-readers.ts';
import { heightIn } from './height-text.ts';
import { notReady, problem, type Problem } from './problem.ts';
import { resultsAnswer } from './results-route.ts';

interface EventsQuery {
  readonly from?: string | readonly string[];
}

const resultsJson = toJson(resultsAnswerCodec);

const tooManyReaders = problem(
  503,
  'TooManyReaders',
  'as many readers as this node tells of its blocks are connected already',
  'close another one, or ask GET /blocks/:height/results',
);

const lastHeight = ({ application }: WiredNode): bigint | undefined =>
  O.toUndefined(application.committedState())?.previous?.height;

/** The first height a reader is to be told of: what it asked for, what follows the last it saw, or the next. */
const firstHeight = (
  wired: WiredNode,
  { from }: EventsQuery,
  lastEventId: string | readonly string[] | undefined,
): Either<Problem, bigint> => {
  const range = wired.application.keptRange();
  if (O.isNone(range)) return E.left(notReady);
  const next = (lastHeight(wired) ?? range.value.statesFrom) + 1n;
  const seen = from === undefined ? heightIn(lastEventId) : undefined;
  const asked = seen === undefined ? heightIn(from) : seen + 1n;
  if (from !== undefined && asked === undefined)
    return E.left(problem(400, 'BadHeight', 'from must be one decimal number', 'ask for /events?from=42, or /events'));
  if (asked === undefined) return E.right(next);
  const oldest = range.value.statesFrom + 1n;
  return asked >= oldest && asked <= next
    ? E.right(asked)
    : E.left(
        problem(
          404,
          'HeightNotKept',
          `events cannot begin with block ${String(asked)}: they can with blocks ${String(oldest)} to ${String(next)}`,
          'ask for one of those, or without from for the blocks to come',
        ),
      );
};

/** Answers for the last blocks, made once for all readers. */
const RECENT_MAX = 16n;

/** Results of blocks as text: of recent ones as they were committed, of older ones by executing them again. */
const createResults = (wired: WiredNode, readers: EventReaders): ((height: bigint) => Promise<string | undefined>) => {
  const recent = new Map<bigint, string>();
  wired.application.watchCommits((block) => {
    if (readers.counts().open === 0) return;
    recent.set(block.height, JSON.stringify(resultsJson(resultsOf(block))));
    for (const height of recent.keys()) if (height + RECENT_MAX <= block.height) recent.delete(height);
  });
  return async (height) => {
    const known = recent.get(height);
    if (known !== undefined) return known;
    const answer = await resultsAnswer(wired, String(height));
    return E.isRight(answer) ? JSON.stringify(answer.right) : undefined;
  };
};

/** Tells a reader of every block from a height on, in order. */
const follow = (
  wired: WiredNode,
  reader: EventReader,
  from: bigint,
  results: (height: bigint) => Promise<string | undefined>,
): void => {
  let next = from;
  let isBusy = false;
  const catchUp = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (let last = lastHeight(wired); last !== undefined && next <= last; last = lastHeight(wired)) {
      const text = await results(next);
      if (text === undefined || !reader.send(String(next), 'block', text)) {
        // Gone, too slow, or so far behind that the block was pruned: it asks again.
        stop();
        reader.end();
        return;
      }
      next += 1n;
    }
    isBusy = false;
  };
  const stop = wired.application.watchCommits(() => void catchUp());
  void catchUp();
};

/**
 * Server-Sent Events: one message `block` for each block, with what GET /blocks/:height/results answers; its id is the
 * height. A reader that does not keep up is dropped.
 */
export const addEventsRoute = (
  server: FastifyInstance,
  wired: WiredNode,
  readers: EventReaders,
  refuse: (reply: FastifyReply, problem: Problem) => FastifyReply,
): void => {
  const results = createResults(wired, readers);
  server.route<{ Querystring: EventsQuery }>({
    method: 'GET',
    url: '/events',
    exposeHeadRoute: false,
    handler: async ({ query, headers }, reply) => {
      const from = firstHeight(wired, query, headers['last-event-id']);
      if (E.isLeft(from)) return refuse(reply, from.left);
      const reader = readers.add(reply.raw);
      if (reader === undefined) return refuse(reply, tooManyReaders);
      reply.hijack();
      follow(wired, reader, from.right, results);
      return reply;
    },
  });
};
