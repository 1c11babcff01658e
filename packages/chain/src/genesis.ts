import { taggedHash } from '@zhtp/crypto';
import { encode, genesisCodec, type Genesis, type Hash } from '@zhtp/types';

const writeGenesis = encode(genesisCodec);

/** What starts every signed body of the chain: the tagged hash of canonical genesis (protocol.md). */
export const genesisHashOf = (genesis: Genesis): Hash => taggedHash('zhtp/genesis/v1', writeGenesis(genesis));
