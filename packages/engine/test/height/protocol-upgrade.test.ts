import { expect, test } from 'vitest';
import { missingProtocol, protocolAt } from '../../src/height/protocol-upgrade.ts';

const upgrades = [
  { height: 5n, protocol: 2 },
  { height: 9n, protocol: 4 },
];

test('a height runs on the protocol of the last upgrade at or below it', () => {
  expect([1n, 4n, 5n, 8n, 9n, 100n].map((height) => protocolAt({ upgrades }, height))).toEqual([1, 1, 2, 2, 4, 4]);
  expect(protocolAt({ upgrades: [] }, 7n)).toBe(1);
});

test('only heights of spoken protocols are begun', () => {
  expect(missingProtocol({ upgrades }, 4n, [1])).toBeUndefined();
  expect(missingProtocol({ upgrades }, 8n, [1, 2])).toBeUndefined();
  expect(missingProtocol({ upgrades }, 5n, [1])).toContain('height 5 runs on protocol 2, this version speaks 1:');
  expect(missingProtocol({ upgrades }, 9n, [1, 2])).toContain('height 9 runs on protocol 4, this version speaks 1, 2:');
});
