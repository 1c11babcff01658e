import { CHAIN_PARAMETERS } from '@zhtp/dao';
import { ledgerParametersCodec, type LedgerState } from '@zhtp/ledger';
import {
  array,
  chainParametersCodec,
  difficultyConfigCodec,
  struct,
  text,
  u32,
  u64,
  type ChainParameters,
  type TypeOf,
} from '@zhtp/types';

const NAME_BYTES_MAX = 64;
const GOVERNED_MAX = 256;

/** The answer of GET /parameters: what the next height runs by. */
export const parametersAnswerCodec = struct('ParametersAnswer', {
  ledger: ledgerParametersCodec,
  chain: chainParametersCodec,
  /** Everything else that governance can move, by name (`@zhtp/dao`, CHAIN_PARAMETERS), as decided. */
  governed: array(struct('GovernedParameter', { name: text(NAME_BYTES_MAX), value: u64 }), GOVERNED_MAX),
  difficulty: struct('DifficultyAnswer', {
    /** Compact, of the next block. */
    bits: u32,
    policy: difficultyConfigCodec,
  }),
  /** The boundary is block `start + length`. */
  epoch: struct('EpochAnswer', { start: u64, length: u64 }),
});
export type ParametersAnswer = TypeOf<typeof parametersAnswerCodec>;

export const parametersOf = (state: LedgerState, chain: ChainParameters): ParametersAnswer => {
  const { governance, difficulty, staking } = state;
  const values = new Map<string, bigint>(Object.entries(CHAIN_PARAMETERS).map(([name, row]) => [name, row.initial]));
  for (const [name, value] of governance.chainParameters) values.set(name, value);
  return {
    ledger: state.parameters,
    chain,
    governed: [...values].map(([name, value]) => ({ name, value })),
    difficulty: { bits: difficulty.bits, policy: governance.difficulty },
    epoch: staking.epoch,
  };
};
