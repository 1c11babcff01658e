import { taggedHash } from '@zhtp/crypto';
import { encode, u64 } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { domainEntries } from '../src/state/domain-rows.ts';
import { pathsRemembered } from '../src/trie-path.ts';
import { people, stakedChain, type NextBlock, type Person } from './support/staked-chain.ts';

const EPOCH = 10n;
/** Evidence, unbonding and jail all end within it. */
const WINDOW_SECONDS = 600n;
const SECONDS = 10n;
/** After so long a slash no longer counts against a validator (economics.md, Validators). */
const PARDON_SECONDS = 31n * 86_400n;
/** After two of them every window of the chain is full. */
const CYCLE = 120;

const person = (n: number): Person => {
  const found = people[n];
  if (found === undefined) throw new Error(`there is no person ${String(n)}`);
  return found;
};
const [steady, absentee, saver] = [person(0), person(3), person(6)];

/** Savers come and go, own stake changes, a validator is absent until it is jailed and slashed, and comes back. */
const contentOf = (n: number): NextBlock => {
  const messagesOf = (): NextBlock['messages'] => {
    switch (n) {
      case 1:
        return [[saver, { _tag: 'Delegate', validator: absentee.who, amount: 5_000_000n }]];
      case 3:
        return [[saver, { _tag: 'Delegate', validator: steady.who, amount: 2_000_000n }]];
      case 5:
        return [[steady, { _tag: 'RemoveStake', amount: 1_000_000n }]];
      case 6:
        return [[steady, { _tag: 'AddStake', amount: 1_000_000n }]];
      case 60:
        return [[saver, { _tag: 'Undelegate', validator: steady.who, amount: 2_000_000n }]];
      case 100:
        return [[absentee, { _tag: 'AddStake', amount: 50_000_000n }]];
      case 101:
        return [[absentee, { _tag: 'ReleaseFromJail' }]];
      default:
        return [];
    }
  };
  return { messages: messagesOf() ?? [], absent: n >= 10 && n < 20 ? [absentee] : [] };
};

/** Entries of each map. */
const sizesOf = (state: Parameters<typeof domainEntries>[0]): Readonly<Record<string, number>> => {
  const sizes: Record<string, number> = {};
  for (const [name, entries] of domainEntries(state)) sizes[name] = [...entries].length;
  return sizes;
};

describe('the state of a chain on which the same happens again and again', () => {
  const chain = stakedChain({
    config: { epochLengthBlocks: EPOCH },
    evidenceAgeMs: WINDOW_SECONDS * 1_000n,
    chainParameters: { signedBlocksWindow: 10n, livenessJailSeconds: 300n },
    previousIds: (height) => taggedHash('test/previous', encode(u64)(height)),
  });
  const slashed: bigint[] = [];
  const cycle = () => {
    for (let n = 0; n < CYCLE; n++) {
      const { events } = chain.next({ ...contentOf(n), seconds: n === 0 ? PARDON_SECONDS : SECONDS });
      for (const event of events) if (event._tag === 'ValidatorSlashed') slashed.push(event.taken);
    }
    return { sizes: sizesOf(chain.state()), paths: pathsRemembered() };
  };
  cycle();
  cycle();
  const early = cycle();
  const more = slashed.length;
  for (let times = 0; times < 6; times++) cycle();
  const late = cycle();

  test('has as many entries as before in every map, all windows being full', () => {
    const { 'treasury-history': _, ...before } = early.sizes;
    const { 'treasury-history': __, ...after } = late.sizes;
    expect(after).toEqual(before);
    expect(before['previous-ids']).toBe(Number(EPOCH) + 1);
  });

  test('has one more record of the treasury for each epoch, of which it keeps a thousand', () => {
    const grown = (late.sizes['treasury-history'] ?? 0) - (early.sizes['treasury-history'] ?? 0);
    expect(grown).toBe((7 * CYCLE) / Number(EPOCH));
  });

  test('remembers paths of no other entries', () => {
    expect(late.paths - early.paths).toBeLessThanOrEqual((7 * CYCLE) / Number(EPOCH));
  });

  test('remembers no slash that everybody was settled over', () => {
    expect(slashed.length).toBeGreaterThan(more);
    const pool = chain.state().accrual.pools.get(absentee.who);
    expect(pool).toMatchObject({ slashes: [], behind: 0, forgotten: slashed.length });
  });
});
