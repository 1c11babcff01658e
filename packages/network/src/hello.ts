import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { array, bytes, decode, encode, hashCodec, literals, struct, text, u32, type TypeOf } from '@zhtp/types';

/** Version of everything that peers say to each other; another one is refused at the handshake. */
export const NETWORK_PROTOCOL_VERSION = 1;

export const LISTEN_ADDRESSES_MAX = 16;
export const ADDRESS_BYTES_MAX = 256;

/** Largest encoded Hello, with room: what a stranger may send before it is known. */
export const HELLO_BYTES_MAX = 8 * 1024;

const SESSION_BYTES = 16;

/** What a node is run as; a claim, used for display only. */
export const nodeRoleCodec = literals('NodeRole', { validator: 1, full: 2, seed: 3 });
export type NodeRole = TypeOf<typeof nodeRoleCodec>;

/** The first frame on a direct stream, from each side. */
export const helloCodec = struct('Hello', {
  /** First on the wire, and read before the rest: a later version may say more. */
  protocolVersion: u32,
  genesisHash: hashCodec,
  nodeRole: nodeRoleCodec,
  /** Random per start of a node: tells a restarted peer from a second stream of the same one. */
  session: bytes(SESSION_BYTES),
  listenAddresses: array(text(ADDRESS_BYTES_MAX), LISTEN_ADDRESSES_MAX),
});
export type Hello = TypeOf<typeof helloCodec>;

/** Why a peer is not admitted, in one line fit for the log. */
export interface HandshakeError {
  readonly _tag: 'OtherGenesis' | 'OtherProtocol' | 'NotAHello';
  readonly message: string;
}

const refused = (tag: HandshakeError['_tag'], message: string): Either<HandshakeError, never> =>
  E.left({ _tag: tag, message });

/** `length` fresh bytes for {@link Hello.session} come from the caller's random source. */
export const HELLO_SESSION_BYTES = SESSION_BYTES;

/** The payload of the first frame on a direct stream. */
export const encodeHello = (hello: Hello): Uint8Array => encode(helloCodec)(hello);

/** Reads a peer's Hello and admits it when it is of our chain and protocol (protocol.md: peers compare the genesis hash). */
export const judgeHello =
  (own: Pick<Hello, 'protocolVersion' | 'genesisHash'>) =>
  (payload: Uint8Array): Either<HandshakeError, Hello> => {
    if (payload.length < 4)
      return refused('NotAHello', `the first frame has ${String(payload.length)} bytes, it is no Hello`);
    const version = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
    if (version !== own.protocolVersion)
      return refused(
        'OtherProtocol',
        `it speaks network protocol ${String(version)}, this node ${String(own.protocolVersion)}: upgrade the older one`,
      );
    const hello = decode(helloCodec)(payload);
    if (E.isLeft(hello)) return refused('NotAHello', `its first frame is no Hello: ${hello.left.message}`);
    if (hello.right.genesisHash !== own.genesisHash)
      return refused(
        'OtherGenesis',
        `it runs the chain with genesis ${hello.right.genesisHash}, this node ${own.genesisHash}: both need the same genesis file`,
      );
    return hello;
  };
