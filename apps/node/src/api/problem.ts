import type { Json } from '@zhtp/types';

/** A refused request: what is wrong and what the caller can do. Nothing of the request's headers is ever repeated. */
export interface Problem {
  readonly status: 400 | 404 | 405 | 413 | 414 | 415 | 422 | 500 | 503;
  /** A name a program can compare. */
  readonly error: string;
  readonly message: string;
  readonly action: string;
}

export const problem = (status: Problem['status'], error: string, message: string, action: string): Problem => ({
  status,
  error,
  message,
  action,
});

export const problemJson = ({ error, message, action }: Problem): Json => ({ error, message, action });

export const notReady = problem(503, 'NotReady', 'the node is recovering what is on its disk', 'ask again in a moment');

export const internal = (message: string): Problem =>
  problem(500, 'Internal', message, 'look into the log of the node');
