import { either as E } from 'fp-ts';
import type { Journal } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { paramsOf } from '../../src/height/height-cycle.ts';
import { createCoreLoop } from '../../src/loop/core-loop.ts';
import type { CoreInput } from '../../src/node-context.ts';
import { testContext } from '../support/context.ts';

const START: CoreInput = { _tag: 'StartHeight', params: paramsOf(testContext(1n).ctx.view(), undefined, 500) };
const ENTRY = { _tag: 'HeightStarted', height: 1n } as const;

const loop = () => {
  const log: string[] = [];
  const journal: Journal = {
    append: () => log.push('journal'),
    sync: (done) => done(E.right(undefined)),
    rotate: () => undefined,
  };
  const core = createCoreLoop(
    journal,
    ({ _tag }) => log.push(_tag),
    () => log.push('observed'),
  );
  return { core, log };
};

describe('an input', () => {
  test('is in the journal before the core takes it, and observers come after its effects', () => {
    const { core, log } = loop();
    core.post({ entry: ENTRY, input: START });
    expect(log[0]).toBe('journal');
    expect(log.filter((step) => step === 'journal')).toHaveLength(1);
    expect(log).toContain('ScheduleTimeout');
    expect(log.at(-1)).toBe('observed');
  });

  test('of the journal itself is neither journaled again nor carried out', () => {
    const { core, log } = loop();
    expect(core.replay(START).map(({ _tag }) => _tag)).toContain('ScheduleTimeout');
    expect(log).toEqual([]);
  });
});
