import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { answerNow, inTurn, type Ask } from '../../src/evidence/asking.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe('questions in turn', () => {
  test('are answered in order, at once or later, and the next waits for the one before', () => {
    const later: (() => void)[] = [];
    const asked: number[] = [];
    const ask =
      (item: number): Ask<string> =>
      (done) => {
        asked.push(item);
        if (item % 3 === 0) later.push(() => done(E.right(String(item))));
        else done(E.right(String(item)));
      };
    const answers: unknown[] = [];
    inTurn(numbers(8), ask)((answer) => answers.push(answer));
    expect(asked).toEqual([0]);
    while (later.length > 0) {
      expect(answers).toEqual([]);
      later.shift()?.();
    }
    expect(asked).toEqual(numbers(8));
    expect(answers).toEqual([E.right(numbers(8).map(String))]);
  });

  test('end with the first failure, which is the only answer', () => {
    const asked: number[] = [];
    const answers: unknown[] = [];
    inTurn(numbers(8), (item): Ask<number> => {
      asked.push(item);
      return answerNow(item === 5 ? E.left('not five') : E.right(item));
    })((answer) => answers.push(answer));
    expect(answers).toEqual([E.left('not five')]);
    expect(asked).toEqual(numbers(6));
  });

  test('of which there are none are answered', () => {
    const answers: unknown[] = [];
    inTurn(numbers(0), (item) => answerNow(E.right(item)))((answer) => answers.push(answer));
    expect(answers).toEqual([E.right([])]);
  });

  test('may be as many as the heights of an evidence age, all answered at once', () => {
    let count = 0;
    inTurn(numbers(200_000), (item) => answerNow(E.right(item)))((answer) => {
      count = E.isRight(answer) ? answer.right.length : -1;
    });
    expect(count).toBe(200_000);
  });
});
