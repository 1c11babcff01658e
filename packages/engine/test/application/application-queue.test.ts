import { either as E, taskEither as TE } from 'fp-ts';
import type { ApplicationError } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createApplicationQueue } from '../../src/application/application-queue.ts';

/** As many new transactions may wait. */
const CHECKS_WAITING_MAX = 2_048;

const asking = () => {
  const queue = createApplicationQueue();
  const log: string[] = [];
  const done = (name: string): void => {
    log.push(name);
  };
  const failed = ({ message }: ApplicationError): void => {
    log.push(message);
  };
  const call = (lane: 'consensus' | 'recheck', name: string): void => {
    queue.call(lane, TE.right(name), done, failed);
  };
  const check = (name: string) => queue.check(TE.right(name), done, failed);
  return { queue, log, done, failed, call, check };
};

describe('calls of the application', () => {
  test('are never answered inside the call that asked', async () => {
    const { queue, log, call } = asking();
    call('consensus', 'a');
    expect([log, queue.isBusy()]).toEqual([[], true]);
    await queue.idle();
    expect([log, queue.isBusy()]).toEqual([['a'], false]);
  });

  test('go blocks first, then what waits in the pool, then new transactions, each in order', async () => {
    const { queue, log, call, check } = asking();
    check('check 1');
    check('check 2');
    call('recheck', 'recheck 1');
    call('consensus', 'block 1');
    call('recheck', 'recheck 2');
    call('consensus', 'block 2');
    await queue.idle();
    expect(log).toEqual(['block 1', 'block 2', 'recheck 1', 'recheck 2', 'check 1', 'check 2']);
  });

  test('run one at a time: a block that comes while a check runs goes next', async () => {
    const { queue, log, done, failed, call, check } = asking();
    let finish: (answer: E.Either<ApplicationError, string>) => void = () => undefined;
    queue.check(() => new Promise<E.Either<ApplicationError, string>>((resolve) => (finish = resolve)), done, failed);
    for (let i = 0; i < 100; i++) check(`check ${String(i)}`);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    call('consensus', 'block');
    expect(log).toEqual([]);
    finish(E.right('slow check'));
    await queue.idle();
    expect(log.slice(0, 3)).toEqual(['slow check', 'block', 'check 0']);
  });

  test('that an answer asks for come after it', async () => {
    const { queue, log, failed, call } = asking();
    queue.call(
      'consensus',
      TE.right('a'),
      (name) => {
        log.push(name);
        call('consensus', 'c');
        log.push('b');
      },
      failed,
    );
    await queue.idle();
    expect(log).toEqual(['a', 'b', 'c']);
  });
});

describe('new transactions', () => {
  test('are refused beyond so many, and taken again when there is room', async () => {
    const { queue, log, check } = asking();
    const answers = Array.from({ length: CHECKS_WAITING_MAX + 1 }, (_, i) => check(String(i)));
    expect([answers.slice(0, -1).every((answer) => answer === 'asked'), answers.at(-1)]).toEqual([true, 'full']);
    await queue.idle();
    expect([log.length, check('again')]).toEqual([CHECKS_WAITING_MAX, 'asked']);
  });

  test('never keep a block out, however many wait', async () => {
    const { queue, log, call, check } = asking();
    for (let i = 0; i < 2 * CHECKS_WAITING_MAX; i++) check(String(i));
    call('consensus', 'block');
    await queue.idle();
    expect(log[0]).toBe('block');
  });
});

describe('whatever an application does wrong is an answer, and the next call is made', () => {
  test.each([
    [
      'throws before its first promise',
      () => {
        throw new Error('bug');
      },
      'the application threw: bug',
    ],
    ['rejects', () => Promise.reject(new Error('broken')), 'the application threw: broken'],
    ['throws something that is no error', () => Promise.reject('text'), 'the application threw: text'],
    [
      'throws something that has no text',
      () => Promise.reject(Object.create(null)),
      'the application threw: something that has no text',
    ],
    [
      'says so itself',
      () => Promise.resolve(E.left<ApplicationError>({ _tag: 'ApplicationError', message: 'disk full' })),
      'disk full',
    ],
  ] as const)('when it %s', async (_name, task: () => Promise<E.Either<ApplicationError, string>>, message) => {
    const { queue, log, done, failed, call } = asking();
    queue.call('consensus', task, done, failed);
    call('consensus', 'next');
    await queue.idle();
    expect([log, queue.isBusy()]).toEqual([[message, 'next'], false]);
  });
});

test('a closed queue answers nothing more, not even what runs', async () => {
  const { queue, log, call, check } = asking();
  call('consensus', 'running');
  check('waiting');
  queue.close();
  call('consensus', 'late');
  await queue.idle();
  expect([log, queue.isBusy()]).toEqual([[], false]);
});
