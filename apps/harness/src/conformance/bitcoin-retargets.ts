import { DifficultyManager, retarget, type DifficultyConfigInput } from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import * as t from 'io-ts';
import { BITCOIN, compact, compactHex } from './bitcoin-chain.ts';
import { difference, failed, verdictOf, type Outcome } from './case-outcome.ts';
import { closed, count, hasKeys, isObject, prose, read, someIn } from './shape.ts';
import { runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

/** What `retarget` makes of a time, in hex; or why it makes nothing. */
const runRetarget = (config: DifficultyConfigInput, bits: number, timespan: number, expected: number): Outcome => {
  const made = retarget(config, bits, BigInt(timespan));
  return E.isLeft(made)
    ? failed(made.left.message)
    : verdictOf(difference('new bits', compactHex(made.right), compactHex(expected)));
};

interface AtHeight {
  readonly height: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly oldBits: number;
  readonly newBits: number;
}

/** The whole way: at this height and no neighbouring one, from the times of the interval's first and last block. */
export const runAtHeight = (config: DifficultyConfigInput, row: AtHeight): Outcome => {
  const manager = DifficultyManager.create(config);
  if (E.isLeft(manager)) return failed(manager.left.message);
  const answerAt = (height: number): string => {
    const [start, end] = [BigInt(row.firstTime), BigInt(row.lastTime)];
    const made = manager.right.adjustDifficulty(BigInt(height), row.oldBits, start, end);
    if (E.isLeft(made)) return made.left.message;
    return O.isSome(made.right) ? compactHex(made.right.value) : 'none';
  };
  return verdictOf(
    difference('new bits', answerAt(row.height), compactHex(row.newBits)),
    difference('one block before', answerAt(row.height - 1), 'none'),
    difference('one block after', answerAt(row.height + 1), 'none'),
  );
};

const times = { firstTime: count, lastTime: count, oldBits: compact, newBits: compact };
const coreCase = closed({ name: t.string, lastHeight: count, ...times });
const signetCase = closed({ network: t.string, powLimitBits: compact, height: count, ...times });
const limited = (powLimit: number): DifficultyConfigInput => ({ ...BITCOIN, initialDifficulty: powLimit, powLimit });

/**
 * Tables of Bitcoin Core and rust-bitcoin. Core's own call gives the last height and does not ask whether the next one is
 * a multiple of the interval (one of its rows is not), so its rows are run as times.
 */
const coreRetargets: VectorFormat = {
  name: 'retargets of Bitcoin Core and signet',
  recognises: (document) =>
    someIn(document, 'mainnet_core_pow_tests', (entry) => hasKeys(entry, 'lastHeight', 'oldBits')) ||
    someIn(document, 'signet_real_retargets_rust_bitcoin', (entry) => hasKeys(entry, 'powLimitBits', 'oldBits')),
  run: (document) =>
    runSections(document, {
      mainnet_core_pow_tests: (content) =>
        runList('mainnet_core_pow_tests', content, coreCase, ({ oldBits, newBits, firstTime, lastTime }) =>
          runRetarget(BITCOIN, oldBits, lastTime - firstTime, newBits),
        ),
      signet_real_retargets_rust_bitcoin: (content) =>
        runList('signet_real_retargets_rust_bitcoin', content, signetCase, ({ powLimitBits, ...row }) =>
          runAtHeight(limited(powLimitBits), row),
        ),
    }),
};

const mainnetRow = closed({
  height: count,
  firstHeight: count,
  lastHeight: count,
  lastBlockHash: prose,
  ...times,
});
const parameters = closed({
  targetTimespan: count,
  spacing: count,
  interval: count,
  powLimitBits: compact,
  maxAdjustmentFactor: count,
});

const configOf = (stated: unknown): E.Either<string, DifficultyConfigInput> => {
  if (stated === undefined) return E.right(BITCOIN);
  return E.map(({ targetTimespan, interval, powLimitBits, maxAdjustmentFactor }: t.TypeOf<typeof parameters>) => ({
    ...limited(powLimitBits),
    adjustmentInterval: BigInt(interval),
    targetTimespan: BigInt(targetTimespan),
    maxAdjustmentFactor: BigInt(maxAdjustmentFactor),
  }))(read(parameters, stated));
};

const mainnetRetargets: VectorFormat = {
  name: 'retargets of mainnet',
  recognises: (document) => someIn(document, 'rows', (row) => hasKeys(row, 'firstHeight', 'lastHeight', 'oldBits')),
  run: (document) => {
    const config = configOf(isObject(document) ? document['params'] : undefined);
    if (E.isLeft(config)) return [unreadable('params', config.left)];
    const interval = Number(config.right.adjustmentInterval);
    const rows = (content: unknown) =>
      runList('rows', content, mainnetRow, (row) =>
        row.firstHeight === row.height - interval && row.lastHeight === row.height - 1
          ? runAtHeight(config.right, row)
          : failed('firstHeight and lastHeight are not those of the interval before height'),
      );
    return runSections(document, { rows }, ['params']);
  },
};

const trap = closed({ oldBits: compact, timespan: count, newBits: compact, doubleArithmeticGives: prose });

const floatTraps: VectorFormat = {
  name: 'retargets that doubles get wrong',
  recognises: (document) => someIn(document, 'rows', (row) => hasKeys(row, 'oldBits', 'timespan', 'newBits')),
  run: (document) =>
    runSections(document, {
      rows: (content) =>
        runList('rows', content, trap, ({ oldBits, timespan, newBits }) =>
          runRetarget(BITCOIN, oldBits, timespan, newBits),
        ),
    }),
};

/** Changes of the compact target from one interval to the next. */
export const bitcoinRetargets: readonly VectorFormat[] = [coreRetargets, mainnetRetargets, floatTraps];
