import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { requiredProofs } from '@zhtp/proofs';
import { endNetwork, startNetwork, type ChainNetwork } from './support/chain-network.ts';
import { newFolder, run, succeed, until } from './support/cli.ts';

const NETWORK_MS = 90_000;
/** A process for each transaction besides. */
const TRANSACTIONS_MS = 150_000;
const STORAGE_BYTES = 1_048_576;
const FIELDS = ['stakeProof', 'storageProof', 'workProof'] as const;

interface ProofJson {
  readonly block: { readonly proof: Readonly<Record<(typeof FIELDS)[number], object | null>> };
}

let net: ChainNetwork | undefined;
afterEach(async () => {
  await endNetwork(net);
  net = undefined;
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

describe('a validator that joins a network of ProofOfStorage', () => {
  test(
    'commits storage by a transaction and proposes',
    async () => {
      net = await startNetwork('--consensus-type', 'ProofOfStorage', '--accounts', '1');
      const home = await net.newHome();
      const identity = await net.identityOf(home);
      const started = net.startHome(home);
      await net.tx('send', '--from', net.account('alice'), '--to', identity, '--amount', '5000');
      await net.tx('register-validator', '--from', home, '--consensus-key', home, '--stake', '1000');
      await net.tx('commit-storage', '--from', home, '--create-mib', '1');
      expect(await net.txRefused('commit-storage', '--from', home, '--withdraw')).toMatch(
        /asks active validators for storage: leave the set first/,
      );
      const from = await net.height();
      const proposed = await net.untilBlock(
        `a block it proposed\n${started.stderr()}`,
        from,
        ({ proposer }) => proposer === identity,
      );
      const { block } = await net.get<ProofJson>(`/blocks/${proposed.height}`);
      expect(FIELDS.filter((field) => block.proof[field] !== null)).toEqual(['storageProof']);
      started.child.kill('SIGTERM');
      await started.ended;
    },
    TRANSACTIONS_MS,
  );
});

describe('on a network that asks for no proofs, a validator', () => {
  interface StorageJson {
    readonly commitment: { readonly height: string } | null;
    readonly attested: { readonly capacity: string; readonly challengeHeight: string } | null;
  }
  interface WorkJson {
    readonly epoch: string;
    readonly record: { readonly routingWork: string; readonly past: readonly { readonly units: string }[] };
  }

  test(
    'shows storage and hands in work by transactions',
    async () => {
      net = await startNetwork('--accounts', '1');
      const { account, get, height, query, tx, txRefused, url } = net;
      const home = join(net.folder, 'node0');
      const identity = await net.identityOf(home);
      const prove = ['prove-storage', '--from', home, '--consensus-key', home];
      expect(await txRefused(...prove)).toMatch(/has committed no storage; do so with: zhtp tx commit-storage/);
      await tx('commit-storage', '--from', home, '--create-mib', '1');
      await until('a challenge about it', async () => {
        const { commitment } = await query<StorageJson>('storage', home);
        return (await height()) > BigInt(commitment?.height ?? 0) + 1n ? true : undefined;
      });
      expect(await txRefused('prove-storage', '--from', home, '--consensus-key', account('alice'))).toMatch(
        /--consensus-key is not the key that the chain acts with/,
      );
      await tx(...prove);
      const { commitment, attested } = await query<StorageJson>('storage', home);
      expect(attested?.capacity).toBe(String(STORAGE_BYTES));
      expect(BigInt(attested?.challengeHeight ?? 0)).toBeGreaterThan(BigInt(commitment?.height ?? 0));

      // A client's first transaction brings the key that its receipts are signed with.
      await tx('deposit', '--from', account('alice'), '--amount', '1');
      // An epoch has five seconds: a receipt is signed for the next one, and handed in as soon as that begins.
      const work = (): Promise<WorkJson> => get<WorkJson>(`/staking/validators/${identity}/work`);
      const about = ['--from', account('alice'), '--prover', home, '--kind', 'routing', '--units', '500'];
      const folder = await newFolder();
      const used = await until('a receipt handed in within its epoch', async () => {
        const next = BigInt((await work()).epoch) + 1n;
        const file = join(folder, `${String(next)}.json`);
        await succeed('receipt', ...about, '--epoch', String(next), '--out', file, '--node', url);
        await until('the next epoch', async () => (BigInt((await work()).epoch) >= next ? true : undefined));
        const submit = ['tx', 'submit-work', '--from', home, '--file', file, '--wait', '--node', url];
        return (await run(submit)).code === 0 ? file : undefined;
      });
      const { record } = await query<WorkJson>('work', home);
      expect([record.routingWork, ...record.past.map(({ units }) => units)]).toContain('500');
      expect(await txRefused('submit-work', '--from', home, '--file', used)).toMatch(
        /was used in this epoch already|is for epoch/,
      );
    },
    TRANSACTIONS_MS,
  );
});
