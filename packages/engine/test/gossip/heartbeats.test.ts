import { either as E, option as O } from 'fp-ts';
import { heartbeatSignBytes, type HeartbeatContent } from '@zhtp/chain';
import { domainOfRequest, signMessage } from '@zhtp/crypto';
import type { HeartbeatMessage, Hash, Signer } from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { createHeartbeats } from '../../src/gossip/heartbeats.ts';
import type { FrozenSets, HeightView } from '../../src/height/height-view.ts';
import { GENESIS, stateAt } from '../support/genesis.ts';
import { keyOf } from '../support/keys.ts';
import { GENESIS_HASH, payloadOf } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const signerOf = (name: string): Signer => {
  const keyPair = keyOf(name);
  return {
    identity: identityNamed(name),
    algorithm: keyPair.algorithm,
    sign: (request, done) => {
      done(E.right(signMessage(keyPair, domainOfRequest(request), request.message)));
    },
  };
};

const CONTENT: Omit<HeartbeatContent, 'validator'> = {
  height: 1n,
  round: 0,
  step: 'Propose',
  sequence: 1n,
  activeValidators: 4,
  healthBp: 10_000,
  milliBlocksPerSecond: 0,
  timestamp: GENESIS.genesisTime / 1_000n,
};

const heartbeat = (
  name: string,
  change: Partial<HeartbeatContent> = {},
  { key = name, genesisHash = GENESIS_HASH }: { readonly key?: string; readonly genesisHash?: Hash } = {},
): HeartbeatMessage => {
  const content = { ...CONTENT, validator: identityNamed(name), ...change };
  const signature = signMessage(keyOf(key), 'zhtp/heartbeat/v1', heartbeatSignBytes(genesisHash, content));
  return { ...content, signature: { algorithm: 'ML-DSA-65', signature, publicKey: O.none } };
};

/** The validators of genesis, of whom v1 signs with another key. */
const setWithKeyOfV1 = (key: string): ValidatorSet => {
  const set = makeValidatorSet(
    stateAt(0n).validators.map((each) =>
      each.identity === identityNamed('v1') ? { ...each, consensusKey: keyOf(key).publicKey } : each,
    ),
  );
  return E.isRight(set) ? set.right : expect.fail('a set');
};

const node = (name?: string, sets?: Partial<FrozenSets>) => {
  const base = verifyingContext();
  const sender = base.peer('sender');
  const view = (): HeightView => ({ ...base.ctx.view(), sets: { ...base.ctx.view().sets, ...sets } });
  const heartbeats = createHeartbeats(
    { ...base.ctx, view },
    name === undefined ? undefined : signerOf(name),
    () => null,
  );
  const receive = (message: HeartbeatMessage, from = sender): void => {
    heartbeats.receive(from, message, payloadOf({ _tag: 'Heartbeat', message }));
    base.verify();
  };
  let elapsedMs = 0n;
  const seconds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      elapsedMs += 1_000n;
      base.setNow(GENESIS.genesisTime + elapsedMs);
      base.fireTimers();
    }
  };
  const sentHeartbeats = (): readonly HeartbeatMessage[] =>
    base.sent.flatMap(({ message }) => (message._tag === 'Heartbeat' ? [message.message] : []));
  return { ...base, sender, heartbeats, receive, seconds, sentHeartbeats };
};

describe('a validator says that it lives', () => {
  test('at once and every three seconds, to each peer, in a sequence that strictly rises', () => {
    const { heartbeats, seconds, sentHeartbeats } = node('v0');
    heartbeats.start();
    seconds(8);
    const sequences = sentHeartbeats().map(({ sequence }) => sequence);
    expect(sequences).toHaveLength(3);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('with a signature that another node accepts', () => {
    const { heartbeats, sentHeartbeats } = node('v0');
    heartbeats.start();
    const [message] = sentHeartbeats();
    const other = node('v1');
    if (message !== undefined) other.receive(message);
    expect([message?.validator, other.counted()]).toEqual([identityNamed('v0'), {}]);
  });

  test('above what it said before a restart, and though its clock stands still', () => {
    const first = node('v0');
    first.heartbeats.start();
    first.seconds(3);
    const again = node('v0');
    again.setNow(GENESIS.genesisTime + 4_000n);
    again.heartbeats.start();
    for (let i = 0; i < 3; i++) again.fireTimers();
    const sequences = [...first.sentHeartbeats(), ...again.sentHeartbeats()].map(({ sequence }) => sequence);
    expect(sequences).toHaveLength(4);
    expect(sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] ?? 0n))).toBe(true);
  });

  test('and says nothing when it is a full node, or not in the set, or stopped', () => {
    for (const name of [undefined, 'stranger']) {
      const { heartbeats, seconds, sent } = node(name);
      heartbeats.start();
      seconds(9);
      expect(sent).toEqual([]);
    }
    const { heartbeats, timers } = node('v0');
    heartbeats.start();
    heartbeats.stop();
    expect(timers.size).toBe(0);
  });

  test('with whom it hears', () => {
    const { heartbeats, seconds, sentHeartbeats } = node('v0');
    heartbeats.start();
    seconds(12);
    expect(sentHeartbeats().map(({ activeValidators, healthBp }) => [activeValidators, healthBp])).toEqual([
      [4, 10_000],
      [4, 10_000],
      [4, 10_000],
      [4, 10_000],
      [1, 2_500],
    ]);
  });
});

describe('a stall', () => {
  const tags = ({ events }: ReturnType<typeof node>): readonly string[] => events.map(({ _tag }) => _tag);

  test('is told once when it begins and once when it ends', () => {
    const here = node('v0');
    here.heartbeats.start();
    here.seconds(30);
    expect(here.events).toEqual([
      {
        _tag: 'ConsensusStalled',
        height: 1n,
        round: 0,
        timedOutValidators: ['v1', 'v2', 'v3'].map(identityNamed).sort(),
        totalValidators: 4,
        timestamp: (GENESIS.genesisTime + 11_000n) / 1_000n,
      },
    ]);
    here.receive(heartbeat('v1', { timestamp: CONTENT.timestamp + 30n }));
    expect(tags(here)).toEqual(['ConsensusStalled']);
    here.receive(heartbeat('v2', { timestamp: CONTENT.timestamp + 30n }));
    expect(tags(here)).toEqual(['ConsensusStalled', 'ConsensusRecovered']);
    here.seconds(9);
    expect(tags(here)).toHaveLength(2);
    here.seconds(2);
    expect(tags(here)).toEqual(['ConsensusStalled', 'ConsensusRecovered', 'ConsensusStalled']);
  });

  test('never begins while all but one are heard', () => {
    const here = node('v0');
    here.heartbeats.start();
    for (let beat = 1n; beat <= 20n; beat++) {
      here.seconds(3);
      for (const name of ['v1', 'v2'])
        here.receive(heartbeat(name, { sequence: beat, timestamp: CONTENT.timestamp + 3n * beat }));
    }
    expect([here.events, here.heartbeats.monitor().timedOutValidators]).toEqual([[], [identityNamed('v3')]]);
  });

  test('is no matter of what the clock on the wall is set to', () => {
    const here = node('v0');
    here.heartbeats.start();
    here.setNow(GENESIS.genesisTime + 3_600_000n);
    here.fireTimers();
    expect(here.events).toEqual([]);
  });
});

describe('a heartbeat from a peer', () => {
  const started = (name = 'v0') => {
    const here = node(name);
    here.heartbeats.start();
    here.sent.length = 0;
    return here;
  };

  test('is passed on once it is verified, to those who do not hear its author', () => {
    const { receive, peer, sent } = started();
    peer('deaf');
    const message = heartbeat('v1');
    receive(message);
    expect(sent).toEqual([{ peer: 'deaf', message: { _tag: 'Heartbeat', message } }]);
  });

  test('whose sequence is not above the last one is dropped unverified', () => {
    const { receive, verifications, counted, seconds } = started();
    receive(heartbeat('v1', { sequence: 5n }));
    seconds(1);
    for (const sequence of [4n, 5n]) receive(heartbeat('v1', { sequence }));
    expect([verifications(), counted().duplicateHeartbeat]).toEqual([1, 2]);
    receive(heartbeat('v1', { sequence: 6n }));
    expect(verifications()).toBe(2);
  });

  test('that is our own coming back is dropped', () => {
    const { receive, verifications } = started();
    receive(heartbeat('v0', { sequence: 2n ** 60n }));
    expect(verifications()).toBe(0);
  });

  test('of the same second as its last is dropped unverified: nobody buys verifications with sequences', () => {
    const { receive, verifications, counted } = started();
    for (let sequence = 1n; sequence <= 50n; sequence++) receive(heartbeat('v1', { sequence }));
    expect([verifications(), counted().heartbeatPace]).toEqual([1, 49]);
  });

  test('of a stranger to the set is no offence', () => {
    const { receive, verifications, counted, reports } = started();
    receive(heartbeat('stranger'));
    expect([verifications(), counted().unknownVoter, reports]).toEqual([0, 1, []]);
  });

  test('of another time than ours is no sign of life now, and no offence: clocks differ', () => {
    const accepted = [-61n, -60n, 60n, 61n].map((apart) => {
      const { receive, counted, reports } = started();
      receive(heartbeat('v1', { timestamp: CONTENT.timestamp + apart }));
      expect(reports).toEqual([]);
      return counted().staleHeartbeat === undefined;
    });
    expect(accepted).toEqual([false, true, true, false]);
  });

  test.each([
    ['by another key', heartbeat('v1', {}, { key: 'v2' })],
    ['for another genesis', heartbeat('v1', {}, { genesisHash: hashNamed('elsewhere') })],
    ['over another sequence', { ...heartbeat('v1'), sequence: 9n }],
    [
      'of another scheme',
      { ...heartbeat('v1'), signature: { ...heartbeat('v1').signature, algorithm: 'ML-DSA-44' as const } },
    ],
  ])('signed %s is scored, passed on to nobody and no sign of life', (_name, message) => {
    const { receive, peer, sent, reports, counted, seconds } = started();
    peer('deaf');
    receive(message);
    expect([sent, reports, counted().badSignature]).toEqual([[], ['sender: bad-signature'], 1]);
    seconds(1);
    receive(heartbeat('v1'));
    expect(sent.filter(({ message: told }) => told._tag === 'Heartbeat')).toHaveLength(1);
  });
});

describe('a heartbeat of a validator that changes its key', () => {
  // This node decides height 1, where the old key acts; the new one acts from height 2 on.
  const heard = (message: HeartbeatMessage) => {
    const { receive, peer, sent, reports } = node(undefined, { next: setWithKeyOfV1('new') });
    peer('deaf');
    receive(message);
    return { passedOn: sent.length, reports };
  };

  test('is held against the key of its own height', () => {
    expect(heard(heartbeat('v1', { height: 1n }))).toEqual({ passedOn: 1, reports: [] });
    expect(heard(heartbeat('v1', { height: 2n }, { key: 'new' }))).toEqual({ passedOn: 1, reports: [] });
    const [early, late] = [heartbeat('v1', { height: 1n }, { key: 'new' }), heartbeat('v1', { height: 2n })];
    for (const message of [early, late])
      expect(heard(message)).toEqual({ passedOn: 0, reports: ['sender: bad-signature'] });
  });

  test('from a height whose keys are not known is no offence, and no sign of life', () => {
    expect(heard(heartbeat('v1', { height: 90n }, { key: 'new' }))).toEqual({ passedOn: 0, reports: [] });
    expect(heard(heartbeat('v1', { height: 90n }))).toEqual({ passedOn: 1, reports: [] });
  });
});
