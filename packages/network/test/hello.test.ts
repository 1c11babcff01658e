import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeHello, HELLO_BYTES_MAX, judgeHello, type Hello } from '@zhtp/network';
import { GENESIS, OTHER_GENESIS, saying } from './libp2p-fixture.ts';

const hello: Hello = {
  protocolVersion: 1,
  genesisHash: GENESIS,
  nodeRole: 'validator',
  session: new Uint8Array(16),
  listenAddresses: ['/ip4/127.0.0.1/tcp/26656'],
};
const judge = judgeHello(hello);

test('a Hello of the same chain and protocol is admitted', () => {
  expect(judge(encodeHello(hello))).toEqual({ _tag: 'Right', right: hello });
});

test('another genesis is refused by name', () => {
  expect(judge(encodeHello({ ...hello, genesisHash: OTHER_GENESIS }))).toMatchObject({
    left: { _tag: 'OtherGenesis', message: saying(OTHER_GENESIS) },
  });
});

test('another protocol is refused by name, even when the rest of it is unreadable', () => {
  expect(judge(Uint8Array.of(0, 0, 0, 9, 255, 255))).toMatchObject({ left: { _tag: 'OtherProtocol' } });
  expect(judge(encodeHello({ ...hello, protocolVersion: 2 }))).toMatchObject({ left: { _tag: 'OtherProtocol' } });
});

test('hostile bytes are never admitted and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(judge(bytes)._tag).toBe('Left');
      expect(judge(Uint8Array.of(0, 0, 0, 1, ...bytes))._tag).toBe('Left');
    }),
  );
  const encoded = encodeHello(hello);
  for (let i = 0; i < encoded.length; i++) expect(judge(encoded.slice(0, i))._tag).toBe('Left');
  expect(judge(Uint8Array.of(...encoded, 0))._tag).toBe('Left');
});

test('the largest Hello fits the limit for strangers', () => {
  const largest = encodeHello({ ...hello, listenAddresses: Array.from({ length: 16 }, () => 'a'.repeat(256)) });
  expect(largest.length).toBeLessThan(HELLO_BYTES_MAX);
});
