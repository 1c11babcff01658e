import { VALIDATORS_MAX } from './block.ts';
import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { postQuantumSignatureCodec } from './signature.ts';
import { VOTE_EXTENSION_BYTES_MAX } from './vote.ts';

/**
 * Extensions of the precommits that decided a height, accepted by this node's application (protocol.md, Messages). They
 * are no part of the certificate: two nodes may hold different ones of the same decision.
 */
export const commitExtensionsCodec = C.struct('CommitExtensions', {
  height: C.u64,
  round: C.u32,
  blockId: hashCodec,
  /** In identity order. */
  extensions: C.array(
    C.struct('SignedExtension', {
      voter: identityCodec,
      extension: C.bytes(VOTE_EXTENSION_BYTES_MAX),
      /** Over height, round, voter, block id and bytes, domain `zhtp/extension/v1`. */
      signature: postQuantumSignatureCodec,
    }),
    VALIDATORS_MAX,
  ),
});
export type CommitExtensions = C.TypeOf<typeof commitExtensionsCodec>;
