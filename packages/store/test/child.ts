import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Runs a program, given by its URL, until it has printed `lines` lines, kills it with SIGKILL, answers what it printed. */
export const runAndKill = async (
  program: URL,
  folder: string,
  lines: number,
  beforeKill?: () => Promise<void>,
): Promise<readonly string[]> => {
  const child = spawn(process.execPath, ['--conditions=@zhtp/source', fileURLToPath(program), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const printed: string[] = [];
  const reader = createInterface({ input: child.stdout });
  for await (const line of reader) {
    printed.push(line);
    if (printed.length === lines) {
      await beforeKill?.();
      child.kill('SIGKILL');
    }
  }
  await exited;
  return printed;
};
