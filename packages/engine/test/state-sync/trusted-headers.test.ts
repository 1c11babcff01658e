import { either as E } from 'fp-ts';
import { blockIdOf, evidenceHashOf, lightRules, type LightBlock } from '@zhtp/chain';
import { ZERO_HASH, type FrozenValidator, type Header, type SyncResponse } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { frozen } from '../../src/height/frozen-set.ts';
import { createFetchedSets } from '../../src/state-sync/fetched-sets.ts';
import { createTrustedHeaders } from '../../src/state-sync/trusted-headers.ts';
import { answeringPeers, type Serve } from '../support/answering-peers.ts';
import { peerNamed } from '../support/context.ts';
import { blockAt, GENESIS, VALIDATORS } from '../support/genesis.ts';
import { keyOf } from '../support/keys.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const [HONEST, LIAR] = [peerNamed('honest'), peerNamed('liar')];
const [TRUSTED, CHANGE, TARGET] = [3n, 10n, 15n];

const OTHERS: readonly FrozenValidator[] = ['w0', 'w1', 'w2', 'w3'].map((name) => ({
  identity: identityNamed(name),
  consensusKey: keyOf(name).publicKey,
  votingPower: 1n,
}));
const SETS = [frozen(VALIDATORS), frozen(OTHERS)];
const setAt = (height: bigint): ValidatorSet => frozen(height < CHANGE ? VALIDATORS : OTHERS);

const [SIGNED, FORGED] = [Uint8Array.of(1), Uint8Array.of(0)];

const lightBlock = (header: Header, signature = SIGNED): Pick<LightBlock, 'header' | 'certificate'> => ({
  header,
  certificate: {
    height: header.height,
    round: 0,
    blockId: blockIdOf(header),
    setSize: 4,
    signers: Uint8Array.of(0b1111),
    signatures: Array.from({ length: 4 }, () => signature),
  },
});

/** Blocks of which those from the change on are decided by nobody who decided one before it. */
const CHAIN: readonly Header[] = (() => {
  const headers: Header[] = [];
  for (let height = 1n; height <= TARGET; height++) {
    const parent = headers.at(-1);
    headers.push({
      ...blockAt(height).header,
      lastBlockId: parent === undefined ? ZERO_HASH : blockIdOf(parent),
      evidenceHash: evidenceHashOf([]),
      validatorsHash: setAt(height).hash,
      nextValidatorsHash: setAt(height + 1n).hash,
    });
  }
  return headers;
})();
const headerAt = (height: bigint): Header => CHAIN[Number(height) - 1] ?? blockAt(height).header;

const honest: Serve = (_peer, request): SyncResponse | undefined => {
  switch (request._tag) {
    case 'Headers': {
      const headers = CHAIN.filter(({ height }) => height >= request.fromHeight).slice(0, request.count);
      return { _tag: 'Headers', headers: headers.map((header) => ({ header, evidence: [] })) };
    }
    case 'LightBlock':
      return { _tag: 'LightBlock', ...lightBlock(headerAt(request.height)) };
    case 'ValidatorSet': {
      const set = SETS.find(({ hash }) => hash === request.validatorsHash);
      return set === undefined ? undefined : { _tag: 'ValidatorSet', validators: [...set.validators] };
    }
    default:
      return undefined;
  }
};

/** The honest peer shows everything but the target, which the liar alone shows, in its way. */
const showingTarget =
  (shown: Pick<LightBlock, 'header' | 'certificate'>): Serve =>
  (peer, request) => {
    const isTarget = request._tag === 'LightBlock' && request.height === TARGET;
    if (isTarget) return peer === LIAR ? { _tag: 'LightBlock', ...shown } : undefined;
    return peer === LIAR ? undefined : honest(peer, request);
  };

const looking = (serve: Serve, nowMs: bigint, names = [HONEST, LIAR]) => {
  const scene = answeringPeers(names, serve);
  scene.setNow(nowMs);
  const headers = createTrustedHeaders({
    peers: scene.peers,
    sets: createFetchedSets(scene.peers),
    ports: {
      clock: scene.ctx.ports.clock,
      verifier: {
        ...scene.ctx.ports.verifier,
        verifyBatch: (checks, done) => {
          const index = checks.findIndex(({ signature }) => signature[0] !== SIGNED[0]);
          done(index < 0 ? { _tag: 'AllValid' } : { _tag: 'Invalid', index });
        },
      },
    },
    rules: lightRules({ genesisHash: scene.ctx.genesisHash, algorithm: GENESIS.signatureAlgorithm }, 60_000n),
    initialHeight: 1n,
    trust: { height: TRUSTED, blockId: blockIdOf(headerAt(TRUSTED)) },
  });
  const at = (height: bigint): unknown => {
    let answer: unknown;
    headers.at(height)((given) => (answer = given));
    scene.run();
    return answer;
  };
  const lightHeights = (): readonly bigint[] =>
    scene.asked.flatMap(({ request }) => (request._tag === 'LightBlock' ? [request.height] : []));
  return { ...scene, at, lightHeights };
};

const NOW = headerAt(TARGET).time + 1_000n;

describe('a header above the trusted one', () => {
  test('is believed over one in between where nobody who is trusted signed it', () => {
    const { at, lightHeights, reports } = looking(honest, NOW);
    expect(at(TARGET)).toEqual(E.right(headerAt(TARGET)));
    expect(lightHeights()).toEqual([TARGET, 9n]);
    expect(reports).toEqual([]);
  });

  test('is trusted from then on: what lies below it needs no signature', () => {
    const { at, lightHeights } = looking(honest, NOW);
    for (const height of [TARGET, 12n, TARGET, 1n]) expect(at(height)).toEqual(E.right(headerAt(height)));
    expect(lightHeights()).toEqual([TARGET, 9n]);
  });

  test.each([
    ['signatures that are none', lightBlock(headerAt(TARGET), FORGED), 'invalid'],
    [
      'a set of before',
      lightBlock({ ...headerAt(TARGET), validatorsHash: frozen(VALIDATORS).hash }, FORGED),
      'invalid',
    ],
    ['a certificate of another block', { ...lightBlock(headerAt(9n)), header: headerAt(TARGET) }, 'is for height 9'],
  ])('costs who shows it with %s, and nobody who showed what lies between', (_what, shown, refused) => {
    const { at, reports } = looking(showingTarget(shown), NOW);
    expect(at(TARGET)).toMatchObject(E.left(expect.stringContaining(refused)));
    expect(reports).toEqual(['liar: bad-certificate']);
  });

  test.each([
    ['is ahead of our clock', headerAt(TARGET).time - 10_000n, 'check the clock'],
    ['is asked for when trust has expired', headerAt(TRUSTED).time + 40_000n, 'take a newer block to trust'],
  ])('that %s proves no lie', (_when, nowMs, refused) => {
    const { at, reports } = looking(honest, nowMs);
    expect(at(TARGET)).toMatchObject(E.left(expect.stringContaining(refused)));
    expect(reports).toEqual([]);
  });

  test('that names sets which nobody has is nobody’s proven lie', () => {
    const { at, reports } = looking(
      showingTarget(lightBlock({ ...headerAt(TARGET), nextValidatorsHash: hashNamed('invented') })),
      NOW,
    );
    expect(at(TARGET)).toMatchObject(E.left(expect.stringContaining('no peer answers ValidatorSet')));
    expect(reports).toEqual([]);
  });
});
