import { verifyNow, voteCheck } from '@zhtp/chain';
import { ZERO_HASH, type ConsensusVote, type LivenessMonitor, type Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { ByzantineFaultDetector } from '@zhtp/byzantine';
import { stakeBook } from './stake-book.ts';
import { CONTEXT, hashNamed, identityNamed, keyOf, right, signedVote, vote, watched } from './support.ts';

const V0 = identityNamed('v0');
const V1 = identityNamed('v1');

const verifyVote = (of: ConsensusVote): Validity => {
  const signer = ['v0', 'v1', 'v2', 'v3'].find((name) => identityNamed(name) === of.voter);
  if (signer === undefined) return 'invalid';
  const check = voteCheck(CONTEXT, keyOf(signer).publicKey, of);
  return E.isRight(check) ? verifyNow(check.right) : 'invalid';
};

describe('ByzantineFaultDetector.detectEquivocation', () => {
  const X = hashNamed('block');
  const Y = hashNamed('other');
  const forX = vote();
  const forY = vote({ proposalId: O.some(Y) });

  test('is silent at the first vote and shows both at a conflicting one, with who reported them when', () => {
    const { detector, tags } = watched();
    expect(detector.detectEquivocation(forX, X, 10n, O.some(V1))).toEqual(O.none);
    expect(detector.detectEquivocation(forY, Y, 12n)).toEqual(
      O.some({
        voteA: forX,
        voteB: forY,
        receivedAtA: 10n,
        receivedAtB: 12n,
        detectedAt: 12n,
        reportedByPeerA: O.some(V1),
        reportedByPeerB: O.none,
      }),
    );
    expect(tags()).toEqual(['EquivocationDetected']);
  });

  test('is silent when the same content is signed again: one vote has many signatures', () => {
    const { detector } = watched();
    detector.detectEquivocation(forX, X, 10n);
    expect(detector.detectEquivocation(vote({}, 7), X, 11n)).toEqual(O.none);
  });

  test('makes one offence of three conflicting votes', () => {
    const { detector } = watched();
    const third = vote({ proposalId: O.none });
    const found = [detector.detectEquivocation(forX, X, 1n), detector.detectEquivocation(forY, Y, 1n)];
    expect([...found, detector.detectEquivocation(third, ZERO_HASH, 1n)].map(O.isSome)).toEqual([false, true, false]);
  });

  test('answers none when the proposal id is not the vote’s, and remembers nothing', () => {
    const { detector } = watched();
    detector.detectEquivocation(forX, Y, 1n);
    expect(detector.detectEquivocation(forY, Y, 1n)).toEqual(O.none);
    expect(O.isSome(detector.detectEquivocation(forX, X, 1n))).toBe(true);
  });

  test('counts the votes it remembers nothing of, one height before its window and one behind', () => {
    const { detector } = watched();
    right(detector.advanceTo(200n));
    const count = (height: bigint): number => {
      detector.detectEquivocation(vote({ height }), X, 1n);
      return detector.unwatchedVotes;
    };
    expect([101n, 201n, 100n, 202n].map(count)).toEqual([0, 0, 1, 2]);
  });

  test('knows that PreVote and Against share a slot, and that steps, rounds, heights and voters do not', () => {
    const { detector } = watched();
    detector.detectEquivocation(forX, X, 1n);
    const apart = [{ voteType: 'PreCommit' as const }, { round: 1 }, { height: 6n }, { voter: V1 }].map((change) =>
      detector.detectEquivocation(vote({ proposalId: O.some(Y), ...change }), Y, 1n),
    );
    expect(apart.every(O.isNone)).toBe(true);
    expect(O.isSome(detector.detectEquivocation(vote({ voteType: 'Against' }), X, 1n))).toBe(true);
  });

  test('shows two attestations of one height', () => {
    const { detector } = watched();
    const attest = (name: string) =>
      detector.detectEquivocation(vote({ voteType: 'Commit', appHash: O.some(hashNamed(name)) }), X, 1n);
    expect([attest('a'), attest('b')].map(O.isSome)).toEqual([false, true]);
  });

  test('convicts by itself only where it verifies, and nobody by a vote he did not sign', () => {
    const detector = right(ByzantineFaultDetector.create({ verifyVote }));
    const book = stakeBook('v0', 'v1');
    const forged = signedVote('v1', { voter: V0, proposalId: O.some(Y) });
    expect(detector.detectEquivocation(signedVote('v0'), X, 1n)).toEqual(O.none);
    expect(detector.detectEquivocation(forged, Y, 1n)).toEqual(O.none);
    expect([detector.falseReports, right(detector.detectFaults(book.manager))]).toEqual([1, []]);
    expect(O.isSome(detector.detectEquivocation(signedVote('v0', { proposalId: O.some(Y) }), Y, 1n))).toBe(true);
    expect(right(detector.detectFaults(book.manager))).toMatchObject([{ validator: V0, faultType: 'DoubleSign' }]);
  });

  test('without a verifier shows evidence and records nobody', () => {
    const { detector } = watched();
    detector.detectEquivocation(forX, X, 1n);
    detector.detectEquivocation(forY, Y, 1n);
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toEqual([]);
  });
});

describe('ByzantineFaultDetector.advanceTo', () => {
  test('watches the last hundred heights and the next one', () => {
    const { detector } = watched();
    right(detector.advanceTo(200n));
    const seen = (height: bigint): boolean => {
      detector.detectEquivocation(vote({ height }), hashNamed('block'), 1n);
      const second = vote({ height, proposalId: O.some(hashNamed('other')) });
      return O.isSome(detector.detectEquivocation(second, hashNamed('other'), 1n));
    };
    expect([100n, 101n, 200n, 201n, 202n].map(seen)).toEqual([false, true, true, true, false]);
  });
});

describe('ByzantineFaultDetector.detectReplayAttack', () => {
  test('shows a payload that comes again within 300 s of first sight', () => {
    const { detector, tags } = watched();
    const payloadHash = hashNamed('payload');
    expect(detector.detectReplayAttack(V0, payloadHash, 100n)).toEqual(O.none);
    expect(detector.detectReplayAttack(V0, payloadHash, 130n)).toEqual(
      O.some({ validator: V0, payloadHash, firstSeenAt: 100n, lastSeenAt: 130n, replayCount: 1, detectedAt: 130n }),
    );
    expect(tags()).toEqual(['ReplayDetected']);
    expect(detector.detectReplayAttack(V1, payloadHash, 131n)).toEqual(O.none);
  });
});

describe('ByzantineFaultDetector.detectNetworkPartition', () => {
  const silent = ['v2', 'v0', 'v1'].map(identityNamed);
  const monitor: LivenessMonitor = {
    totalValidators: 4,
    stallThreshold: 2,
    timedOutValidators: silent,
    isStalled: true,
  };

  test('is suspected while the monitor is stalled, once in ten seconds, with sorted ids', () => {
    const { detector, tags } = watched();
    expect(detector.detectNetworkPartition(monitor, 7n, 2, 100n)).toEqual(
      O.some({
        height: 7n,
        round: 2,
        timedOutValidators: silent.toSorted(),
        totalValidators: 4,
        stallThreshold: 2,
        observationWindowSecs: 10n,
        detectedAt: 100n,
      }),
    );
    const later = [109n, 110n, 119n].map((at) => O.isSome(detector.detectNetworkPartition(monitor, 7n, 2, at)));
    expect(later).toEqual([false, true, false]);
    expect(tags()).toEqual(['PartitionSuspected', 'PartitionSuspected']);
  });

  test('ignores who is not in the set', () => {
    const { detector } = watched();
    expect(detector.detectNetworkPartition(monitor, 7n, 2, 1n, [V0, identityNamed('v9')])).toEqual(O.none);
    expect(O.isSome(detector.detectNetworkPartition(monitor, 7n, 2, 1n, [V0, V1]))).toBe(true);
  });
});
