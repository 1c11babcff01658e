import { schemeOf } from '@zhtp/crypto';
import type { Receipt } from '@zhtp/proofs';
import { accountOf, commitToStorage, withdrawStorage, type LedgerMessage } from '@zhtp/ledger';
import type { IdentityId, UsefulWorkType } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { drawnHash, nullSignatureOf, strangeKey, type Person, type Scene } from './cast.ts';
import { attestationOf, commitmentOf } from './held-bytes.ts';
import type { MessageMaker } from './message-makers.ts';
import { setOf } from './offences.ts';
import { anybody, ownerWhere } from './staking-messages.ts';

const validatorOwner = ownerWhere(({ status }) => status !== 'Slashed');

/** A validator that has committed storage, where there is one. */
const holder = (scene: Scene): Person => {
  const { random, state, cast } = scene;
  const committed = Array.from(state.proofs.commitments.entries(), ([identity]) => identity);
  const chosen = random.chance(900) ? random.pick(committed) : undefined;
  return (chosen === undefined ? undefined : cast.personOf(chosen)) ?? validatorOwner(scene);
};

const consensusKeyOf = (scene: Scene, who: IdentityId): Uint8Array =>
  setOf(scene, scene.height).find(({ identity }) => identity === who)?.consensusKey ??
  scene.state.staking.accounts.get(who)?.validator.consensusKey ??
  strangeKey(scene.random);

/** The newest challenge that the state can judge; an older one now and then. */
const drawChallenge = ({
  random,
  state,
}: Scene): { readonly height: bigint; readonly previousId: ReturnType<typeof drawnHash> } => {
  const asked = [...state.proofs.previousIds.entries()];
  const [height, previousId] = (random.chance(800) ? asked.at(-1) : random.pick(asked)) ?? [];
  return { height: BigInt(height ?? 0), previousId: previousId ?? drawnHash(random) };
};

const KINDS: readonly UsefulWorkType[] = [
  'NetworkRouting',
  'NetworkRouting',
  'Computation',
  'Computation',
  'DataStorage',
];
const SEQUENCES = 60;
const { publicKeyBytes } = schemeOf('ML-DSA-65');

const drawReceipt = (scene: Scene, prover: IdentityId): Receipt => {
  const { random, state } = scene;
  const client = random.chance(20) ? prover : anybody(scene).identity;
  const key = O.toUndefined(
    O.chain(({ publicKey }: { readonly publicKey: O.Option<Uint8Array> }) => publicKey)(accountOf(state, client)),
  );
  const isForged = random.chance(30);
  return {
    prover: random.chance(20) ? anybody(scene).identity : prover,
    client,
    kind: random.chance(980)
      ? (random.pick(KINDS.slice(0, 4)) ?? 'Computation')
      : (random.pick(KINDS) ?? 'Computation'),
    units: random.chance(20) ? 2n ** 48n : BigInt(random.int(random.chance(20) ? 0 : 1, 30_000)),
    epoch: random.chance(950) ? state.proofs.epoch : state.proofs.epoch + BigInt(random.int(0, 1)),
    sequence: BigInt(random.int(0, SEQUENCES)),
    signature: {
      algorithm: 'ML-DSA-65',
      // A policy has no one signature.
      signature: nullSignatureOf(key?.length !== publicKeyBytes || isForged ? strangeKey(random) : key),
      publicKey: O.none,
    },
  };
};

/** About what validators hold and do for others. */
export const PROOF_MAKERS = {
  CommitStorage: {
    by: validatorOwner,
    make: async ({ random }, { identity }) =>
      random.chance(120) ? withdrawStorage() : commitToStorage(await commitmentOf(identity, drawnHash(random))),
  },
  ProveStorage: {
    by: holder,
    make: async (scene, { identity }) => {
      const { random, state } = scene;
      const salt = state.proofs.commitments.get(identity)?.salt ?? drawnHash(random);
      const consensusKey = random.chance(50) ? strangeKey(random) : consensusKeyOf(scene, identity);
      const attestation = await attestationOf({ validator: identity, salt, consensusKey, ...drawChallenge(scene) });
      const claimed = random.chance(50) ? 2n ** BigInt(random.int(0, 63)) : attestation.storageCapacity;
      return { _tag: 'ProveStorage', attestation: { ...attestation, storageCapacity: claimed } };
    },
  },
  SubmitWork: {
    by: validatorOwner,
    make: (scene, { identity }) => ({
      _tag: 'SubmitWork',
      receipts: Array.from({ length: scene.random.int(1, 3) }, () => drawReceipt(scene, identity)),
    }),
  },
} as const satisfies { readonly [Tag in LedgerMessage['_tag']]?: MessageMaker<Tag> };
