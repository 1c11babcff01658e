import { CHAIN_PARAMETERS } from '@zhtp/dao';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { ledgerParametersCodec, type LedgerState } from '@zhtp/ledger';
import {
  array,
  chainParametersCodec,
  difficultyConfigCodec,
  identityCodec,
  option,
  struct,
  text,
  u32,
  u64,
  type ChainParameters,
  type Codec,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';

const NAME_BYTES_MAX = 64;
const GOVERNED_MAX = 256;
const ALLOWED_MAX = 1_000_000;
// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const allowListCodec: Codec<Option<readonly IdentityId[]>> = option(array(identityCodec, ALLOWED_MAX));

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
  /** Who may register as a validator, in order; none where everybody may. */
  allowList: allowListCodec,
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
    allowList: O.map((allowed: ReadonlySet<IdentityId>) => [...allowed].sort())(O.fromNullable(staking.rules.allowed)),
    epoch: staking.epoch,
  };
};
