import { expect, test } from 'vitest';
import { createMailbox } from '../../src/loop/mailbox.ts';

test('what handling a mail causes is handled after it, in order, never inside it', () => {
  const log: string[] = [];
  const mailbox = createMailbox<string>((mail) => {
    log.push(`${mail} begins`);
    if (mail === 'a') {
      mailbox.enqueue('b');
      mailbox.enqueue('c');
    }
    log.push(`${mail} ends`);
  });
  mailbox.enqueue('a');
  mailbox.enqueue('d');
  expect(log).toEqual(['a', 'b', 'c', 'd'].flatMap((mail) => [`${mail} begins`, `${mail} ends`]));
});

test('a closed mailbox drops what waits and everything later', () => {
  const log: string[] = [];
  const mailbox = createMailbox<string>((mail) => {
    log.push(mail);
    mailbox.enqueue(`after ${mail}`);
    mailbox.close();
  });
  mailbox.enqueue('a');
  mailbox.enqueue('b');
  expect(log).toEqual(['a']);
});

test('it says when mail is being handled', () => {
  const seen: boolean[] = [];
  const mailbox = createMailbox<string>(() => seen.push(mailbox.isDraining()));
  mailbox.enqueue('a');
  expect([...seen, mailbox.isDraining()]).toEqual([true, false]);
});

test('mail after a broken handler is handled', () => {
  const log: string[] = [];
  const mailbox = createMailbox<string>((mail) => {
    if (mail === 'bad') throw new Error('broken invariant');
    log.push(mail);
  });
  expect(() => {
    mailbox.enqueue('bad');
  }).toThrow('broken invariant');
  mailbox.enqueue('good');
  expect(log).toEqual(['good']);
});
