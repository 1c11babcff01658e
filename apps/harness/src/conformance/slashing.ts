import { DEFAULT_CONSENSUS_CONFIG, floorDiv, MICRO_PER_ZHTP } from '@zhtp/types';
import { countBlock, DEFAULT_RULES, FRESH_WINDOW, ValidatorManager } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { difference, failed, notUnderstood, passed, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { identityNamed, keyedSet } from './keyed-set.ts';
import { must } from './must.ts';
import { closed, count, hasKeys, isObject, read, shaped, someIn } from './shape.ts';
import { runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const NAME = 'slashing';

const DECIMALS = /^(\d)(?:\.(\d{1,6}))?$/;

/** A fraction as text in parts per million, or undefined. */
const ppmOf = (fraction: string): bigint | undefined => {
  const [, whole = '', decimals = ''] = DECIMALS.exec(fraction) ?? [];
  return whole === '' ? undefined : BigInt(whole + decimals.padEnd(6, '0'));
};

const percentOf = (fraction: string): number | undefined => {
  const ppm = ppmOf(fraction);
  return ppm === undefined || ppm % 10_000n !== 0n ? undefined : Number(floorDiv(ppm, 10_000n));
};

const livenessCase = closed({
  name: t.string,
  window: count,
  minSigned: t.string,
  signed: count,
  missed: count,
  jailed: t.boolean,
});

const runLiveness = ({ window, minSigned, signed, missed, jailed }: t.TypeOf<typeof livenessCase>): Outcome => {
  const minSignedPercent = percentOf(minSigned);
  if (minSignedPercent === undefined || window === 0)
    return notUnderstood('minSigned is no whole percentage, or the window is empty');
  const rule = { signedBlocksWindow: window, minSignedPercent };
  let liveness = FRESH_WINDOW;
  let faults = 0;
  for (let block = 0; block < signed + missed; block++) {
    const counted = countBlock(rule, liveness, block < signed);
    liveness = counted.window;
    faults += counted.fault ? 1 : 0;
  }
  return verdictOf(difference('jailed', faults > 0, jailed));
};

const stakeCase = shaped('a slash of bonded stake or of an entry', [
  closed({ name: t.string, power: count, fraction: t.string, powerAfter: count, burned: count }),
  closed({ name: t.string, power: count, fraction: t.string, error: t.literal(true) }),
  closed(
    { name: t.string, entry: count, fraction: t.string, slashed: count },
    { startedHeight: count, infractionHeight: count, matured: t.boolean },
  ),
]);
type StakeCase = t.TypeOf<typeof stakeCase>;
type EntryCase = Extract<StakeCase, { readonly entry: unknown }>;

const UNBONDING_SECONDS = 100n;

const offender = identityNamed('validator');

/** A chain of one with so much bonded, whose sets change with every block, after its first block. */
const chainOfOne = (zhtp: number): ValidatorManager => {
  const [{ consensusKey } = { consensusKey: new Uint8Array(0) }] = must(keyedSet([['validator', 1n]])).validators;
  const manager = must(
    ValidatorManager.create(1, 0n, {
      consensusType: 'ProofOfStake',
      algorithm: 'ML-DSA-44',
      developmentMode: true,
      epochLengthBlocks: 1n,
      unbondingSeconds: UNBONDING_SECONDS,
    }),
  );
  const stake = BigInt(zhtp) * MICRO_PER_ZHTP;
  must(manager.registerValidator({ identity: offender, stake, storageProvided: 0n, consensusKey, commissionRate: 0 }));
  must(manager.beginBlock({ height: 1n, atSeconds: 1n }));
  return manager;
};

const orderOf = (fractionPpm: bigint, infractionHeight: bigint) =>
  ({ identity: offender, slashType: 'InvalidVote', fractionPpm, infractionHeight }) as const;

const micro = (zhtp: number): bigint => BigInt(zhtp) * MICRO_PER_ZHTP;

/** There an entry backs sets up to the height where it began, here up to the last set that counted it: heights count from there. */
const runEntry = (entry: EntryCase, ppm: bigint): Outcome => {
  const { startedHeight = 0, infractionHeight = 0, matured = false, slashed } = entry;
  const manager = chainOfOne(2 * entry.entry);
  must(manager.unbondStake(offender, micro(entry.entry)));
  const [open] = [...manager.state.unbondings.values()];
  if (open === undefined) return failed('nothing is unbonding');
  const last = open.backedUntil + (matured ? UNBONDING_SECONDS : 1n);
  for (let height = 2n; height <= last; height++) {
    must(manager.endBlock());
    must(manager.beginBlock({ height, atSeconds: height }));
  }
  const before = manager.state.totals.unbonding;
  const offence = open.backedUntil + BigInt(infractionHeight) - BigInt(startedHeight);
  must(manager.slashStake(orderOf(ppm, offence)));
  return verdictOf(
    difference('still unbonding', before > 0n, !matured),
    difference('slashed', before - manager.state.totals.unbonding, micro(slashed)),
  );
};

const runStake = (entry: StakeCase): Outcome => {
  if (entry.name.startsWith('negative infraction height')) return declared(NAME, 'negative heights');
  const ppm = ppmOf(entry.fraction);
  if (ppm === undefined) return notUnderstood(`${entry.fraction} is no fraction of at most six decimals`);
  if ('entry' in entry) return runEntry(entry, ppm);
  const manager = chainOfOne(entry.power);
  if ('error' in entry)
    return E.isLeft(manager.slashStake(orderOf(ppm, 2n))) ? passed : failed('a slash in the future is accepted');
  const taken = must(manager.slashStake(orderOf(ppm, 1n)));
  return verdictOf(
    difference('burned', taken.total, micro(entry.burned)),
    difference('powerAfter', manager.state.totals.own, micro(entry.powerAfter)),
  );
};

const defaults = closed({
  signedBlocksWindow: count,
  minSignedPerWindow: t.string,
  downtimeJailSeconds: count,
  slashFractionDoubleSign: t.string,
  slashFractionDowntime: t.string,
});

const runDefaults = (content: unknown): readonly CaseReport[] => {
  const file = read(defaults, content);
  if (E.isLeft(file)) return [unreadable('defaults', file.left)];
  const { signedBlocksWindow, minSignedPerWindow, downtimeJailSeconds } = file.right;
  const { slashFractionDoubleSign, slashFractionDowntime } = file.right;
  const outcome = verdictOf(
    difference('signedBlocksWindow', DEFAULT_RULES.signedBlocksWindow, signedBlocksWindow),
    difference('minSignedPerWindow', DEFAULT_RULES.minSignedPercent, percentOf(minSignedPerWindow)),
    difference('downtimeJailSeconds', DEFAULT_RULES.livenessJailSeconds, BigInt(downtimeJailSeconds)),
    difference('slashFractionDoubleSign', DEFAULT_RULES.slashDoubleSign, percentOf(slashFractionDoubleSign)),
    difference('slashFractionDowntime', DEFAULT_CONSENSUS_CONFIG.slashLiveness, percentOf(slashFractionDowntime)),
  );
  return [{ section: 'defaults', name: 'parameters', outcome }];
};

/** Slashing and liveness as the Cosmos SDK has them, where the rules are the same. */
export const slashing: VectorFormat = {
  name: NAME,
  recognises: (document) =>
    isObject(document) &&
    (someIn(document, 'liveness', (element) => hasKeys(element, 'window', 'minSigned', 'missed')) ||
      someIn(document, 'stake', (element) => hasKeys(element, 'fraction'))),
  run: (document) =>
    runSections(document, {
      defaults: runDefaults,
      liveness: (content) => runList('liveness', content, livenessCase, runLiveness),
      stake: (content) => runList('stake', content, stakeCase, runStake),
    }),
};
