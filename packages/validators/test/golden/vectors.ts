import type { Json } from '@zhtp/types';
import { makeValidatorSet, nextRotation, startRotation, type ValidatorEvent } from '@zhtp/validators';
import { frozen, id, identityNamed, managerWith, memberIds, range, recordOf, right, runTo } from '../support.ts';
import { correlatedFraction } from '../../src/correlation.ts';

const ZHTP = 1_000_000n;

/** What a fixed story of bonding, leaving and slashing announces and leaves behind. */
const story = (): Json => {
  const manager = managerWith([100, 110, 120, 130, 140, 150], {
    epochLengthBlocks: 5n,
    unbondingSeconds: 30n,
    evidenceBlocks: 30n,
  });
  const events: ValidatorEvent[] = [];
  const subscription = manager.events$.subscribe((event) => events.push(event));
  const delegator = identityNamed('alice');
  right(manager.delegate({ validator: id(1), delegator, amount: 333_333_333n }));
  right(manager.delegate({ validator: id(2), delegator, amount: 77n * ZHTP }));
  runTo(manager, 3n);
  right(manager.undelegate({ validator: id(1), delegator, amount: 100_000_001n }));
  right(manager.redelegate({ source: id(1), destination: id(3), delegator, amount: 55_555_555n }));
  right(manager.unbondStake(id(2), 33_333_333n));
  right(
    manager.slashStake({ identity: id(1), slashType: 'InvalidProposal', fractionPpm: 33_333n, infractionHeight: 2n }),
  );
  right(manager.slashValidator(id(2), 'Liveness', 7));
  runTo(manager, 8n);
  right(manager.convict({ identity: id(3), infractionHeight: 4n, power: 120n, totalPower: 1_160n, atSeconds: 4n }));
  right(manager.convict({ identity: id(1), infractionHeight: 5n, power: 433n, totalPower: 1_160n, atSeconds: 5n }));
  right(manager.endBlock());
  const members = memberIds(manager);
  right(manager.beginBlock({ height: 9n, atSeconds: 100n }));
  subscription.unsubscribe();
  const { totals } = manager.state;
  return {
    events: events.map((event) =>
      Object.fromEntries(
        Object.entries(event).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
      ),
    ),
    totals: Object.fromEntries(Object.entries(totals).map(([key, value]) => [key, String(value)])),
    records: range(6).map((n) => {
      const { stake, delegatedStake, status, votingPower, reputation, slashCount } = recordOf(manager, n + 1);
      const amounts = [stake, delegatedStake, votingPower].map(String);
      return [status, ...amounts, reputation, slashCount];
    }),
    members,
  };
};

/** Fractions of correlated double signs, in parts per million. */
const fractions = (): Json =>
  [1n, 33n, 34n, 100n, 333n, 334n].map((power) =>
    [0n, 1n, 100n, 300n].map((other) =>
      String(
        correlatedFraction(
          50_000n,
          { power, totalPower: 1_000n, atSeconds: 0n },
          other === 0n ? [] : [{ power: other, totalPower: 1_000n, atSeconds: 10n }],
          10n,
        ),
      ),
    ),
  );

/** Hashes of fixed sets and a rotation over changing ones, a story of stake, fractions of slashes. */
export const goldenVectors = (): Json => {
  const sets = [1, 2, 3, 4, 7, 8, 100].map((size) =>
    right(makeValidatorSet(range(size).map((i) => frozen(`v${String(i)}`, BigInt(i * i + 1))))),
  );
  const hashes = Object.fromEntries(sets.map(({ hash, ids }) => [String(ids.length), hash]));
  const small = sets.slice(0, 6);
  let rotation = small[0] === undefined ? undefined : startRotation(small[0].validators);
  const proposers = range(60).map((height) => {
    const next = small[height % small.length];
    if (rotation === undefined || next === undefined) return 'nobody';
    rotation = nextRotation(rotation, next.validators);
    return rotation?.proposer ?? 'nobody';
  });
  return { hashes, proposers, story: story(), fractions: fractions() };
};
