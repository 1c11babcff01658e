import { signMessage } from '@zhtp/crypto';
import { DEFAULT_FIRST_POLICY, DEFAULT_LEDGER_PARAMETERS, ledgerAppState, type StorageProver } from '@zhtp/ledger';
import { attestationCheck, commitStorage, proveStorage, type BlockReader, type StorageTree } from '@zhtp/proofs';
import { nullScheme, type SimulationScheme } from '@zhtp/simulator';
import { hash, type IdentityId, type Json } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { worldValidators } from '../../src/genesis-of-world.ts';

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const SIZE = 5_000;
const BLOCK_BYTES = 1_024;

const readerOf = (bytes: Uint8Array): BlockReader => ({
  size: bytes.length,
  read: (offset, into) => async () => {
    into.set(bytes.subarray(offset, offset + into.length));
    return E.right(undefined);
  },
});

/** Some bytes that each validator of a world holds: the genesis that commits to them, and who answers for them. */
export const heldStorage = async (
  count: number,
  scheme: SimulationScheme = nullScheme(),
): Promise<{ readonly appState: Json; readonly storageProver: StorageProver }> => {
  const held = new Map<IdentityId, { readonly tree: StorageTree; readonly reader: BlockReader }>();
  const validators = worldValidators(scheme, count);
  for (const [index, { identity }] of validators.entries()) {
    const reader = readerOf(Uint8Array.from({ length: SIZE }, (_, at) => (at * (index + 3)) % 251));
    const owner = { validator: right(hash(identity)), salt: right(hash('5a'.repeat(32))), blockBytes: BLOCK_BYTES };
    held.set(identity, { tree: right(await commitStorage(owner, reader)()), reader });
  }
  return {
    appState: ledgerAppState({
      ...DEFAULT_FIRST_POLICY,
      accounts: [],
      parameters: DEFAULT_LEDGER_PARAMETERS,
      storage: [...held].map(([validator, { tree }]) => ({
        validator,
        root: tree.root,
        salt: tree.salt,
        blockBytes: BLOCK_BYTES,
      })),
    }),
    storageProver:
      ({ chainId, validator, height, previousId, timestamp }) =>
      async () => {
        const mine = held.get(validator);
        const keyPair = validators.find(({ identity }) => identity === validator)?.keyPair;
        if (mine === undefined || keyPair === undefined) return E.left({ message: `${validator} holds nothing` });
        const results = right(await proveStorage(mine.tree, mine.reader, { prevHash: previousId, height })());
        const { algorithm, publicKey } = keyPair;
        const unsigned = {
          validatorId: mine.tree.validator,
          storageCapacity: BigInt(SIZE),
          utilization: 50n,
          challengeResults: results,
          timestamp,
          signature: { algorithm, signature: new Uint8Array(0), publicKey: O.none },
        };
        const { message } = right(attestationCheck({ chainId, algorithm, key: publicKey }, unsigned));
        const options = { backend: scheme.backend, deterministic: true };
        const signature = signMessage(keyPair, 'zhtp/storage/v1', message, options);
        return E.right({ ...unsigned, signature: { algorithm, signature, publicKey: O.none } });
      },
  };
};
