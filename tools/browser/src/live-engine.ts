import { generateKeyPair, identityOf } from '@zhtp/crypto';
import { ConsensusEngine } from '@zhtp/engine';
import { GIB, MICRO_PER_ZHTP } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { filter, firstValueFrom } from 'rxjs';

/** One validator on the page's own clock, timers and random generator, until its second block. */
export const liveEngine = async (): Promise<string> => {
  const keyPair = generateKeyPair('ML-DSA-65');
  const identity = identityOf(keyPair.algorithm, keyPair.publicKey);
  const created = ConsensusEngine.create({
    config: { consensusType: 'ByzantineFaultTolerance', developmentMode: true, blockTime: 1n },
    validator: { identity, keyPair },
  });
  if (E.isLeft(created)) return created.left.message;
  const engine = created.right;
  const registered = await engine.registerValidator({
    identity,
    stake: 5_000n * MICRO_PER_ZHTP,
    storageCapacity: 500n * GIB,
    consensusKey: keyPair.publicKey,
    commissionRate: 5,
    isGenesis: false,
  })();
  if (E.isLeft(registered)) return registered.left.message;
  const secondBlock = firstValueFrom(
    engine.events$.pipe(filter((event) => event._tag === 'RoundCompleted' && event.height === 2n)),
  );
  const started = await engine.startConsensus()();
  if (E.isLeft(started)) return started.left.message;
  const { _tag } = await secondBlock;
  await engine.stop()();
  return _tag;
};
