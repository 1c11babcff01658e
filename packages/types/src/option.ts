import type { None, Some } from 'fp-ts/lib/Option.js';

/**
 * fp-ts's Option under a name of our own: declarations inferred from codecs then name this file, and not the extensionless
 * `fp-ts/lib/Option`, which resolves in no ES module.
 */
export type Option<A> = None | Some<A>;
