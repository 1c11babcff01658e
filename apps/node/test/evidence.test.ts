import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { genesisHashOf, proveSets, readEvidenceFile, readGenesis, verifyNow, type EvidenceFile } from '@zhtp/chain';
import { makeValidatorSet, validatorsFromGenesis } from '@zhtp/validators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  freePort,
  getJson,
  newFolder,
  reconfigure,
  refused,
  start,
  succeed,
  until,
  type Program,
} from './support/cli.ts';
import { right } from './support/right.ts';
import { warningOfSets } from '../src/commands/evidence-file.ts';

let folder: string;
let home: string;
let url: string;
let node: Program;

const height = async (): Promise<bigint> =>
  BigInt(((await getJson(`${url}/status`)) as { readonly height: string } | undefined)?.height ?? '-1');
const fileAt = async (path: string): Promise<EvidenceFile> =>
  right(readEvidenceFile(JSON.parse(await readFile(path, 'utf8'))));

/** Whoever has genesis alone can tell the sets of these heights. */
const expectProven = async (file: EvidenceFile, heights: readonly bigint[]): Promise<void> => {
  const genesis = right(readGenesis(await readFile(join(home, 'genesis.json'), 'utf8')));
  const sets = proveSets(
    {
      signing: { genesisHash: genesisHashOf(genesis), algorithm: genesis.signatureAlgorithm },
      initialHeight: genesis.initialHeight,
      genesisSet: right(validatorsFromGenesis(genesis)),
      sets: file.sets,
      headers: file.headers,
    },
    makeValidatorSet,
    verifyNow,
  );
  for (const at of heights) expect(right(sets)(at)?.validators).toHaveLength(1);
};

beforeAll(async () => {
  folder = join(await newFolder(), 'net');
  await succeed('testnet', '--validators', '1', '--output', folder, '--balance', '100');
  const apiPort = await freePort();
  url = `http://127.0.0.1:${String(apiPort)}`;
  home = join(folder, 'node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  const unused = await refused(['evidence', 'export', '1', '--home', home]);
  expect(unused).toContain('data/blocks does not exist');
  node = start(['start', '--home', home, '--log-file', join(folder, 'log')]);
  await until(
    () => `three blocks: ${node.stderr()}`,
    async () => ((await height()) >= 3n ? true : undefined),
  );
}, 60_000);
afterAll(cleanUp);

describe('what a node can show', () => {
  test('is asked of a running node, and written to a new file', { timeout: 60_000 }, async () => {
    const out = join(folder, 'running.json');
    expect(await succeed('query', 'evidence', '2', '3', '--node', url, '--out', out)).toContain(
      'heights 2 to 3: 2 headers',
    );
    const file = await fileAt(out);
    expect(file.headers.map(({ header }) => header.height)).toEqual([2n, 3n]);
    await expectProven(file, [2n, 3n, 4n]);
    expect(warningOfSets(file)).toBeUndefined();
    expect(warningOfSets({ ...file, sets: [] })).toContain('validator set of heights 2 to 3');
    expect(warningOfSets({ ...file, sets: [], headers: file.headers.slice(1) })).toContain(
      'validator set of height 3,',
    );
    // Headers below the range only lead to it.
    expect(warningOfSets({ ...file, fromHeight: 4n, sets: [] })).toBeUndefined();
    expect(await refused(['query', 'evidence', '2', '--node', url, '--out', out])).toContain('nothing was overwritten');
    const printed = await succeed('query', 'evidence', '1', '--node', url);
    expect(right(readEvidenceFile(JSON.parse(printed))).headers).toHaveLength(1);
  });

  test('of heights it does not have, and of no heights, is refused', { timeout: 60_000 }, async () => {
    expect(await refused(['query', 'evidence', '0', '--node', url])).toContain('are not all here: this node has 1 to');
    expect(await refused(['query', 'evidence', '3', '2', '--node', url])).toContain('give the lower one first');
    expect(await refused(['query', 'evidence', 'x', '--node', url])).toContain('the height is "x"; give a number');
    const response = await fetch(`${url}/evidence/1/y`);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'BadHeight']);
  });

  test('is not read from the home of a node that runs', async () => {
    expect(await refused(['evidence', 'export', '2', '--home', home])).toContain('lock');
  });

  test('is the same when it is stopped, with the signed messages of its journal', { timeout: 60_000 }, async () => {
    const before = await fileAt(join(folder, 'running.json'));
    node.child.kill('SIGTERM');
    await node.ended;
    const out = join(folder, 'stopped.json');
    await succeed('evidence', 'export', '2', '3', '--home', home, '--out', out);
    const after = await fileAt(out);
    expect(after.headers.map(({ header }) => header)).toEqual(before.headers.map(({ header }) => header));
    const above = await refused(['evidence', 'export', '2', '9999', '--home', home]);
    const last = /this node has 1 to ([0-9]+)/.exec(above)?.[1];
    const inProgress = right(
      readEvidenceFile(JSON.parse(await succeed('evidence', 'export', String(last), '--home', home))),
    );
    await expectProven(inProgress, [BigInt(last ?? 0)]);
    // It is started again as if nobody had looked.
    const again = start(['start', '--home', home, '--log-file', join(folder, 'log2')]);
    await until(
      () => `another block: ${again.stderr()}`,
      async () => ((await height()) > BigInt(last ?? 0) ? true : undefined),
    );
  });
});
