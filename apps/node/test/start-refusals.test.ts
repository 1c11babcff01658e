import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { crc32c } from '@zhtp/store';
import {
  cleanUp,
  copyOf,
  freePort,
  getJson,
  newFolder,
  reconfigure,
  refused,
  run,
  start,
  succeed,
  until,
  type Program,
} from './support/cli.ts';

let networks: string;
let apiPort: number;
/** A validator of its own chain: decides alone. */
let single: string;
/** One of four whose fellows never run: it signs, journals and decides nothing. */
let lonely: string;

const asHome = async (folder: string): Promise<string> => {
  const home = await copyOf(folder);
  apiPort = await freePort();
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'], persistentPeers: [] });
  return home;
};

const startHome = (home: string): Program =>
  start(['start', '--home', home, '--log-file', join(home, 'data', 'node.log')]);
const startRefused = (home: string, env: Readonly<Record<string, string>> = {}): Promise<string> =>
  refused(['start', '--home', home], env);

const status = async (): Promise<{ readonly height: string } | undefined> =>
  (await getJson(`http://127.0.0.1:${String(apiPort)}/status`)) as { readonly height: string } | undefined;
const untilHeight = (program: Program, height: number): Promise<true> =>
  until(
    () => `height ${String(height)}: ${program.stderr()}`,
    async () => (Number((await status())?.height ?? -1) >= height ? true : undefined),
  );

const kill = async (program: Program): Promise<void> => {
  program.child.kill('SIGKILL');
  await program.ended;
};

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });

beforeAll(async () => {
  networks = await newFolder();
  single = join(networks, 'single', 'node0');
  lonely = join(networks, 'four', 'node0');
  await succeed('testnet', '--validators', '1', '--output', join(networks, 'single'));
  await succeed('testnet', '--validators', '4', '--output', join(networks, 'four'), '--accounts', '0');
}, 60_000);
const running: Program[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await kill(program);
});
afterAll(cleanUp);

describe('a home that cannot start says why in one line', () => {
  test('its API port is taken', async () => {
    const home = await asHome(single);
    const server = await listenOn(apiPort);
    expect(await startRefused(home)).toContain(
      `the API port ${String(apiPort)} is in use; stop the program that has it or change apiPort`,
    );
    server.close();
  });

  test('its port for peers is taken', async () => {
    const home = await asHome(single);
    const port = await freePort();
    await reconfigure(home, { listenAddresses: [`/ip4/127.0.0.1/tcp/${String(port)}`] });
    const server = await listenOn(port);
    expect(await startRefused(home)).toMatch(/the port is in use; stop the program that has it or choose another port/);
    server.close();
  });

  test('there is no such home', async () => {
    expect(await startRefused(join(networks, 'nowhere'))).toMatch(/config\.json does not exist; check the path/);
  });

  test('its configuration has an unknown field, a wrong type or an unknown format', async () => {
    const home = await asHome(single);
    await reconfigure(home, { colour: 'red' });
    expect(await startRefused(home)).toMatch(/config\.json.*colour/);
    const other = await asHome(single);
    await reconfigure(other, { apiPort: 'http' });
    expect(await startRefused(other)).toMatch(/config\.json.*apiPort/);
    const later = await asHome(single);
    await reconfigure(later, { formatVersion: 2 });
    expect(await startRefused(later)).toMatch(/config\.json has format version 2; this program reads version 1/);
  });

  test('its genesis is cut off or was edited', async () => {
    const home = await asHome(single);
    const path = join(home, 'genesis.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, 1_000));
    expect(await startRefused(home)).toMatch(
      /damaged genesis: not JSON.*take a fresh copy of the chain's genesis file/,
    );
    await writeFile(path, text.replace('"chainId": "zhtp-local"', '"chainId": "zhtp-other"'));
    expect(await startRefused(home)).toMatch(
      /proofOfPossession: is not a signature by consensusKey over chain id "zhtp-other"/,
    );
  });

  test('its genesis is binary: nothing of it reaches the terminal but what can be read', async () => {
    const home = await asHome(single);
    await writeFile(join(home, 'genesis.json'), Buffer.from('1b5b324a9b00ffc3287b', 'hex'));
    expect(await startRefused(home)).toMatch(/^error: [^\p{C}\uFFFD]*damaged genesis: not JSON[^\p{C}\uFFFD]*\n$/u);
  });

  test('its peer key is damaged: deleting it, as the line says, gives a new one', async () => {
    const home = await asHome(single);
    const path = join(home, 'keys', 'peer.key');
    await writeFile(path, 'junk');
    expect(await startRefused(home)).toMatch(
      /peer key cannot be read: restore the file, or delete it to get a new peer id/,
    );
    await rm(path);
    const program = startHome(home);
    running.push(program);
    await untilHeight(program, 1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('its passphrase is wrong or missing', async () => {
    const home = await asHome(single);
    expect(await startRefused(home, { ZHTP_PASSPHRASE: 'guess' })).toMatch(
      /the passphrase does not open the key file.*type it again/,
    );
    await rm(join(home, 'keys', 'passphrase'));
    expect(await startRefused(home)).toMatch(
      /is encrypted and no passphrase was given; use --passphrase-file or set ZHTP_PASSPHRASE/,
    );
  });

  test('its consensus key is of no validator of its genesis', async () => {
    const home = await asHome(single);
    await cp(join(lonely, 'keys', 'consensus.json'), join(home, 'keys', 'consensus.json'));
    await cp(join(lonely, 'keys', 'passphrase'), join(home, 'keys', 'passphrase'));
    expect(await startRefused(home)).toMatch(/is the key of no validator in .*genesis\.json/);
  });
});

describe('a home in use or used before', () => {
  test('refuses a second process and names the first', async () => {
    const home = await asHome(single);
    const first = startHome(home);
    running.push(first);
    await untilHeight(first, 1);
    const second = await run(['start', '--home', home]);
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toContain(`is in use by process ${String(first.child.pid)}`);
    expect(Number((await status())?.height)).toBeGreaterThanOrEqual(1);
  });

  test('stops with code 0 on SIGTERM, and starts again where it was', async () => {
    const home = await asHome(single);
    const first = startHome(home);
    running.push(first);
    await untilHeight(first, 2);
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    const again = startHome(home);
    running.push(again);
    await untilHeight(again, 3);
  }, 60_000);

  test('refuses another genesis than the one its data belongs to', async () => {
    const home = await asHome(single);
    const first = startHome(home);
    running.push(first);
    await untilHeight(first, 1);
    await kill(first);
    const path = join(home, 'genesis.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"1000000000000"', '"2000000000000"'));
    expect(await startRefused(home)).toMatch(/its hash is [0-9a-f]{64}, this chain's is [0-9a-f]{64}/);
    await rm(join(home, 'data', 'genesis-hash'));
    expect(await startRefused(home)).toMatch(/signer file signer\.state belongs to another chain/);
  }, 60_000);

  test('refuses to sign without its signer file', async () => {
    const home = await asHome(single);
    const first = startHome(home);
    running.push(first);
    await untilHeight(first, 1);
    await kill(first);
    await rm(join(home, 'data', 'signer', 'signer.state'));
    expect(await startRefused(home)).toMatch(
      /signer file signer\.state is missing, but this home has been used\. Not signing/,
    );
  }, 60_000);
});

const logOf = (home: string): Promise<string> => readFile(join(home, 'data', 'node.log'), 'utf8').catch(() => '');

const runUntil = async (home: string, what: string, holds: () => Promise<boolean>): Promise<void> => {
  const program = startHome(home);
  running.push(program);
  await until(
    () => `${what}: ${program.stderr()}`,
    async () => ((await holds()) ? true : undefined),
  );
  await kill(program);
};

/** A prevote's signature and its state: what the lonely validator signs before it waits for others. */
const PREVOTE_BYTES_MIN = 3_000;

const journalOf = async (home: string): Promise<string> => {
  const folder = join(home, 'data', 'journal');
  return join(folder, (await readdir(folder).catch(() => ['none'])).sort().at(-1) ?? 'none');
};
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** The home of a validator that was killed after it had signed and journaled a prevote. */
const usedHome = async (): Promise<string> => {
  const home = await asHome(lonely);
  await runUntil(home, 'a journaled prevote', async () => (await sizeOf(await journalOf(home))) > PREVOTE_BYTES_MIN);
  return home;
};

describe('stored data', () => {
  test('a journal damaged in the middle is refused with instructions, and not touched', async () => {
    const home = await usedHome();
    const path = await journalOf(home);
    const bytes = await readFile(path);
    bytes[50] = (bytes[50] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    expect(await startRefused(home)).toMatch(
      /journal file .* is damaged at byte [0-9]+, record 1.*nothing was repaired/,
    );
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  }, 90_000);

  test('a journal torn at its end is cut, reported, and the node goes on', async () => {
    const home = await usedHome();
    const path = await journalOf(home);
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(11, 7)]));
    await runUntil(home, 'a report and a running node', async () =>
      /torn record of 11 bytes.*"msg":"running"/s.test(await logOf(home)),
    );
    expect(await logOf(home)).toMatch(/the journal ended in a torn record of 11 bytes, which was cut/);
  }, 90_000);

  test('a signer file restored from an old copy is refused', async () => {
    const home = await usedHome();
    const signer = join(home, 'data', 'signer', 'signer.state');
    const bytes = await readFile(signer);
    const firstRecordEnd = 80 + 16 + bytes.readUInt32BE(88) + 4;
    await writeFile(signer, bytes.subarray(0, firstRecordEnd));
    expect(await startRefused(home)).toMatch(/the signer file is older than the journal.*Not signing/);
  }, 90_000);

  test('a signer file ahead of the journal is reported, and the node goes on', async () => {
    const home = await usedHome();
    await rm(join(home, 'data', 'journal'), { recursive: true });
    await runUntil(home, 'a report and a running node', async () =>
      /ahead of the journal.*"msg":"running"/s.test(await logOf(home)),
    );
    expect(await logOf(home)).toMatch(/the signer is ahead of the journal: it signed (Proposal|PreVote) of height 1/);
  }, 90_000);

  test('an unknown format version is refused by name', async () => {
    const home = await usedHome();
    const signer = join(home, 'data', 'signer', 'signer.state');
    const bytes = await readFile(signer);
    bytes.writeUInt32BE(9, 8);
    bytes.writeUInt32BE(crc32c(bytes, 0, 0, 76), 76);
    await writeFile(signer, bytes);
    expect(await startRefused(home)).toMatch(
      /signer file signer\.state has format version 9; this program reads version 2/,
    );
  }, 90_000);
});

const fullDiskScript = fileURLToPath(new URL('support/full-disk.sh', import.meta.url));
/** A file system of its own for the test takes a user namespace, which not every machine grants. */
const canMountPrivately = spawnSync('sh', [fullDiskScript]).status === 0;

describe('a full disk', () => {
  test.skipIf(!canMountPrivately)(
    'ends the node in one line; with room again it goes on',
    async () => {
      const home = await asHome(single);
      const disk = await newFolder();
      const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
      const {
        status: code,
        stdout,
        stderr,
      } = spawnSync('sh', [fullDiskScript, disk, home, String(apiPort), process.execPath, main], {
        encoding: 'utf8',
        timeout: 80_000,
      });
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(
        /^first start ended with 1\nerror: [^\n]*disk[^\n]*free space[^\n]*\nsecond start goes on\nsecond start ended with 0\n$/,
      );
    },
    90_000,
  );
});

describe('the program itself', () => {
  test('refuses to make a test network over other files, and a wrong option, with nothing written', async () => {
    expect(await refused(['testnet', '--output', networks])).toMatch(
      /holds something else already; choose an empty or new folder, nothing was overwritten/,
    );
    expect(await refused(['testnet', '--output', join(networks, 'x'), '--validators', '0'])).toMatch(
      /--validators is "0"; give a whole number from 1 to 100/,
    );
    expect(await refused(['testnet', '--output', join(networks, 'x'), '--algorithm', 'RSA'])).toMatch(
      /--algorithm is "RSA"; use one of ML-DSA-44/,
    );
    expect(await refused(['testnet', '--output', join(networks, 'x'), '--chain-id', 'no spaces'])).toMatch(
      /chainId: is "no spaces"/,
    );
    expect((await readdir(networks)).sort()).toEqual(['four', 'single']);
  });

  test('writes secrets for their owner alone', async () => {
    for (const name of ['consensus.json', 'account.json', 'peer.key', 'passphrase'])
      expect((await stat(join(single, 'keys', name))).mode & 0o777).toBe(0o600);
  });

  test('has help with an example for each command', async () => {
    for (const command of [
      ['testnet'],
      ['start'],
      ['devnet'],
      ['status'],
      ['keys', 'new'],
      ['keys', 'show'],
      ['keys', 'list'],
      ['tx', 'send'],
      ['query', 'account'],
      ['query', 'block'],
      ['query', 'validators'],
      ['query', 'tx'],
    ]) {
      const { code, stdout } = await run([...command, '--help']);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Example:\n  zhtp ${command.join(' ')}`)]);
    }
  }, 90_000);

  test('has help with an example for each group of commands, and names its version', async () => {
    for (const group of [[], ['keys'], ['tx'], ['query']])
      expect((await run([...group, '--help'])).stdout).toContain(`Example:\n  ${['zhtp', ...group].join(' ')} `);
    expect(await succeed('--version')).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+\n$/);
  });

  test('names a file in place of a folder, and keeps the key that is there without asking for a passphrase', async () => {
    expect(await refused(['devnet', '--home', join(single, 'genesis.json')])).toMatch(
      /is, or lies below, a file where a folder is needed; check the path/,
    );
    expect(await refused(['keys', 'new', '--output', join(single, 'keys', 'account.json')])).toMatch(
      /exists already; choose another name, nothing was overwritten/,
    );
  });
});
