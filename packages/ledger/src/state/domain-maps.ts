import { either as E } from 'fp-ts';
import type { ChainDomains } from '../chain-domains.ts';
import { CHAIN_MAPS, CHAIN_SCALARS } from './chain-maps.ts';
import { GOVERNANCE_MAPS, GOVERNANCE_SCALARS } from './governance-maps.ts';
import type { Scalar } from './map-kinds.ts';
import { within, type NamedMap } from './named-map.ts';
import { scalarMap } from './scalar-map.ts';
import { STAKING_MAPS, STAKING_SCALARS } from './staking-maps.ts';

const scalarsWithin = <S, Part>(
  scalars: readonly Scalar<Part>[],
  get: (state: S) => Part,
  set: (state: S, part: Part) => S,
): readonly Scalar<S>[] =>
  scalars.map((each) => ({
    ...each,
    read: (state: S) => each.read(get(state)),
    isUntouched: (before: S, after: S) => each.isUntouched(get(before), get(after)),
    load: (state: S, value: Uint8Array) => E.map((part: Part) => set(state, part))(each.load(get(state), value)),
  }));

const ofStaking = (state: ChainDomains): ChainDomains['staking'] => state.staking;
const withStaking = (state: ChainDomains, staking: ChainDomains['staking']): ChainDomains => ({ ...state, staking });
const ofGovernance = (state: ChainDomains): ChainDomains['governance'] => state.governance;
const withGovernance = (state: ChainDomains, governance: ChainDomains['governance']): ChainDomains => ({
  ...state,
  governance,
});

/**
 * Every map of the domains, in the order in which they are loaded: scalars first, then what others refer to. The maps of
 * accounts and their keys stand beside: they are tries themselves.
 */
export const DOMAIN_MAPS: readonly NamedMap<ChainDomains>[] = [
  scalarMap<ChainDomains>('meta', [
    ...scalarsWithin(STAKING_SCALARS, ofStaking, withStaking),
    ...scalarsWithin(GOVERNANCE_SCALARS, ofGovernance, withGovernance),
    ...CHAIN_SCALARS,
  ]),
  ...STAKING_MAPS.map(within(ofStaking, withStaking)),
  ...GOVERNANCE_MAPS.map(within(ofGovernance, withGovernance)),
  ...CHAIN_MAPS,
];
