import fc from 'fast-check';
import { parametersHashOf } from '@zhtp/chain';
import type { ChainParameters, Hash } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { stillRemembered, type PastHeader } from '../../src/state-sync/restored-state.ts';
import { blockAt, GENESIS, stateAt, VALIDATORS } from '../support/genesis.ts';
import { frozen } from '../../src/height/frozen-set.ts';

const aged = (seconds: number): ChainParameters => ({
  ...GENESIS.parameters,
  consensus: { ...GENESIS.parameters.consensus, blockTime: 1n },
  evidenceAgeMs: BigInt(seconds) * 1_000n,
});

describe('what a node that joins remembers of past heights', () => {
  test('is what one that executed every block remembers, however evidence age and pace changed', () => {
    const step = fc.record({ seconds: fc.integer({ min: 1, max: 12 }), waitMs: fc.integer({ min: 1, max: 4_000 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const executed = createPastHeights(createKeptSets());
        const byHash = new Map<Hash, ChainParameters>();
        const headers: PastHeader[] = [];
        let time = GENESIS.genesisTime;
        let inForce = aged(6);
        for (const [i, { seconds, waitMs }] of steps.entries()) {
          const height = BigInt(i + 1);
          time += BigInt(waitMs);
          byHash.set(parametersHashOf(inForce), inForce);
          const after = i % 5 === 4 ? aged(seconds) : inForce;
          headers.push({
            height,
            time,
            validatorsHash: frozen(VALIDATORS).hash,
            parametersHash: parametersHashOf(inForce),
            evidence: [],
          });
          executed.record({ ...stateAt(height - 1n), parameters: inForce }, blockAt(height), {
            ...stateAt(height),
            time,
            parameters: after,
          });
          inForce = after;
        }
        const remembered = stillRemembered(headers, parametersHashOf(inForce), (hash) => byHash.get(hash) ?? inForce);
        expect(remembered[0]?.height).toBe(executed.bounds()?.oldest);
        expect(remembered.at(-1)?.height).toBe(executed.bounds()?.newest);
      }),
    );
  });
});
