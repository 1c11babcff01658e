import { offencesAnswerCodec } from '../answers/offences.ts';
import { fixedPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';
import { zhtp } from './show.ts';

export const offences = queryCommand({
  usage: 'offences',
  description: 'faults that evidence in blocks has proven, and what they cost',
  example: 'offences',
  path: fixedPath('/offences'),
  codec: offencesAnswerCodec,
  describe: ({ offences: all, convictions }) => [
    all.map(({ validator, fault, height, isPunished, detail }) => [
      validator,
      `${fault} at height ${String(height)}, ${isPunished ? 'punished' : 'not punished'}${detail === '' ? '' : `: ${detail}`}`,
    ]),
    convictions.map(({ validator, height, bonded, taken }) => [
      validator,
      `convicted for height ${String(height)}: ${zhtp(taken)} taken of ${zhtp(bonded)}`,
    ]),
  ],
  whenEmpty: 'no offences on this chain',
});
