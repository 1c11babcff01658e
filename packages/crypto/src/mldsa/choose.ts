import type { SignatureAlgorithm } from '@zhtp/types';
import type { SignatureBackend } from './backend.ts';
import { createNobleBackend } from './noble-backend.ts';

const noble = /* @__PURE__ */ createNobleBackend();

/** The back end used when none is named. */
export const defaultBackend = (_algorithm: SignatureAlgorithm): SignatureBackend => noble;
