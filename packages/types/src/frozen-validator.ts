import * as C from './codec.ts';
import { identityCodec } from './codec.ts';
import { VALIDATORS_MAX } from './block.ts';
import { publicKeyCodec } from './signature.ts';

/** One validator of a height's frozen set: membership, key and power of that height come from here alone (protocol.md). */
export const frozenValidatorCodec = C.struct('FrozenValidator', {
  identity: identityCodec,
  consensusKey: publicKeyCodec,
  votingPower: C.u64,
});
export type FrozenValidator = C.TypeOf<typeof frozenValidatorCodec>;

/** A frozen set on disk and in hashes: identity order. */
export const frozenValidatorsCodec = C.array(frozenValidatorCodec, VALIDATORS_MAX);
