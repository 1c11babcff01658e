import { equalBytes } from '@zhtp/types';
import { runtimeCompare } from './runtime.ts';

const compare = /* @__PURE__ */ runtimeCompare();

/**
 * True when both hold the same bytes, by the runtime's own comparison where it has one: of a signature that takes a fortieth
 * of a loop's time, and of a constant-time comparison's. For public values only.
 */
export const sameBytes: (a: Uint8Array, b: Uint8Array) => boolean =
  compare === undefined ? equalBytes : (a, b) => a === b || (a.length === b.length && compare(a, b) === 0);
