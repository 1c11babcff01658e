import { either as E } from 'fp-ts';
import type { PeerId, ProposalVerdict, SyncRequest, SyncResponse } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createSnapshotDownload } from '../../src/state-sync/snapshot-download.ts';
import { answeringPeers } from '../support/answering-peers.ts';
import { peerNamed } from '../support/context.ts';
import { hashNamed } from '../support/votes.ts';

const [A, B, LIAR, OTHER] = [peerNamed('a'), peerNamed('b'), peerNamed('liar'), peerNamed('other')];
const CHUNKS = 10;
const ACCEPT: ProposalVerdict = { _tag: 'Accept' };

/** An application that takes chunks of their own number, in order. */
const downloading = (names: readonly PeerId[], serve: (peer: PeerId, chunk: number) => number | undefined) => {
  const answer = (peer: PeerId, request: SyncRequest): SyncResponse | undefined => {
    const byte = request._tag === 'SnapshotChunk' ? serve(peer, request.chunk) : undefined;
    return byte === undefined ? undefined : { _tag: 'SnapshotChunk', bytes: Uint8Array.of(byte) };
  };
  const scene = answeringPeers([...names, OTHER], answer);
  const applied: number[] = [];
  const refused: number[] = [];
  const download = createSnapshotDownload(
    {
      snapshot: { height: 7n, format: 1, chunks: CHUNKS, hash: hashNamed('snapshot') },
      peers: new Set(names),
    },
    {
      peers: scene.peers,
      apply: (chunk, bytes) => (done) => {
        expect(chunk).toBe(applied.length);
        done(E.right(bytes[0] === chunk ? ACCEPT : { _tag: 'Reject', reason: 'not its bytes' }));
      },
      applied: (chunk) => applied.push(chunk),
      refused: (chunk) => refused.push(chunk),
    },
  );
  const answers: unknown[] = [];
  return {
    ...scene,
    applied,
    refused,
    answers,
    allButLast: (): void => {
      download.allButLast()((answer) => answers.push(answer));
    },
    last: (): void => {
      download.last()((answer) => answers.push(answer));
    },
    all: (): void => {
      download.allButLast()((first) => {
        answers.push(first);
        if (E.isRight(first)) download.last()((last) => answers.push(last));
      });
      scene.run();
    },
  };
};

const numbers = Array.from({ length: CHUNKS }, (_, i) => i);

describe('the chunks of a snapshot', () => {
  test('are applied in order, come from several peers at once, and from nobody who does not offer it', () => {
    const { all, applied, answers, asked, openMax } = downloading([A, B], (_peer, chunk) => chunk);
    all();
    expect(applied).toEqual(numbers);
    expect(answers).toEqual([E.right(undefined), E.right(undefined)]);
    expect(new Set(asked.map(({ peer }) => peer))).toEqual(new Set([A, B]));
    expect(openMax()).toBe(4);
    expect(asked).toHaveLength(CHUNKS);
  });

  test('wait with the last one until it is asked for, whenever it came', () => {
    const { allButLast, last, run, applied, asked } = downloading([A], (_peer, chunk) => chunk);
    allButLast();
    run();
    expect(applied).toEqual(numbers.slice(0, -1));
    expect(asked).toHaveLength(CHUNKS);
    last();
    expect(applied).toEqual(numbers);
  });

  test('come from others when one is silent', () => {
    const { all, applied, reports } = downloading([A, B], (peer, chunk) => (peer === A ? undefined : chunk));
    all();
    expect(applied).toEqual(numbers);
    expect(reports).toEqual([]);
  });

  test.each([
    [0, [LIAR, B]],
    [4, [LIAR, B]],
    [CHUNKS - 1, [B, LIAR]],
  ])('that are refused from number %i on cost who sent them its place, once', (bad, names) => {
    const { all, applied, reports, refused } = downloading(names, (peer, chunk) =>
      peer === LIAR && chunk >= bad ? 99 : chunk,
    );
    all();
    expect(applied).toEqual(numbers);
    expect(reports).toEqual(['liar: bad-snapshot']);
    expect(refused).toHaveLength(1);
  });

  test('fail when everybody who offers the snapshot lies', () => {
    const { all, answers, reports } = downloading([LIAR], (_peer, chunk) => (chunk === 3 ? 99 : chunk));
    all();
    expect(answers).toMatchObject([{ _tag: 'Left' }]);
    expect(reports).toEqual(['liar: bad-snapshot']);
  });
});
