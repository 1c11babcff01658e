import { invalidParameters } from '@zhtp/chain';
import type { GovernancePorts, GovernedParameters } from '@zhtp/dao';
import { remainingUnder } from '@zhtp/validators';
import type { ChainDomains } from '../chain-domains.ts';
import type { WorkingState } from '../working-state.ts';
import { setAt } from './frozen-sets.ts';
import { governedParameters } from './governed.ts';
import { balanceOf } from './money.ts';

/** The largest set that has yet to sign: a lowered number of seats empties no more than a third of them in an epoch. */
const mostSigners = ({ staking, sets, previous }: ChainDomains): number =>
  Math.max(staking.members.length, setAt(sets, (previous?.height ?? 0n) + 1n).length);

/** What consensus itself asks of parameters, and of genesis too: that a block holds the certificate of its set. */
const refusedParameters = (
  domains: ChainDomains,
  { config, chainParameters }: Pick<GovernedParameters, 'config' | 'chainParameters'>,
): string | undefined => {
  const { governance, consensus, staking } = domains;
  const decided = governedParameters(consensus, { ...governance, configInForce: config, chainParameters });
  const maxValidators = Math.max(config.maxValidators, mostSigners(domains));
  const wrong = invalidParameters({ ...decided, consensus: { ...config, maxValidators } }, staking.rules.algorithm);
  return wrong === undefined ? undefined : `${wrong.path} ${wrong.reason}`;
};

/** What governance asks of the ledger around it; votes are signed with their transactions. */
export const governancePorts = (working: WorkingState): GovernancePorts => ({
  balanceOf: (identity) => balanceOf(working, identity),
  remainingValidators: (config) => remainingUnder(working.domains().staking, config),
  refusedParameters: (parameters) => refusedParameters(working.domains(), parameters),
});
