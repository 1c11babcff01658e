import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitCertificate, decision } from '@zhtp/bft';
import { Network } from './support/network.ts';
import { TestNode } from './support/node.ts';
import { fullOptions, paperOptions } from './support/world.ts';

const seed = fc.integer({ min: 0, max: 0xffff_ffff });
const options = fc.constantFrom(paperOptions, { raiseValidOnOldPolka: true, endStepEarly: false }, fullOptions);

/** Long enough for several rounds with lost messages. */
const badActions = 400;
const goodActionsMax = 20_000;

describe('four validators on one height', () => {
  test('with one crashing at a time and lost, late and reordered messages agree, and decide once the network is good', () => {
    fc.assert(
      fc.property(seed, options, fc.integer({ min: 0, max: 60 }), (networkSeed, coreOptions, lossPercent) => {
        const network = new Network({
          seed: networkSeed,
          options: coreOptions,
          byzantine: [],
          lossPercent,
          crashes: 1,
        });
        network.misbehave(badActions);
        expect(network.decidedValues().length).toBeLessThanOrEqual(1);
        network.behave(goodActionsMax);
        expect(network.breaches).toEqual([]);
        expect(network.allDecided()).toBe(true);
        expect(network.decidedValues()).toHaveLength(1);
        expect([...network.accused]).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('with one that lies agree, accuse nobody else, and decide once the network is good', () => {
    fc.assert(
      fc.property(
        seed,
        options,
        fc.constantFrom('v1', 'v2', 'v3', 'v4'),
        fc.integer({ min: 0, max: 40 }),
        (networkSeed, coreOptions, liar, lossPercent) => {
          const network = new Network({
            seed: networkSeed,
            options: coreOptions,
            byzantine: [liar],
            lossPercent,
            crashes: 0,
          });
          network.misbehave(badActions);
          expect(network.decidedValues().length).toBeLessThanOrEqual(1);
          network.behave(goodActionsMax);
          expect(network.breaches).toEqual([]);
          expect(network.allDecided()).toBe(true);
          expect(network.decidedValues()).toHaveLength(1);
          expect([...network.accused].filter((id) => id !== liar)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('with two that lie can be split: the check above is able to fail, and the votes convict both liars', () => {
    const split = (self: string, value: string): TestNode => {
      const node = new TestNode(self);
      node.proposal('v2', value);
      node.prevotes(value, 0, 'v1', 'v2');
      node.precommits(value, 0, 'v1', 'v2');
      return node;
    };
    const v3 = split('v3', 'a');
    const v4 = split('v4', 'b');
    expect([decision(v3.state)?.value, decision(v4.state)?.value]).toEqual(['a', 'b']);
    const certificate = commitCertificate(v4.state);
    const evidence = v3.all(
      'Evidence',
      certificate === null ? [] : v3.give({ _tag: 'CertificateReceived', certificate }),
    );
    const culprits = evidence.map((found) =>
      found.evidence._tag === 'Equivocation' ? found.evidence.second.vote.voter : '',
    );
    expect(culprits).toEqual(['v1', 'v2']);
  });
});
