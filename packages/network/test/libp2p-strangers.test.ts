import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeFrame, encodeHello } from '@zhtp/network';
import {
  connectTwo,
  event,
  GENESIS,
  identity,
  OTHER_GENESIS,
  right,
  startNetwork,
  startStranger,
  stopAll,
  toyKeys,
  until,
} from './libp2p-fixture.ts';

afterEach(stopAll);

describe('the handshake', () => {
  test('turns away another chain, and both sides say why in one line', async () => {
    const a = await startNetwork();
    const b = await startNetwork({ genesisHash: OTHER_GENESIS, persistentPeers: [a.address] });
    const says = ({ lines }: { readonly lines: readonly string[] }): boolean =>
      lines.some((line) => line.includes('both need the same genesis file') && !line.includes('\n'));
    await until(() => says(a) && says(b), 'both to name the genesis');
    expect([a.network.peers(), b.network.peers()]).toEqual([[], []]);
    expect(a.network.counters().handshakesRefused).toBeGreaterThan(0);
  });

  test('turns away whoever comes when all places are taken, wanted peers excepted', async () => {
    const [a] = await connectTwo({ peersMax: 1 });
    const c = await startNetwork({ persistentPeers: [a.address] });
    await until(() => a.lines.some((line) => line.includes('all 1 places are taken')), 'the third to be turned away');
    await until(() => c.network.peers().length === 0, 'the third to be without a peer');
    expect(a.network.peers().length).toBe(1);

    const [d, e] = [await startNetwork(), await startNetwork()];
    const wants = await startNetwork({ peersMax: 1, persistentPeers: [d.address, e.address] });
    await until(() => wants.network.peers().length === 2, 'both that it wants, in spite of its one place');
  });

  test('gives up on a peer that never says Hello', async () => {
    const silent: { fire: (() => void) | undefined } = { fire: undefined };
    const a = await startNetwork({
      timers: {
        start: (afterMs, fire) => {
          if (afterMs === 1_234) silent.fire ??= fire;
          return () => undefined;
        },
      },
      limits: { handshakeMs: 1_234 },
    });
    const stranger = await startStranger(a.address);
    await until(() => silent.fire !== undefined, 'a link that waits for its Hello');
    silent.fire?.();
    await until(() => a.lines.some((line) => line.includes('no Hello within 1234 ms')), 'the timeout');
    expect(a.network.counters().handshakesTimedOut).toBe(1);
    await stranger.stop();
  });
});

describe('a hostile peer', () => {
  const bytesOnDirectStream = async (
    bytes: Uint8Array,
  ): Promise<{ readonly lines: readonly string[]; readonly bans: number }> => {
    const a = await startNetwork();
    const stranger = await startStranger(a.address);
    const stream = await stranger.open('/zhtp/consensus/1');
    const closed = new Promise((resolve) => stream.addEventListener('close', resolve));
    stream.send(bytes);
    await closed;
    await until(() => a.lines.some((line) => line.includes('disconnected')), 'the disconnection');
    await stranger.stop();
    expect(a.network.peers()).toEqual([]);
    return { lines: a.lines, bans: a.network.counters().bans };
  };

  test('that announces an oversized frame is disconnected and banned before a byte of it is stored', async () => {
    const { lines, bans } = await bytesOnDirectStream(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1));
    expect(lines.join('\n')).toContain('4294967295 payload bytes is over the limit');
    expect(bans).toBe(1);
  });

  test('that is not admitted yet may send a Hello and nothing larger', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0x20, 1, 1));
    expect(lines.join('\n')).toContain('8193 payload bytes is over the limit of 8192');
  });

  test('that speaks another frame version is disconnected', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0, 1, 9, 0));
    expect(lines.join('\n')).toContain('frame version 9');
  });

  test('that begins with anything but a Hello is turned away', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0, 6, 1, 0, 0, 0, 1, 7, 7));
    expect(lines.join('\n')).toContain('its first frame is no Hello');
  });

  test('that misbehaves is disconnected, stays out for the ban, and the rest stays connected', async () => {
    const [a, b] = await connectTwo();
    const c = await startNetwork({ persistentPeers: [a.address] });
    await event(a.network, 'Connected', c.network.peerId);
    const gone = event(a.network, 'Disconnected', b.network.peerId);
    for (let i = 0; i < 4; i++) a.network.report(b.network.peerId, 'bad-signature');
    await gone;
    await until(
      () => b.network.counters().dialsFailed + b.network.counters().dials > 1,
      'another attempt of the banned peer',
    );
    expect(a.network.peers().map(({ peer }) => peer)).toEqual([c.network.peerId]);
    expect(a.network.counters()).toMatchObject({ offences: 4, bans: 1 });
  });
});

describe('bytes of no meaning', () => {
  test('on any of the streams leave the node as it was', async () => {
    const a = await startNetwork({ consensusKey: toyKeys([identity(1)]) });
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), { numRuns: 30, seed: 3 });
    const hello = encodeHello({
      protocolVersion: 1,
      genesisHash: GENESIS,
      nodeRole: 'full',
      session: new Uint8Array(16),
      listenAddresses: [],
    });
    for (const protocol of ['/zhtp/consensus/1', '/zhtp/sync/1', '/zhtp/announce/1']) {
      const stranger = await startStranger(a.address);
      const direct = await stranger.open('/zhtp/consensus/1');
      direct.send(right(encodeFrame(hello)));
      await until(() => a.network.peers().length === 1, 'the stranger to be admitted');
      for (const bytes of noise) {
        try {
          const stream = protocol === '/zhtp/consensus/1' ? direct : await stranger.open(protocol);
          stream.send(bytes);
        } catch {
          break; // banned by now
        }
      }
      await until(() => a.network.peers().length === 0, 'the stranger to be banned');
      await stranger.stop();
    }
    expect(a.network.counters().bans).toBe(3);
    const b = await startNetwork({ persistentPeers: [a.address] });
    await event(a.network, 'Connected', b.network.peerId);
    expect(a.network.peers().map(({ peer }) => peer)).toEqual([b.network.peerId]);
  });
});
