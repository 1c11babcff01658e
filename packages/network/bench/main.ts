// CPU of one message from sender to receiver, both in this process, over loopback TCP with Noise and Yamux:
// on a direct stream, and through gossipsub. The ratio is what counts; the machine decides the rest.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { either as E, option as O } from 'fp-ts';
import { filter, firstValueFrom } from 'rxjs';
import { hash, type PeerId } from '@zhtp/types';
import { createLibp2pNetwork, generatePeerKey, type LibP2pNetwork } from '@zhtp/network/node';

const MESSAGE_BYTES = 3_400;
const MESSAGES = 4_000;
/** Messages on their way at once: a round's worth of votes passed on together, not a flood. */
const IN_FLIGHT = 100;

const right = <A>(either: E.Either<unknown, A>): A => {
  assert(E.isRight(either), JSON.stringify(either));
  return either.right;
};

const start = async (persistentPeers: readonly string[]): Promise<LibP2pNetwork> => {
  const network = right(
    await createLibp2pNetwork({
      genesisHash: right(hash('ab'.repeat(32))),
      nodeRole: 'full',
      privateKey: await generatePeerKey(),
      persistentPeers,
      consensusKey: () => O.none,
      verifier: { concurrency: 1, verify: (_check, done) => setImmediate(done, 'invalid') },
    })(),
  );
  right(await network.start());
  return network;
};

const connected = (network: LibP2pNetwork, peer: PeerId): Promise<unknown> =>
  firstValueFrom(network.peers$.pipe(filter((event) => event._tag === 'Connected' && event.peer === peer)));

/** CPU milliseconds per message of user and system time; every message differs, as votes do. */
const measure = async (
  count: number,
  inFlight: number,
  send: (message: Uint8Array) => void,
  arrived: () => number,
): Promise<number> => {
  const progress = new EventTarget();
  const before = process.cpuUsage();
  const from = arrived();
  for (let sent = 0; sent < count;) {
    for (; sent < count && sent - (arrived() - from) < inFlight; sent++) {
      const message = new Uint8Array(MESSAGE_BYTES).fill(sent & 0xff);
      new DataView(message.buffer).setFloat64(0, Math.random());
      send(message);
    }
    setImmediate(() => progress.dispatchEvent(new Event('turn')));
    await once(progress, 'turn');
  }
  while (arrived() - from < count) {
    setImmediate(() => progress.dispatchEvent(new Event('turn')));
    await once(progress, 'turn');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / count;
};

const a = await start([]);
const b = await start([...a.multiaddrs()]);
await Promise.all([connected(a, b.peerId), connected(b, a.peerId)]);
while (a.gossipListeners('transactions') === 0) await new Promise(setImmediate);

let onStream = 0;
let byGossip = 0;
b.inbound$.subscribe(() => void (onStream += 1));
b.gossip$.subscribe(({ judge }) => {
  byGossip += 1;
  judge('accept');
});

const stream = (count: number, inFlight: number): Promise<number> =>
  measure(
    count,
    inFlight,
    (message) => a.send(b.peerId, message),
    () => onStream,
  );
const gossip = (count: number, inFlight: number): Promise<number> =>
  measure(
    count,
    inFlight,
    (message) => a.publish('transactions', message),
    () => byGossip,
  );

await stream(2_000, IN_FLIGHT);
await gossip(1_000, IN_FLIGHT);
console.log(`one message of ${String(MESSAGE_BYTES)} bytes between two peers, sender and receiver together, CPU`);
for (const [how, inFlight] of [
  ['one at a time', 1],
  [`${String(IN_FLIGHT)} on their way`, IN_FLIGHT],
] as const) {
  const streamMs = await stream(MESSAGES, inFlight);
  const gossipMs = await gossip(MESSAGES / 2, inFlight);
  console.log(
    `  ${how.padEnd(16)} stream ${streamMs.toFixed(3)} ms, gossipsub ${gossipMs.toFixed(3)} ms: ${(gossipMs / streamMs).toFixed(1)} × the stream`,
  );
}
await Promise.all([a.stop(), b.stop()]);
