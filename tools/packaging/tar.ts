// Writes a folder as npm does when it publishes: a gzipped ustar archive whose entries lie under package/.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

/** POSIX.1-1988 splits a long path at a slash: at most 155 bytes before it, at most 100 after. */
const splitPath = (path: string): { readonly prefix: string; readonly name: string } => {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  const slash = [...path.matchAll(/\//g)]
    .map(({ index }) => index)
    .find((index) => index <= 155 && Buffer.byteLength(path.slice(index + 1)) <= 100);
  if (slash === undefined) throw new Error(`${path} is too long for an archive`);
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
};

const header = (path: string, size: number, isExecutable: boolean): Buffer => {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'ascii');
  };
  const { prefix, name } = splitPath(path);
  block.write(name, 0);
  octal(isExecutable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'ascii'); // the checksum counts itself as spaces
  block.write('0', 156, 'ascii');
  block.write('ustar\x0000', 257, 'ascii');
  block.write(prefix, 345);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
};

/** The archive of `folder` without the `node_modules` in it. */
export const tarball = (folder: string): Buffer => {
  const blocks: Buffer[] = [];
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.split('/').includes('node_modules'))
    .sort();
  for (const path of entries) {
    const stat = statSync(join(folder, path));
    if (!stat.isFile()) continue;
    const contents = readFileSync(join(folder, path));
    blocks.push(header(`package/${path}`, contents.length, (stat.mode & 0o100) !== 0), contents);
    blocks.push(Buffer.alloc(padded(contents.length) - contents.length));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 1 });
};
