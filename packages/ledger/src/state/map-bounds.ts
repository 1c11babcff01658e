import { bytes, text } from '@zhtp/types';

/*
 * Bounds for decoders of what the state's maps are written into: rows, snapshots, exports, queries. They lie beyond what the
 * rules let grow; where one is met, the bytes are damaged or somebody's who means no good.
 */

/** Most maps of a state. */
export const MAPS_MAX = 64;

const NAME_BYTES_MAX = 32;
/** A consensus key of the widest scheme in hex. */
const KEY_BYTES_MAX = 8_192;
const VALUE_BYTES_MAX = 256 * 1024 * 1024;

/** Name of a map. */
export const mapNameCodec = text(NAME_BYTES_MAX);
/** Key of an entry, as text. */
export const entryKeyCodec = text(KEY_BYTES_MAX);
/** Canonical bytes of an entry's value. */
export const entryValueCodec = bytes(VALUE_BYTES_MAX);
