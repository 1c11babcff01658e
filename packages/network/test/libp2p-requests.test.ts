import { either as E, option as O } from 'fp-ts';
import { afterEach, describe, expect, test } from 'vitest';
import { type LibP2pNetwork } from '@zhtp/network/node';
import { type PeerId, type RequestError } from '@zhtp/types';
import { connectTwo, numbered, numberOf, right, saying, stopAll, until } from './libp2p-fixture.ts';

afterEach(stopAll);

const ask = (network: LibP2pNetwork, peer: PeerId, payload: Uint8Array): Promise<E.Either<RequestError, Uint8Array>> =>
  new Promise((resolve) => network.request(peer, payload, resolve));

describe('requests', () => {
  test('one below, at and above the size limits', async () => {
    const limits = { requestBytesMax: 100, responseBytesMax: 1_000 };
    const [{ network: a }, { network: b }] = await connectTwo({ limits }, { limits });
    b.requests$.subscribe(({ payload, respond }) => respond(O.some(new Uint8Array(numberOf(payload)))));
    const sizes = async (request: number, response: number): Promise<number | string> => {
      const answer = await ask(a, b.peerId, numbered(response, request));
      return E.isRight(answer) ? answer.right.length : answer.left.message;
    };
    expect(await sizes(99, 999)).toBe(999);
    expect(await sizes(100, 1_000)).toBe(1_000);
    expect(await sizes(101, 1)).toContain('the request was not sent');
    expect(await sizes(100, 1_001)).toContain('refused');
    expect(await sizes(100, 0)).toContain('refused');
    expect(a.peers().length).toBe(1);
  });

  test('a large answer arrives whole', async () => {
    const [{ network: a }, { network: b }] = await connectTwo();
    b.requests$.subscribe(({ respond }) => respond(O.some(new Uint8Array(8 * 1024 * 1024).fill(3))));
    const answer = right(await ask(a, b.peerId, Uint8Array.of(1)));
    expect([answer.length, answer.at(0), answer.at(-1)]).toEqual([8 * 1024 * 1024, 3, 3]);
  });

  test('no more than the limit are in progress per peer; the next is refused at once', async () => {
    const limits = { requestsPerPeerMax: 2 };
    const [{ network: a }, { network: b }] = await connectTwo({ limits }, { limits });
    const held: (() => void)[] = [];
    b.requests$.subscribe(({ payload, respond }) => held.push(() => respond(O.some(payload))));
    const first = [1, 2].map((n) => ask(a, b.peerId, Uint8Array.of(n)));
    expect(await ask(a, b.peerId, Uint8Array.of(3))).toMatchObject({
      left: { message: saying('2 requests in progress') },
    });
    await until(() => held.length === 2, 'two requests');
    for (const respond of held) respond();
    expect((await Promise.all(first)).every(E.isRight)).toBe(true);
    expect(b.counters().requestsServed).toBe(2);
  });

  test('one without an answer ends at its time, or when the peer goes', async () => {
    const [{ network: a }, { network: b }] = await connectTwo({ limits: { requestMs: 100 } });
    b.requests$.subscribe(() => undefined);
    expect(await ask(a, b.peerId, Uint8Array.of(1))).toMatchObject({
      left: { message: saying('100 ms') },
    });
    const [{ network: c }, { network: d }] = await connectTwo();
    d.requests$.subscribe(() => void d.stop());
    expect((await ask(c, d.peerId, Uint8Array.of(1)))._tag).toBe('Left');
  });
});
