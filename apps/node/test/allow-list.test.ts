import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endNetwork, startNetwork, type ChainNetwork } from './support/chain-network.ts';
import { refused } from './support/cli.ts';

const TEST_MS = 150_000;

let net: ChainNetwork;

beforeAll(async () => {
  net = await startNetwork('--consensus-type', 'ByzantineFaultTolerance', '--allow', 'alice');
}, 90_000);
afterAll(() => endNetwork(net), 60_000);

test(
  'four validators with an allow-list turn a stranger away, in blocks too, and take in whom genesis lists',
  async () => {
    const [alice, bob] = [await net.identityOf(net.account('alice')), await net.identityOf(net.account('bob'))];
    // A home whose account is the one that genesis lists.
    const home = await net.newHome();
    await copyFile(net.account('alice'), join(home, 'keys', 'account.json'));
    const node = net.startHome(home);
    const register = (from: string): readonly string[] => {
      const stake = ['--consensus-key', home, '--stake', '10'];
      return [
        'register-validator',
        '--from',
        from,
        ...stake,
        '--consensus-passphrase-file',
        join(home, 'keys', 'passphrase'),
      ];
    };

    const stranger = register(net.account('bob'));
    expect(await net.txRefused(...stranger)).toMatch(new RegExp(`validator ${bob} is not on the allow-list`));
    const before = await net.balance(bob);
    // Whoever does not ask first pays for it and gets nowhere.
    const forced = ['tx', ...stranger, '--no-check', '--wait', '--node', net.url];
    expect(await refused(forced)).toMatch(/is in block [0-9]+ but failed: .*its fee was paid, nothing else moved/);
    const paid = before - (await net.balance(bob));
    expect(paid).toBeGreaterThan(0n);
    expect(paid).toBeLessThan(1_000_000n);
    expect(await net.validator(bob)).toBe(undefined);

    await net.tx(...register(net.account('alice')));
    await net.untilValidator('the listed one in the set', alice, ({ isInSet }) => isInSet);
    const from = (await net.height()) + 2n;
    const proposed = await net.untilBlock('a block that it proposed', from, ({ proposer }) => proposer === alice);
    expect(BigInt(proposed.height)).toBeGreaterThanOrEqual(from);
    // A certificate may close before one of five signatures is there.
    const signed = await net.untilBlock(
      'a block that it signed',
      from,
      ({ signers }) => signers?.includes(alice) === true,
    );
    expect(signed.signers).toContain(alice);
    node.child.kill('SIGTERM');
    expect(await node.ended).toEqual({ code: 0, signal: null });
  },
  TEST_MS,
);
