import { either as E, taskEither as TE } from 'fp-ts';
import { createVerifier, defaultBackend, generateKeyPair, identityOf } from '@zhtp/crypto';
import { LedgerApplication } from '@zhtp/ledger';
import {
  GIB,
  MICRO_PER_ZHTP,
  ZERO_HASH,
  type ConsensusEvent,
  type IdentityId,
  type KeyPair,
  type ValidatorMessage,
} from '@zhtp/types';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ConsensusEngine, type EngineOptions, type EngineRegistration } from '@zhtp/engine';
import { volatileStateStore } from '../../src/facade/volatile-ports.ts';

interface Member {
  readonly keyPair: KeyPair;
  readonly identity: IdentityId;
}

const member = (): Member => {
  const keyPair = generateKeyPair('ML-DSA-65');
  return { keyPair, identity: identityOf(keyPair.algorithm, keyPair.publicKey) };
};

const registration = ({ identity, keyPair }: Member, change: Partial<EngineRegistration> = {}): EngineRegistration => ({
  identity,
  stake: 5_000n * MICRO_PER_ZHTP,
  storageCapacity: 500n * GIB,
  consensusKey: keyPair.publicKey,
  commissionRate: 5,
  isGenesis: false,
  ...change,
});

const development = { consensusType: 'ByzantineFaultTolerance', developmentMode: true, blockTime: 1n } as const;

const engineOf = (options: Partial<EngineOptions> = {}): ConsensusEngine => {
  const created = ConsensusEngine.create({ config: development, ...options });
  if (E.isLeft(created)) throw new Error(created.left.message);
  return created.right;
};

const refusal = (result: E.Either<{ readonly message: string }, unknown>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';

describe('before the start', () => {
  test('ConsensusEngine.create refuses a configuration outside its ranges by its field', () => {
    expect(refusal(ConsensusEngine.create({ config: { ...development, blockTime: 0n } }))).toContain('blockTime');
  });

  test('ConsensusEngine.registerValidator follows the documented rules, genesis validators may hold less, ConsensusEngine.validatorManager shows them', async () => {
    const engine = engineOf();
    const [first, second] = [member(), member()];
    expect(refusal(await engine.registerValidator(registration(first, { stake: 1n }))())).toMatch(
      /^Insufficient stake/,
    );
    expect(E.isRight(await engine.registerValidator(registration(first, { stake: 1n, isGenesis: true }))())).toBe(true);
    expect(refusal(await engine.registerValidator(registration(first))())).toContain('already registered');
    expect(refusal(await engine.registerValidator(registration(second, { storageCapacity: 1n }))())).toMatch(
      /^Insufficient storage/,
    );
    expect(engine.validatorManager().getValidatorStats().totalValidators).toBe(1);
  });

  test('ConsensusEngine.startConsensus needs four validators in production, and says so', async () => {
    const production = engineOf({ config: { ...development, developmentMode: false } });
    expect(refusal(await production.startConsensus()())).toContain('production needs 4');
  });

  test('nothing that needs a running engine pretends', async () => {
    const engine = engineOf();
    expect(refusal(engine.currentRound())).toContain('startConsensus');
    expect(refusal(await engine.daoEngineMut().depositToTreasury(1n, member().identity)())).toContain('startConsensus');
    expect(refusal(await engine.handleConsensusEvent({ _tag: 'StartRound', height: 1n, trigger: 'test' })())).toContain(
      'not running',
    );
    expect(await engine.submitTransaction(new Uint8Array(1))()).toMatchObject({
      left: { _tag: 'NetworkStateError', message: expect.stringContaining('not running') as string },
    });
  });

  test.each([-1n, 2n ** 64n])('a genesis at %s ms is a TimeError', async (genesisTime) => {
    const engine = engineOf({ genesisTime });
    await engine.registerValidator(registration(member()))();
    expect(await engine.startConsensus()()).toMatchObject({
      left: { _tag: 'TimeError', message: expect.stringContaining(`genesisTime is ${String(genesisTime)}`) as string },
    });
  });

  test.each(['', 'x'.repeat(65), '\ud800'])('no chain is called %j', async (chainId) => {
    const engine = engineOf({ chainId });
    await engine.registerValidator(registration(member()))();
    expect(await engine.startConsensus()()).toMatchObject({
      left: { _tag: 'NetworkStateError', message: expect.stringContaining('chainId') as string },
    });
  });
});

describe('a single validator in development mode', () => {
  test('decides block after block: ConsensusEngine.handleConsensusEvent, ConsensusEngine.currentRound and ConsensusEngine.config answer for it', async () => {
    const self = member();
    const engine = engineOf({ validator: self });
    await engine.registerValidator(registration(self))();
    const seen = firstValueFrom(
      engine.events$.pipe(
        filter(({ _tag }) => _tag === 'RoundCompleted'),
        take(2),
        toArray(),
      ),
    );
    expect(E.isRight(await engine.startConsensus()())).toBe(true);
    expect(await engine.handleConsensusEvent({ _tag: 'NewBlock', height: 1n, previousHash: ZERO_HASH })()).toEqual(
      E.right([{ _tag: 'RoundCompleted', height: 1n }]),
    );
    expect((await seen).map((event) => 'height' in event && event.height)).toEqual([1n, 2n]);
    expect(
      refusal(await engine.handleConsensusEvent({ _tag: 'NewBlock', height: 1n, previousHash: ZERO_HASH })()),
    ).toContain('decided already');
    const next = (engine.status()?.state.height ?? 0n) + 1n;
    expect(
      await engine.handleConsensusEvent({ _tag: 'NewBlock', height: next, previousHash: ZERO_HASH })(),
    ).toMatchObject({
      left: {
        _tag: 'InvalidPreviousHash',
        message: expect.stringContaining(`height ${String(next)} builds on`) as string,
      },
    });
    expect(
      await engine.handleConsensusEvent({ _tag: 'NewBlock', height: 99n, previousHash: ZERO_HASH })(),
    ).toMatchObject({ right: [{ _tag: 'RoundFailed' }] });
    expect(
      refusal(await engine.handleConsensusEvent({ _tag: 'ValidatorJoin', identity: member().identity, stake: 1n })()),
    ).toContain('no registered keys');
    expect(refusal(await engine.registerValidator(registration(member()))())).toContain('proofOfPossession is missing');
    expect(E.isRight(engine.currentRound())).toBe(true);
    expect(engine.config().blockTime).toBe(1n);
    await engine.stop()();
    expect(refusal(await engine.startConsensus()())).toContain('stopped');
  });
});

describe('a start that something else comes between', () => {
  const founded = async (): Promise<ConsensusEngine> => {
    const self = member();
    const engine = engineOf({ validator: self });
    await engine.registerValidator(registration(self))();
    return engine;
  };

  test('is one start, however often it is asked for meanwhile: two nodes never share a journal', async () => {
    const engine = await founded();
    const answers = await Promise.all([engine.startConsensus()(), engine.startConsensus()()]);
    expect(answers.map(refusal)).toEqual(['accepted', 'the engine is starting already']);
    await engine.stop()();
  });

  test('ends as a refusal when the engine is stopped, and the engine stays stopped', async () => {
    const engine = await founded();
    const starting = engine.startConsensus()();
    await engine.stop()();
    expect(refusal(await starting)).toContain('stopped while it started');
    expect(engine.status()).toBeUndefined();
    expect(refusal(await engine.startConsensus()())).toContain('stopped already');
  });

  test('ends as a refusal when the engine is stopped while its node recovers', async () => {
    const store = volatileStateStore();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const opened = await LedgerApplication.open({
      store: {
        ...store,
        write: (changes) => async () => {
          reached.resolve();
          await released.promise;
          return store.write(changes)();
        },
      },
      verifier: createVerifier({ backend: defaultBackend('ML-DSA-65'), concurrency: 1, schedule: setImmediate }),
    })();
    if (E.isLeft(opened)) return expect.fail(opened.left.message);
    const self = member();
    const engine = engineOf({ validator: self, ports: { application: opened.right } });
    await engine.registerValidator(registration(self))();
    const starting = engine.startConsensus()();
    await reached.promise;
    await engine.stop()();
    expect(refusal(await starting)).toContain('stopped while it started');
    released.resolve();
  });

  test('that was refused may be tried again', async () => {
    const engine = engineOf();
    expect(refusal(await engine.startConsensus()())).toContain('development mode needs 1');
    await engine.registerValidator(registration(member()))();
    expect(refusal(await engine.startConsensus()())).toBe('accepted');
    await engine.stop()();
  });
});

test('four engines agree through nothing but MessageBroadcaster.broadcastToValidators and the documented events', async () => {
  const members = [member(), member(), member(), member()];
  const engines = new Map<IdentityId, ConsensusEngine>();
  const asEvent = (message: ValidatorMessage): ConsensusEvent | undefined => {
    switch (message._tag) {
      case 'Propose':
        return { _tag: 'ProposalReceived', proposal: message.proposal };
      case 'Vote':
        return { _tag: 'VoteReceived', vote: message.vote };
      case 'Heartbeat':
        return undefined;
    }
  };
  // Ahead, so that all run before the first block: who starts after it has missed votes that nobody broadcasts again.
  const genesisTime = BigInt(Date.now()) + 1_000n;
  for (const self of members)
    engines.set(
      self.identity,
      engineOf({
        validator: self,
        genesisTime,
        broadcaster: {
          broadcastToValidators: (message, validators) => {
            const event = asEvent(message);
            for (const identity of validators)
              if (event !== undefined) void engines.get(identity)?.handleConsensusEvent(event)();
            return TE.right(undefined);
          },
        },
      }),
    );
  for (const engine of engines.values())
    for (const each of members) await engine.registerValidator(registration(each))();
  const heights = [...engines.values()].map((engine) =>
    firstValueFrom(
      engine.nodeEvents$.pipe(
        filter((event) => event._tag === 'BlockCommitted'),
        take(3),
        toArray(),
      ),
    ),
  );
  const started = await Promise.all([...engines.values()].map((engine) => engine.startConsensus()()));
  expect(started).toEqual(started.map(() => E.right(undefined)));
  const committed = await Promise.all(heights);
  const ids = committed.map((events) =>
    events.map((event) => (event._tag === 'BlockCommitted' ? event.blockId : '')).join(),
  );
  expect(new Set(ids).size).toBe(1);
  for (const engine of engines.values()) await engine.stop()();
}, 60_000);
