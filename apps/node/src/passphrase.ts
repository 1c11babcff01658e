import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { either as E } from 'fp-ts';
import { attemptFile, fail, systemCode, type Outcome } from './outcome.ts';

/** Beside the key files of a test network; an operator's home has none. */
export const PASSPHRASE_FILE = 'passphrase';

const VARIABLE = 'ZHTP_PASSPHRASE';

const firstLine = (text: string): string => text.replace(/\r?\n$/, '');

const readPassphraseFile = async (path: string): Outcome<string> => {
  const text = await attemptFile('reading the passphrase', path, () => readFile(path, 'utf8'));
  return E.isLeft(text) ? text : E.right(firstLine(text.right));
};

/** Reads a line from the terminal without showing it. */
const promptHidden = (question: string): Outcome<string> =>
  new Promise((resolve) => {
    const { stdin, stderr } = process;
    let typed = '';
    stderr.write(question);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    const end = (result: Awaited<Outcome<string>>): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      resolve(result);
    };
    const onData = (chunk: string): void => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') {
          end(E.right(typed));
          return;
        }
        if (key === '\u0003' || key === '\u0004') {
          end(fail('no passphrase was given; nothing was done'));
          return;
        }
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on('data', onData);
    stdin.resume();
  });

/** Whether somebody sits in front of this program who can be asked. */
const isTerminal = (): boolean => process.stdin.isTTY;

/**
 * The passphrase of a key file: from `--passphrase-file`, the environment, a file `passphrase` beside it (test networks),
 * or the terminal, where it may be asked for.
 */
export const passphraseFor = async (
  keyFile: string,
  passphraseFile: string | undefined,
  mayAsk = isTerminal(),
): Outcome<string> => {
  if (passphraseFile !== undefined) return readPassphraseFile(passphraseFile);
  const variable = process.env[VARIABLE];
  if (variable !== undefined) return E.right(variable);
  try {
    return E.right(firstLine(await readFile(join(dirname(keyFile), PASSPHRASE_FILE), 'utf8')));
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT')
      return fail(`the passphrase file beside ${keyFile} cannot be read: ${systemCode(cause)}`);
  }
  return mayAsk
    ? promptHidden(`Passphrase of ${keyFile}: `)
    : fail(`${keyFile} is encrypted and no passphrase was given; use --passphrase-file or set ${VARIABLE}`);
};

/** A passphrase for new key files: asked twice on a terminal. */
export const newPassphrase = async (passphraseFile: string | undefined): Outcome<string> => {
  const given =
    passphraseFile !== undefined
      ? await readPassphraseFile(passphraseFile)
      : process.env[VARIABLE] !== undefined
        ? E.right(process.env[VARIABLE])
        : undefined;
  if (given !== undefined)
    return E.isRight(given) && given.right === ''
      ? fail('the passphrase is empty and would protect nothing; choose one')
      : given;
  if (!process.stdin.isTTY) return fail(`no passphrase was given; use --passphrase-file or set ${VARIABLE}`);
  const first = await promptHidden('New passphrase: ');
  if (E.isLeft(first)) return first;
  if (first.right === '') return fail('the passphrase is empty and would protect nothing; choose one');
  const second = await promptHidden('The same again: ');
  if (E.isLeft(second)) return second;
  return second.right === first.right ? first : fail('the two passphrases differ; nothing was written, try again');
};
