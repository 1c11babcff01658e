import { afterEach, describe, expect, test } from 'vitest';
import { peerId } from '@zhtp/types';
import { createMemoryHub, networkCompliance, type ComplianceCase, type NetworkPair } from '@zhtp/network';
import { connectTwo, right, stopAll, until } from './libp2p-fixture.ts';

afterEach(stopAll);

const statements = (cases: readonly ComplianceCase[]): void => {
  test.each(cases)('$title', ({ run }) => expect(run()).resolves.toBeUndefined());
};

describe('the in-memory network', () => {
  statements(
    networkCompliance(async (): Promise<NetworkPair> => {
      const hub = createMemoryHub(setImmediate);
      const [a, b] = [hub.join(right(peerId('a'))), hub.join(right(peerId('b')))];
      const close = async (): Promise<void> => {
        a.leave();
        b.leave();
      };
      return { a, b, peerA: a.peer, peerB: b.peer, gossipReady: async () => undefined, close };
    }),
  );
});

describe('the libp2p network', () => {
  statements(
    networkCompliance(async (): Promise<NetworkPair> => {
      const [{ network: a }, { network: b }] = await connectTwo();
      return {
        a,
        b,
        peerA: a.peerId,
        peerB: b.peerId,
        gossipReady: () => until(() => a.gossipListeners('evidence') > 0, 'a listener to evidence'),
        close: async () => {
          await Promise.all([a.stop(), b.stop()]);
        },
      };
    }),
  );
});
