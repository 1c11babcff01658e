import { either as E } from 'fp-ts';
import type { SyncRequest, SyncResponse } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { lie, unable, type Fault } from '../../src/state-sync/asked-peers.ts';
import { answeringPeers } from '../support/answering-peers.ts';
import { peerNamed } from '../support/context.ts';

const [A, B, C] = [peerNamed('a'), peerNamed('b'), peerNamed('c')];
const REQUEST: SyncRequest = { _tag: 'Snapshots' };
const read = (response: SyncResponse): E.Either<Fault, string> =>
  response._tag === 'Snapshots' ? E.right('told') : E.left(lie('no snapshots'));
const TOLD: SyncResponse = { _tag: 'Snapshots', snapshots: [] };

describe('peers that are asked until one answers', () => {
  test('take turns: who was asked least comes first', () => {
    const { peers, run, asked } = answeringPeers([A, B, C], () => TOLD);
    for (let i = 0; i < 6; i++) {
      peers.ask({ request: REQUEST, read })(() => undefined);
      run();
    }
    expect(asked.map(({ peer }) => peer)).toEqual([A, B, C, A, B, C]);
  });

  test('are asked elsewhere when one is silent, which proves nothing against it', () => {
    const { peers, run, reports, ctx } = answeringPeers([A, B], (peer) => (peer === A ? undefined : TOLD));
    let answer: unknown;
    peers.ask({ request: REQUEST, read })((given) => (answer = given));
    run();
    expect(answer).toEqual(E.right({ value: 'told', peer: B }));
    expect(reports).toEqual([]);
    expect(ctx.counters.read()).toMatchObject({ stateRequested: 2, stateRequestFailed: 1 });
  });

  test('are reported and never asked again when they lie or send bytes that mean nothing', () => {
    const { peers, run, reports, asked } = answeringPeers([A, B, C], (peer) =>
      peer === A ? Uint8Array.of(255) : peer === B ? { _tag: 'Blocks', blocks: [] } : TOLD,
    );
    for (let i = 0; i < 3; i++) {
      peers.ask({ request: REQUEST, read })(() => undefined);
      run();
    }
    expect(reports).toEqual(['a: undecodable', 'b: unasked-answer']);
    expect(asked.map(({ peer }) => peer)).toEqual([A, B, C, C, C]);
  });

  test('have three turns to answer what they do not have yet', () => {
    const { peers, run, asked } = answeringPeers([A, B], () => TOLD);
    let answer: unknown;
    peers.ask({ request: REQUEST, read: () => E.left(unable('not yet')) })((given) => (answer = given));
    run();
    expect(asked).toHaveLength(6);
    expect(answer).toEqual(E.left('no peer answers Snapshots: peer b: not yet'));
  });

  test('are waited for when nobody is connected, and not when all that could answer lied', () => {
    const { peers, run, peers$ } = answeringPeers([], () => TOLD);
    const answers: unknown[] = [];
    peers.ask({ request: REQUEST, read })((given) => answers.push(given));
    run();
    expect(answers).toEqual([]);
    peers$.next({ _tag: 'Connected', peer: A });
    run();
    expect(answers).toEqual([E.right({ value: 'told', peer: A })]);
    peers.ban(A, 'bad-snapshot');
    peers.ask({ request: REQUEST, read, among: new Set([A]) })((given) => answers.push(given));
    run();
    expect(answers.at(-1)).toMatchObject({ _tag: 'Left' });
  });

  test('tell what they know, those that answer, when all are asked', () => {
    const { peers, run } = answeringPeers([A, B, C], (peer) => (peer === B ? undefined : TOLD));
    let answer: unknown;
    peers.askAll({ request: REQUEST, read })((given) => (answer = given));
    run();
    expect(answer).toEqual(E.right([A, C].map((peer) => ({ value: 'told', peer }))));
  });

  test('are not heard any more once it is over', () => {
    const { peers, requests, timers } = answeringPeers([A], () => TOLD);
    const answers: unknown[] = [];
    peers.ask({ request: REQUEST, read })((given) => answers.push(given));
    peers.wait(1_000)((given) => answers.push(given));
    peers.stop();
    requests.shift()?.done(E.left({ _tag: 'RequestError', message: 'late' }));
    expect(answers).toEqual([]);
    expect(timers.size).toBe(0);
  });
});
