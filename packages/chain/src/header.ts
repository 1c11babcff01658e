import { createMerkleMemory, merkleProof, merkleRoot, taggedHashOf, verifyMerkleProof } from '@zhtp/crypto';
import {
  CHAIN_ID_BYTES_MAX,
  chainParametersCodec,
  commitCertificateCodec,
  consensusProofCodec,
  encode,
  encodeFor,
  evidenceCodec,
  hashCodec,
  headerCodec,
  identityCodec,
  struct,
  text,
  u32,
  u64,
  type ChainParameters,
  type Codec,
  type CommitCertificate,
  type ConsensusProof,
  type Evidence,
  type Hash,
  type Header,
} from '@zhtp/types';
import { remembered, rememberedLast } from './remembered.ts';

/** Name of a header's field: of a leaf of the block id. */
export type HeaderField = keyof Header;

/** The header's fields in declared order: the leaves of the block id. Their encodings in a row are the header's own. */
const FIELDS: { readonly [Field in HeaderField]: Codec<Header[Field]> } = {
  version: struct('HeaderVersion', { protocol: u32, app: u32 }),
  chainId: text(CHAIN_ID_BYTES_MAX),
  height: u64,
  time: u64,
  lastBlockId: hashCodec,
  lastCommitHash: hashCodec,
  dataHash: hashCodec,
  evidenceHash: hashCodec,
  proofHash: hashCodec,
  validatorsHash: hashCodec,
  nextValidatorsHash: hashCodec,
  parametersHash: hashCodec,
  difficultyBits: u32,
  appHash: hashCodec,
  resultsHash: hashCodec,
  proposer: identityCodec,
};

const isHeaderField = (name: string): name is HeaderField => Object.hasOwn(FIELDS, name);

/** Names of the header's fields in the order of their leaves. */
export const HEADER_FIELDS: readonly HeaderField[] = Object.keys(FIELDS).filter(isHeaderField);

const leafOf = <Field extends HeaderField>(header: Header, field: Field): Uint8Array =>
  encode(FIELDS[field])(header[field]);

const leavesOf = (header: Header): readonly Uint8Array[] => HEADER_FIELDS.map((field) => leafOf(header, field));

/** Fields that mostly say what they said in the block before: their leaves are kept, half of a header's. */
const STEADY: ReadonlySet<HeaderField> = new Set<HeaderField>([
  'version',
  'chainId',
  'dataHash',
  'evidenceHash',
  'validatorsHash',
  'nextValidatorsHash',
  'parametersHash',
  'difficultyBits',
  'resultsHash',
]);

/** A field of the header at hand. */
interface Leaf {
  readonly field: HeaderField;
  /** The field's bytes in {@link encoding} and the byte before them. */
  readonly preimage: Uint8Array;
  /** The same as it was hashed last; none for a field that is hashed each time. */
  readonly hashed: Uint8Array | undefined;
  /** What was hashed last. */
  value: unknown;
}

const ENCODING_BYTES_MAX = 1024;

/** The encoding of the header at hand, from the second byte on: one byte is free before the first field. */
const encoding = new Uint8Array(ENCODING_BYTES_MAX);

const leavesAt = (headerBytes: number): readonly Leaf[] => {
  const ofOtherFields = HEADER_FIELDS.reduce((sum, field) => sum + (FIELDS[field].bytes.size ?? 0), 0);
  let at = 0;
  return HEADER_FIELDS.map((field) => {
    const start = at;
    at += FIELDS[field].bytes.size ?? headerBytes - ofOtherFields;
    const preimage = encoding.subarray(start, at + 1);
    return {
      field,
      preimage,
      hashed: STEADY.has(field) ? new Uint8Array(preimage.length) : undefined,
      value: undefined,
    };
  });
};

const tree = createMerkleMemory(HEADER_FIELDS.length);

/** Of headers as long as the last one: those of one chain are. */
let leaves: readonly Leaf[] = [];
let leavesBytes = 0;

/** A string or number that was hashed last needs no look at its bytes, the first of which is of the field before. */
const isAsHashed = ({ preimage, hashed, value }: Leaf, now: unknown): boolean => {
  if (hashed === undefined || value === undefined) return false;
  if (value === now && typeof now !== 'object') return true;
  for (let i = 1; i < preimage.length; i++) if (preimage[i] !== hashed[i]) return false;
  return true;
};

const putLeaf = (leaf: Leaf, index: number, value: unknown): void => {
  if (isAsHashed(leaf, value)) return;
  tree.put(index, leaf.preimage);
  leaf.hashed?.set(leaf.preimage);
  leaf.value = value;
};

const writeHeaderFor = encodeFor(headerCodec);

const takeEncoding = (bytes: Uint8Array): void => {
  encoding.set(bytes, 1);
  if (bytes.length === leavesBytes) return;
  leavesBytes = bytes.length;
  leaves = leavesAt(leavesBytes);
};

/** The block id: Merkle root of the header's fields, each in its canonical bytes (protocol.md, Blocks). */
export const blockIdOf: (header: Header) => Hash = remembered((header) => {
  writeHeaderFor(header, takeEncoding);
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    if (leaf !== undefined) putLeaf(leaf, i, header[leaf.field]);
  }
  return tree.root();
});

/** Shows one field of a header to someone who knows the block id alone. */
export interface HeaderFieldProof<Field extends HeaderField> {
  readonly field: Field;
  readonly value: Header[Field];
  readonly path: readonly Hash[];
}

/** The proof that a field of this header has the value it has. */
export const headerFieldProof = <Field extends HeaderField>(header: Header, field: Field): HeaderFieldProof<Field> => ({
  field,
  value: header[field],
  path: merkleProof(leavesOf(header), HEADER_FIELDS.indexOf(field)).path,
});

/**
 * Whether the block with this id has this value in this field. Position and number of the leaves are the header's, never
 * the prover's word. A value outside its field's type is `'invalid'`.
 */
export const verifyHeaderField = <Field extends HeaderField>(
  blockId: Hash,
  proof: HeaderFieldProof<Field>,
): 'valid' | 'invalid' => {
  if (!FIELDS[proof.field].json.is(proof.value)) return 'invalid';
  return verifyMerkleProof({
    root: blockId,
    leaf: encode(FIELDS[proof.field])(proof.value),
    index: HEADER_FIELDS.indexOf(proof.field),
    size: HEADER_FIELDS.length,
    path: proof.path,
  });
};

/** `dataHash`: Merkle root of the transactions in order. */
export const dataHashOf = (transactions: readonly Uint8Array[]): Hash => merkleRoot(transactions);

const writeEvidence = encode(evidenceCodec);

/** `evidenceHash`: Merkle root of the evidence in order. */
export const evidenceHashOf = (evidence: readonly Evidence[]): Hash =>
  merkleRoot(evidence.map((item) => writeEvidence(item)));

/** `lastCommitHash`: of the certificate that a block carries for its parent, signatures included. */
export const commitHashOf: (certificate: CommitCertificate) => Hash = rememberedLast(
  taggedHashOf('zhtp/commit/v1', commitCertificateCodec),
);

/** `proofHash`: of the first proposer's consensus proof. */
export const proofHashOf: (proof: ConsensusProof) => Hash = rememberedLast(
  taggedHashOf('zhtp/proof/v1', consensusProofCodec),
);

/** `parametersHash`: of the parameters in force at a height. */
export const parametersHashOf: (parameters: ChainParameters) => Hash = remembered(
  taggedHashOf('zhtp/parameters/v1', chainParametersCodec),
);
