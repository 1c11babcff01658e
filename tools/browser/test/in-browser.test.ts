import { describeInChromium } from '@zhtp/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import * as here from '../src/program.ts';
import { buildPackages } from './built.ts';
import { bundleOf, foreignNames, PROGRAM, type Origin } from './bundle.ts';
import { openProgram, type ProgramPage } from './open-page.ts';
import { launch, type Browser } from './playwright.ts';

const ALGORITHMS = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const;
const SCHEMES = ['none', 'ML-DSA-65'] as const;
const SEED = 7;
const FAULTY_SEED = 158;
/** A browser on a busy machine is no reason to fail. */
const PATIENCE_MS = 120_000;

describeInChromium('in a browser', (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(executablePath);
    return () => browser.close();
  }, PATIENCE_MS);

  const worlds = new Map(SCHEMES.map((scheme) => [scheme, here.simulatedWorld(SEED, scheme)]));

  describe.each<Origin>(['sources', 'dist'])('the packages from their %s', { timeout: PATIENCE_MS }, (origin) => {
    let page: ProgramPage;
    beforeAll(async () => {
      if (origin === 'dist') buildPackages();
      page = await openProgram(browser, await bundleOf(PROGRAM, origin));
      return page.close;
    }, PATIENCE_MS);

    test('load, and export what they export in Node.js', async () => {
      expect(await page.call('exportedNames')).toEqual(here.exportedNames());
    });

    test('have no trace of Node.js, save where crypto looks for a faster back end', async () => {
      const lookup = origin === 'dist' ? 'dist/runtime.js' : 'src/runtime.ts';
      expect(await foreignNames(PROGRAM, origin)).toEqual([`process in packages/crypto/${lookup}`]);
    });

    test('sign with noble, for want of a crypto module', async () => {
      for (const algorithm of ALGORITHMS)
        expect(await page.call('chosenBackend', algorithm)).toBe('noble: this runtime has no crypto module of its own');
    });

    test.each(ALGORITHMS)('accept each %s signature of Node.js, and the other way round', async (algorithm) => {
      const theirs = await page.call('signed', algorithm, 1, 'a vote');
      expect(here.verdictOn(algorithm, 1, 'a vote', theirs)).toBe('valid');
      const ours = here.signed(algorithm, 1, 'a vote');
      expect(await page.call('verdictOn', algorithm, 1, 'a vote', ours)).toBe('valid');
      expect(await page.call('verdictOn', algorithm, 1, 'another vote', ours)).toBe('invalid');
      expect(await page.call('verdictOn', algorithm, 2, 'a vote', ours)).toBe('invalid');
    });

    test('open the key file that Node.js sealed, and the other way round', async () => {
      const secret = '03'.repeat(32);
      expect(here.openedKeyFile(await page.call('sealedKeyFile', 3, 'horse'), 'horse')).toBe(secret);
      const ours = here.sealedKeyFile(3, 'horse');
      expect(await page.call('openedKeyFile', ours, 'horse')).toBe(secret);
      expect(await page.call('openedKeyFile', ours, 'house')).toBe('WrongPassphrase');
    });

    test('make the Merkle roots and judge the proofs of Node.js', async () => {
      for (const size of [1, 2, 3, 7, 8, 9]) {
        const tree = await page.call('merkleTree', size);
        expect(tree).toEqual(here.merkleTree(size));
        expect(new Set(tree.own)).toEqual(new Set(['valid']));
        expect(new Set(tree.other)).toEqual(new Set(['invalid']));
      }
    });

    test('accept a commit certificate on its own chain and on no other', async () => {
      const accepted = { full: 'accepted', light: 'accepted', trusting: 'accepted' };
      const refused = { full: 'InvalidSignature', light: 'InvalidSignature', trusting: 'InvalidSignature' };
      const ours = here.sealedCertificate();
      expect(await page.call('certificateVerdicts', ours, 'own')).toEqual(accepted);
      expect(await page.call('certificateVerdicts', ours, 'other')).toEqual(refused);
      expect(here.certificateVerdicts(await page.call('sealedCertificate'), 'own')).toEqual(accepted);
    });

    test.each(SCHEMES)('let four validators decide the blocks of Node.js, signatures: %s', async (scheme) => {
      const ours = await worlds.get(scheme);
      expect(ours).toMatchObject({ isComplete: true, violations: 0 });
      expect(ours?.blocks.length).toBeGreaterThanOrEqual(5);
      expect(ours?.transfers).toBeGreaterThan(0);
      expect(await page.call('simulatedWorld', SEED, scheme)).toEqual(ours);
    });

    test('go through crashes, partitions and loss as in Node.js', async () => {
      const ours = await here.faultyRun(FAULTY_SEED);
      expect(ours).toMatchObject({ violations: 0, complaints: [] });
      expect(ours.faults).toBeGreaterThan(0);
      expect(await page.call('faultyRun', FAULTY_SEED)).toEqual(ours);
    });

    test('hold network and stores in memory to their ports', async () => {
      const { held, failed } = await page.call('compliance');
      expect(failed).toEqual([]);
      expect(held).toEqual((await here.compliance()).held);
    });

    test('retarget as in Node.js', async () => {
      const targets = await page.call('retargets');
      expect(targets).toEqual(here.retargets());
      expect(new Set(targets).size).toBeGreaterThan(100);
    });

    test("run a ConsensusEngine on the page's own clock and timers", async () => {
      expect(await page.call('liveEngine')).toBe('RoundCompleted');
    });

    test('leave nothing on the error console', async () => {
      await page.call('exportedNames');
      expect(page.errors()).toEqual([]);
    });
  });
});
