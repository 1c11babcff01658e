import { option as O } from 'fp-ts';
import { parametersAnswerCodec } from '../answers/parameters.ts';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';

const HEX_DIGITS = 8;

/** Units of the parameters whose names do not say them. */
const UNITS: Readonly<Record<string, string>> = {
  minStake: 'micro-ZHTP',
  minStorage: 'bytes',
  blockTime: 's',
  proposeTimeout: 'ms',
  prevoteTimeout: 'ms',
  precommitTimeout: 'ms',
  slashDoubleSign: '%',
  slashLiveness: '%',
  minFeePerByte: 'micro-ZHTP',
  newAccountFee: 'micro-ZHTP',
};

const row = (name: string, value: unknown): readonly [string, string] => {
  const unit = UNITS[name];
  return [name, unit === undefined ? String(value) : `${String(value)} ${unit}`];
};

export const parameters = queryCommand({
  usage: 'parameters',
  isOfNow: true,
  description: 'what the next height runs by, and everything governance can move',
  example: 'parameters --json',
  path: fixedPath('/parameters'),
  codec: parametersAnswerCodec,
  describe: ({ ledger, chain, governed, difficulty, epoch, allowList }) => {
    const { consensus } = chain;
    return [
      Object.entries(consensus).map(([name, value]) => row(name, value)),
      governed.map(({ name, value }) => [name, String(value)]),
      [
        row('minFeePerByte', ledger.minFeePerByte),
        row('newAccountFee', ledger.newAccountFee),
        ['difficulty', `0x${difficulty.bits.toString(16).padStart(HEX_DIGITS, '0')}`],
        ['adjusted every', `${String(difficulty.policy.adjustmentInterval)} blocks`],
        ['which should take', `${String(difficulty.policy.targetTimespan)} s`],
        ['may register', O.isNone(allowList) ? 'everybody' : 'those on the list of genesis'],
        ...O.getOrElse((): readonly string[] => [])(allowList).map((identity) => ['', identity] as const),
        ['next epoch at', `block ${String(epoch.start + epoch.length)}`],
      ],
    ];
  },
});
