const HEIGHT = /^(0|[1-9][0-9]{0,18})$/;

/** A height as a request has it; undefined: it is none. */
export const heightIn = (text: unknown): bigint | undefined =>
  typeof text === 'string' && HEIGHT.test(text) ? BigInt(text) : undefined;
