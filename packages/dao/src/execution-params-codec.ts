import {
  CHAIN_PARAMETER_NAME_BYTES_MAX,
  daoExecutionParamsCodec,
  encode,
  EXECUTION_PARAMS_BYTES_MAX,
  found,
  GOVERNANCE_UPDATES_MAX,
  hash,
  serializationError,
  type ConsensusResult,
  type DaoExecutionAction,
  type DaoExecutionParams,
  type GovernanceParameterValue,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { BincodeFault, BincodeReader, BincodeWriter } from './bincode.ts';

type Scalar = 'u8' | 'u32' | 'u64' | 'f64' | 'bool';
type ParameterTag = GovernanceParameterValue['_tag'];

/** Variants of GovernanceParameterValue by their bincode index: the reference's order, then what was appended. */
const PARAMETERS: readonly (readonly [tag: ParameterTag, scalar: Scalar])[] = [
  ['MinStake', 'u64'],
  ['MinStorage', 'u64'],
  ['MaxValidators', 'u32'],
  ['BlockTime', 'u64'],
  ['ProposeTimeout', 'u64'],
  ['PrevoteTimeout', 'u64'],
  ['PrecommitTimeout', 'u64'],
  ['MaxTransactionsPerBlock', 'u32'],
  ['MaxDifficulty', 'u64'],
  ['TargetDifficulty', 'u64'],
  ['ByzantineThreshold', 'f64'],
  ['SlashDoubleSign', 'u8'],
  ['SlashLiveness', 'u8'],
  ['DevelopmentMode', 'bool'],
  ['BlockchainInitialDifficulty', 'u32'],
  ['BlockchainAdjustmentInterval', 'u64'],
  ['BlockchainTargetTimespan', 'u64'],
  ['EpochLengthBlocks', 'u64'],
  ['ChainParameter', 'u64'],
];

const INDEX_OF = new Map<ParameterTag, number>(PARAMETERS.map(([tag], index) => [tag, index]));

/** A variant index and the shortest value, one byte. */
const UPDATE_BYTES_MIN = 5;
const BUDGET_LINE_BYTES_MAX = 32;

const writeUpdate = (writer: BincodeWriter, update: GovernanceParameterValue): void => {
  const index = INDEX_OF.get(update._tag);
  if (index === undefined) throw new BincodeFault(`GovernanceParameterValue has no variant ${found(update._tag)}`);
  writer.u32(index);
  switch (update._tag) {
    case 'MaxValidators':
    case 'MaxTransactionsPerBlock':
    case 'BlockchainInitialDifficulty':
      return writer.u32(update.value);
    case 'SlashDoubleSign':
    case 'SlashLiveness':
      return writer.u8(update.value);
    case 'ByzantineThreshold':
      return writer.f64(update.value);
    case 'DevelopmentMode':
      return writer.bool(update.value);
    case 'ChainParameter':
      writer.text(update.name);
      return writer.u64(update.value);
    case 'MinStake':
    case 'MinStorage':
    case 'BlockTime':
    case 'ProposeTimeout':
    case 'PrevoteTimeout':
    case 'PrecommitTimeout':
    case 'MaxDifficulty':
    case 'TargetDifficulty':
    case 'BlockchainAdjustmentInterval':
    case 'BlockchainTargetTimespan':
    case 'EpochLengthBlocks':
      return writer.u64(update.value);
  }
};

const hashOf = (identity: IdentityId) => {
  const bytes = hash(identity);
  if (E.isLeft(bytes)) throw new BincodeFault(bytes.left);
  return bytes.right;
};

const writeAction = (writer: BincodeWriter, action: DaoExecutionAction): void => {
  switch (action._tag) {
    case 'GovernanceParameterUpdate':
      writer.u32(0);
      writer.u64(BigInt(action.updates.length));
      return action.updates.forEach((update) => writeUpdate(writer, update));
    case 'TreasuryPayment':
      writer.u32(1);
      writer.hash(hashOf(action.recipient));
      writer.u64(action.amount);
      return writer.text(action.budgetLine);
    case 'CancelProposal':
      writer.u32(2);
      return writer.hash(action.proposalId);
  }
};

const readScalar = (reader: BincodeReader, scalar: Scalar): unknown => {
  switch (scalar) {
    case 'u8':
      return reader.u8();
    case 'u32':
      return reader.u32();
    case 'u64':
      return reader.u64();
    case 'f64':
      return reader.f64();
    case 'bool':
      return reader.bool();
  }
};

const readUpdate = (reader: BincodeReader): unknown => {
  const index = reader.u32();
  const [tag, scalar] = PARAMETERS[index] ?? [];
  if (tag === undefined || scalar === undefined)
    throw new BincodeFault(`GovernanceParameterValue has no variant ${String(index)}`);
  if (tag !== 'ChainParameter') return { _tag: tag, value: readScalar(reader, scalar) };
  const name = reader.text(CHAIN_PARAMETER_NAME_BYTES_MAX);
  return { _tag: tag, name, value: readScalar(reader, scalar) };
};

const readUpdates = (reader: BincodeReader): readonly unknown[] => {
  const count = reader.count('updates', GOVERNANCE_UPDATES_MAX, UPDATE_BYTES_MIN);
  return Array.from({ length: count }, () => readUpdate(reader));
};

const readAction = (reader: BincodeReader): unknown => {
  const variant = reader.u32();
  switch (variant) {
    case 0:
      return { _tag: 'GovernanceParameterUpdate', updates: readUpdates(reader) };
    case 1:
      return {
        _tag: 'TreasuryPayment',
        recipient: reader.hash(),
        amount: reader.u64(),
        budgetLine: reader.text(BUDGET_LINE_BYTES_MAX),
      };
    case 2:
      return { _tag: 'CancelProposal', proposalId: reader.hash() };
    default:
      throw new BincodeFault(`DaoExecutionAction has no variant ${String(variant)}`);
  }
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : 'refused');

/** Why a value is no DaoExecutionParams, in the words of its declaration; undefined when it is one. */
const misfit = (params: DaoExecutionParams): string | undefined => {
  try {
    encode(daoExecutionParamsCodec)(params);
    return undefined;
  } catch (cause) {
    return messageOf(cause);
  }
};

/**
 * Bytes of execution parameters as a proposal carries them, byte for byte those of Rust's bincode 1.x
 * (economics.md, Governance: Encoding). SerializationError for a value outside its type.
 */
export const encodeExecutionParams = (params: DaoExecutionParams): ConsensusResult<Uint8Array> => {
  const wrong = misfit(params);
  if (wrong !== undefined) return E.left(serializationError(wrong));
  const writer = new BincodeWriter(EXECUTION_PARAMS_BYTES_MAX);
  writeAction(writer, params.action);
  return E.right(writer.written());
};

/**
 * Reads what {@link encodeExecutionParams} wrote and nothing else. SerializationError for trailing bytes, unknown
 * variants, booleans other than 0 and 1, floats that are not finite or −0, counts beyond the input, names out of form.
 * Ranges are judged when a proposal is created and again when it is executed, not here.
 */
export const decodeExecutionParams = (bytes: Uint8Array): ConsensusResult<DaoExecutionParams> => {
  if (!(bytes instanceof Uint8Array))
    return E.left(serializationError(`execution parameters are bytes, got ${found(bytes)}`));
  if (bytes.length > EXECUTION_PARAMS_BYTES_MAX)
    return E.left(
      serializationError(
        `execution parameters of ${String(bytes.length)} bytes are over the limit of ${String(EXECUTION_PARAMS_BYTES_MAX)}`,
      ),
    );
  try {
    const reader = new BincodeReader(bytes);
    const params: unknown = { action: readAction(reader) };
    if (reader.left() > 0) throw new BincodeFault(`${String(reader.left())} bytes follow the end of the value`);
    return daoExecutionParamsCodec.json.is(params)
      ? E.right(params)
      : E.left(serializationError('execution parameters hold a budget line or a text out of form'));
  } catch (cause) {
    return E.left(serializationError(`execution parameters: ${messageOf(cause)}`));
  }
};
