import { heartbeatSignBytes, type HeartbeatContent } from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import type { HeartbeatMessage } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createHeartbeatWatch, HEARTBEAT_PAUSE_MS, verifyHeartbeat } from '../src/heartbeat-watch.ts';
import { CONTEXT, GENESIS_HASH, hashNamed, identityNamed, keyOf, left, setOf } from './support.ts';

const WALL = 1_700_000_000n;

const heartbeat = (name: string, change: Partial<HeartbeatContent> = {}, genesisHash = GENESIS_HASH) => {
  const content: HeartbeatContent = {
    validator: identityNamed(name),
    height: 1n,
    round: 0,
    step: 'Propose',
    sequence: 1n,
    activeValidators: 4,
    healthBp: 10_000,
    milliBlocksPerSecond: 0,
    timestamp: WALL,
    ...change,
  };
  const signature = signMessage(keyOf(name), 'zhtp/heartbeat/v1', heartbeatSignBytes(genesisHash, content));
  const message: HeartbeatMessage = {
    ...content,
    signature: { algorithm: 'ML-DSA-65', signature, publicKey: O.none },
  };
  return message;
};

const watch = (...names: readonly string[]) => {
  const made = createHeartbeatWatch();
  made.follow(names.map(identityNamed), 0);
  return made;
};

describe('a heartbeat', () => {
  test('is no sign of life unless its sequence strictly rises', () => {
    const here = watch('v0', 'v1');
    const at = (nowMs: number) => ({ nowMs, wallSeconds: WALL });
    here.accept(heartbeat('v1', { sequence: 5n }), 0);
    const refusals = [4n, 5n, 6n].map((sequence) => here.refusal(heartbeat('v1', { sequence }), at(5_000)));
    expect(refusals).toEqual(['OldSequence', 'OldSequence', undefined]);
  });

  test('is looked at once a second at most', () => {
    const here = watch('v1');
    here.accept(heartbeat('v1'), 0);
    const refusals = [HEARTBEAT_PAUSE_MS - 1, HEARTBEAT_PAUSE_MS].map((nowMs) =>
      here.refusal(heartbeat('v1', { sequence: 9n }), { nowMs, wallSeconds: WALL }),
    );
    expect(refusals).toEqual(['TooSoon', undefined]);
  });

  test('of another time by more than a minute may be a recording', () => {
    const here = watch('v1');
    const refusals = [-61n, -60n, 0n, 60n, 61n].map((apart) =>
      here.refusal(heartbeat('v1', { timestamp: WALL + apart }), { nowMs: 0, wallSeconds: WALL }),
    );
    expect(refusals).toEqual(['OtherTime', undefined, undefined, undefined, 'OtherTime']);
  });

  test('of a stranger is nothing, and who left and returned may begin anew', () => {
    const here = watch('v1');
    const at = { nowMs: 0, wallSeconds: WALL };
    expect(here.refusal(heartbeat('v9'), at)).toBe('UnknownValidator');
    here.accept(heartbeat('v9'), 0);
    expect(here.monitor(0).totalValidators).toBe(1);
    here.accept(heartbeat('v1', { sequence: 7n }), 0);
    here.follow([identityNamed('v2')], 10);
    here.follow([identityNamed('v1'), identityNamed('v2')], 20);
    expect(here.refusal(heartbeat('v1', { sequence: 1n }), at)).toBeUndefined();
  });
});

describe('verifyHeartbeat', () => {
  const set = setOf('v0', 'v1');

  test('accepts what the validator signed with its key of the set', () => {
    expect(verifyHeartbeat(CONTEXT, set, heartbeat('v1'))).toEqual(E.right(undefined));
  });

  test.each([
    ['by another', { ...heartbeat('v0'), validator: identityNamed('v1') }, 'is not by the key of validator'],
    ['for another genesis', heartbeat('v1', {}, hashNamed('elsewhere')), 'is not by the key of validator'],
    ['over another sequence', { ...heartbeat('v1'), sequence: 9n }, 'is not by the key of validator'],
    ['by a stranger', heartbeat('v9'), 'is not in the validator set'],
    [
      'by another scheme',
      { ...heartbeat('v1'), signature: { ...heartbeat('v1').signature, algorithm: 'ML-DSA-44' as const } },
      'this chain signs with ML-DSA-65',
    ],
  ])('refuses what is signed %s', (_name, message, reason) => {
    expect(left(verifyHeartbeat(CONTEXT, set, message))).toMatchObject({
      _tag: 'ByzantineFault',
      message: expect.stringContaining(reason) as string,
    });
  });
});

describe('a stall', () => {
  test('is told once when it begins and once when it ends', () => {
    const here = watch('v0', 'v1', 'v2', 'v3');
    const change = (nowMs: number) => here.transition(nowMs)?.change;
    expect([change(10_000), change(10_001), change(10_002)]).toEqual([undefined, 'Stalled', undefined]);
    expect(here.isStalled).toBe(true);
    here.hear(identityNamed('v0'), 10_003);
    here.hear(identityNamed('v1'), 10_003);
    expect(change(10_003)).toBeUndefined();
    here.accept(heartbeat('v2'), 10_004);
    expect([change(10_004), change(10_005), here.isStalled]).toEqual(['Recovered', undefined, false]);
  });
});
