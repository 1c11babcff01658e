import { expect, test } from 'vitest';
import { ANSWERS_OF_FORMER_PROCESS, createAnswersOwed } from '../../src/catch-up/answers-owed.ts';
import { peerNamed } from '../support/context.ts';

const [A, B] = [peerNamed('a'), peerNamed('b')];

const takenOf = (owed: ReturnType<typeof createAnswersOwed>, peer = A): number => {
  let taken = 0;
  while (owed.take(peer)) taken++;
  return taken;
};

test('one answer is owed for each request, and those of a former process may still come', () => {
  const owed = createAnswersOwed();
  for (let i = 0; i < 3; i++) owed.asked(A);
  expect(takenOf(owed)).toBe(ANSWERS_OF_FORMER_PROCESS + 3);
  expect(owed.take(A)).toBe(false);
  owed.asked(A);
  expect([owed.take(A), owed.take(A)]).toEqual([true, false]);
});

test('what one peer owes another does not', () => {
  const owed = createAnswersOwed();
  takenOf(owed, B);
  owed.asked(A);
  expect([owed.take(B), owed.take(A)]).toEqual([false, true]);
});

test('a peer that is forgotten for lack of room is never accused for it', () => {
  const owed = createAnswersOwed();
  takenOf(owed);
  for (let i = 0; i < 2_000; i++) owed.asked(peerNamed(`p${String(i)}`));
  expect(owed.take(A)).toBe(true);
});

test('1 024 peers are remembered, and one more lets the first go', () => {
  const owed = createAnswersOwed();
  takenOf(owed);
  for (let i = 1; i < 1_024; i++) owed.asked(peerNamed(`p${String(i)}`));
  expect(owed.take(A)).toBe(false);
  owed.asked(peerNamed('one more'));
  expect(takenOf(owed)).toBe(ANSWERS_OF_FORMER_PROCESS);
});
