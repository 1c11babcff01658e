import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { requiredProofs } from '@zhtp/proofs';
import { startNetwork, type ChainNetwork } from './support/chain-network.ts';
import { cleanUp, until } from './support/cli.ts';

const NETWORK_MS = 90_000;
const STORAGE_BYTES = 1_048_576;
const FIELDS = ['stakeProof', 'storageProof', 'workProof'] as const;

interface ProofJson {
  readonly block: { readonly proof: Readonly<Record<(typeof FIELDS)[number], object | null>> };
}

let net: ChainNetwork | undefined;
afterEach(async () => {
  await net?.stop();
  net = undefined;
  await cleanUp();
}, 30_000);

const TYPES = ['ProofOfStake', 'ProofOfStorage', 'ProofOfUsefulWork', 'Hybrid', 'ByzantineFaultTolerance'] as const;

describe.each(TYPES)('a network of consensus type %s', (consensusType) => {
  test(
    'decides blocks of all four validators, each with the proofs it requires and no other',
    async () => {
      net = await startNetwork('--consensus-type', consensusType, '--accounts', '0');
      const proposers = new Set<string>();
      const { get } = net;
      await net.untilBlock('blocks of all validators', 1n, ({ proposer }) => proposers.add(proposer).size === 4);
      const { block } = await get<ProofJson>('/blocks/latest');
      expect(FIELDS.filter((field) => block.proof[field] !== null)).toEqual(requiredProofs(consensusType));
    },
    NETWORK_MS,
  );
});

describe('a validator that lost the bytes it committed to', () => {
  test(
    'proposes nothing more and says why, while the others go on',
    async () => {
      net = await startNetwork('--consensus-type', 'ProofOfStorage', '--accounts', '0');
      const home = join(net.folder, 'node3');
      const identity = await net.identityOf(home);
      await writeFile(join(home, 'storage.bin'), new Uint8Array(STORAGE_BYTES));
      await until('its reason in its log', async () =>
        /nothing proposed/.test(await readFile(join(home, 'data', 'node.log'), 'utf8')) ? true : undefined,
      );
      const from = await net.height();
      const proposers = new Set<string>();
      await net.untilBlock('blocks of the others', from + 1n, ({ proposer }) => {
        proposers.add(proposer);
        return proposers.size === 3;
      });
      expect(proposers).not.toContain(identity);
    },
    NETWORK_MS,
  );
});
