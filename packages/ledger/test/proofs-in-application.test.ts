import { emptyCertificate, genesisHashOf } from '@zhtp/chain';
import { keyPairFromSeed } from '@zhtp/crypto';
import { issueReceipt, StorageCapacityAttestation, type Receipt } from '@zhtp/proofs';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  buildTransaction,
  commitToStorage,
  LedgerApplication,
  registerValidator,
  signTransaction,
  submitAttestation,
  submitWork,
  type LedgerMessage,
  type StorageProver,
} from '@zhtp/ledger';
import {
  DEFAULT_CONSENSUS_CONFIG,
  ZERO_HASH,
  type Block,
  type CommitCertificate,
  type ConsensusProof,
  type ConsensusType,
  type Genesis,
  type Hash,
  type IdentityId,
  type KeyPair,
  type StorageCapacityAttestation as AttestationRecord,
} from '@zhtp/types';
import {
  alice,
  ALGORITHM,
  blockOf,
  bob,
  carol,
  CHAIN_ID,
  countingVerifier,
  dave,
  funded,
  genesisWith,
  hashOf,
  identityOfPair,
  memoryStore,
  PARAMETERS,
  reasonOf,
  right,
  run,
} from './support/chain.ts';
import { holdBytes, type HeldBytes } from './support/proofs.ts';

const ZHTP = 1_000_000n;
const erin = keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(5));
const VALIDATORS = [alice, bob, carol, dave];
const EVERYBODY = [...VALIDATORS, erin];
const pairOf = (who: IdentityId): KeyPair => EVERYBODY.find((pair) => identityOfPair(pair) === who) ?? alice;

const sign = (attestation: AttestationRecord, by: KeyPair, chainId = CHAIN_ID): AttestationRecord =>
  right(right(StorageCapacityAttestation.fromRecord(attestation)).sign(by, { chainId, deterministic: true }));

/** Four validators that hold bytes from the start, and erin, who holds some too. */
const startChain = async (consensusType: ConsensusType) => {
  const held = new Map<IdentityId, HeldBytes>();
  for (const pair of EVERYBODY) held.set(identityOfPair(pair), await holdBytes(identityOfPair(pair)));
  const bytesOf = (pair: KeyPair): HeldBytes => held.get(identityOfPair(pair)) ?? expect.fail('nobody’s bytes');
  const accounts = genesisWith(EVERYBODY.map((pair) => funded(pair, 10_000n * ZHTP)));
  const genesis: Genesis = {
    ...accounts,
    parameters: {
      ...accounts.parameters,
      consensus: { ...DEFAULT_CONSENSUS_CONFIG, consensusType, minStorage: 0n, epochLengthBlocks: 10n },
    },
    validators: VALIDATORS.map((pair) => ({
      identity: identityOfPair(pair),
      consensusKey: pair.publicKey,
      proofOfPossession: new Uint8Array(0),
      stake: 2_000n * ZHTP,
      storageProvided: 0n,
      commissionRate: 10,
    })),
    appState: {
      ...(accounts.appState as object),
      storage: VALIDATORS.map((pair) => {
        const { root, salt, blockBytes } = bytesOf(pair).tree;
        return { validator: identityOfPair(pair), root, salt, blockBytes };
      }),
    } as Genesis['appState'],
  };
  const storageProver: StorageProver = ({ validator, height, previousId }) =>
    TE.fromTask(async () =>
      sign(await bytesOf(pairOf(validator)).attest({ height, prevHash: previousId }), pairOf(validator)),
    );
  const ledger = await run(
    LedgerApplication.open({ store: memoryStore(), verifier: countingVerifier(), storageProver }),
  );
  await run(ledger.initChain(genesis));

  let height = 0n;
  const nonces = new Map<IdentityId, bigint>();
  const genesisHash = genesisHashOf(genesis);
  const transaction = (by: KeyPair, messages: readonly LedgerMessage[]): Uint8Array => {
    const nonce = nonces.get(identityOfPair(by)) ?? 0n;
    nonces.set(identityOfPair(by), nonce + 1n);
    const body = buildTransaction({
      chainId: CHAIN_ID,
      sender: by,
      account: { nonce, publicKey: nonce === 0n ? O.none : O.some(by.publicKey) },
      messages,
      parameters: PARAMETERS,
    });
    return signTransaction(right(body), by, genesisHash, { deterministic: true }).bytes;
  };
  const lastCommitAt = (at: bigint): CommitCertificate =>
    at === 1n ? emptyCertificate() : { ...emptyCertificate(), height: at - 1n, blockId: hashOf(Number(at)) };
  const proofFor = async (by: KeyPair) => {
    const at = height + 1n;
    return run(
      ledger.proposalProof({
        height: at,
        time: blockOf(at, []).header.time,
        proposer: identityOfPair(by),
        lastCommit: lastCommitAt(at),
      }),
    );
  };
  const blockBy = (by: KeyPair, proof: ConsensusProof, transactions: readonly Uint8Array[]): Block => {
    const block = blockOf(height + 1n, transactions);
    return {
      ...block,
      header: { ...block.header, proposer: identityOfPair(by) },
      lastCommit: lastCommitAt(height + 1n),
      proof,
    };
  };
  /** The next block, proposed, judged and executed; what became of its transactions. */
  const next = async (by: KeyPair, transactions: readonly Uint8Array[] = []): Promise<readonly string[]> => {
    const issued = await proofFor(by);
    if (issued._tag !== 'Proof') return expect.fail(issued.reason);
    const block = blockBy(by, issued.proof, transactions);
    expect(reasonOf(await run(ledger.processProposal(block)))).toBe('accepted');
    const { results } = await run(ledger.finalizeBlock(block));
    await run(ledger.commit());
    height += 1n;
    return results.map(({ message }) => message);
  };
  return {
    ledger,
    bytesOf,
    transaction,
    proofFor,
    blockBy,
    next,
    state: () => O.toUndefined(ledger.committedState()) ?? expect.fail('no state'),
    parentOf: (at: bigint): Hash => (at === 1n ? genesisHash : lastCommitAt(at).blockId),
  };
};
type Chain = Awaited<ReturnType<typeof startChain>>;

describe('a validator that joins a chain of ProofOfStorage', () => {
  const register: LedgerMessage = registerValidator({
    chainId: CHAIN_ID,
    identity: identityOfPair(erin),
    consensusKey: erin,
    stake: 2_000n * ZHTP,
    commissionRate: 5,
  });

  test('commits storage by a transaction and proposes from the epoch boundary on', async () => {
    const chain = await startChain('ProofOfStorage');
    const commit = commitToStorage(chain.bytesOf(erin).tree);
    expect(await chain.next(alice, [chain.transaction(erin, [register, commit])])).toEqual(['']);
    for (let i = 0; i < 11; i++) await chain.next(bob);
    const members = [...chain.state().sets].at(-1)?.[1] ?? [];
    expect(members.map(({ identity }) => identity)).toContain(identityOfPair(erin));
    await chain.next(erin); // its proof is issued by its node and judged by all
    expect(chain.state().proofs.attested.get(identityOfPair(erin))?.challengeHeight).toBe(13n);
  });

  test('proposes nothing without a commitment, and says what to do', async () => {
    const chain = await startChain('ProofOfStorage');
    await chain.next(alice, [chain.transaction(erin, [register])]);
    for (let i = 0; i < 11; i++) await chain.next(bob);
    expect(await chain.proofFor(erin)).toEqual({
      _tag: 'Unable',
      reason: `validator ${identityOfPair(erin)} has committed no storage: commit root and salt`,
    });
  });
});

describe('a proposal whose attestation answers a challenge from before its commitment', () => {
  test('is refused', async () => {
    const chain = await startChain('ProofOfStorage');
    await chain.next(bob);
    await chain.next(bob);
    const old = await chain.bytesOf(alice).attest({ height: 2n, prevHash: chain.parentOf(2n) });
    const issued = await chain.proofFor(alice);
    if (issued._tag !== 'Proof') return expect.fail(issued.reason);
    const proof = { ...issued.proof, storageProof: O.some(sign(old, alice)) };
    expect(reasonOf(await run(chain.ledger.processProposal(chain.blockBy(alice, proof, []))))).toBe('accepted');
    // The same bytes, committed again with another salt in block 3: what height 2 asked is no question about them.
    const { tree } = chain.bytesOf(alice);
    await chain.next(bob, [chain.transaction(alice, [commitToStorage({ ...tree, salt: hashOf(1) })])]);
    const later = { ...issued.proof, timestamp: issued.proof.timestamp + 10n, storageProof: proof.storageProof };
    expect(reasonOf(await run(chain.ledger.processProposal(chain.blockBy(alice, later, []))))).toMatch(
      /challenge of height 2 is not after the commitment of height 3/,
    );
  });

  test('the first block’s challenge follows from the genesis, which holds the commitments', async () => {
    const chain = await startChain('ProofOfStorage');
    const issued = await chain.proofFor(alice);
    if (issued._tag !== 'Proof') return expect.fail(issued.reason);
    const guessed = await chain.bytesOf(alice).attest({ height: 1n, prevHash: ZERO_HASH });
    const proof = { ...issued.proof, storageProof: O.some(sign(guessed, alice)) };
    expect(reasonOf(await run(chain.ledger.processProposal(chain.blockBy(alice, proof, []))))).toMatch(/asked was/);
    await chain.next(alice);
  });
});

describe('signatures inside messages', () => {
  let chain: Chain;
  beforeEach(async () => {
    chain = await startChain('ByzantineFaultTolerance');
    await chain.next(alice);
    // Everybody's key is known from here on.
    await chain.next(
      alice,
      [bob, dave].map((pair) => chain.transaction(pair, [{ _tag: 'DepositToTreasury', amount: 1n }])),
    );
  });
  const attestation = (by: KeyPair, chainId?: string): Promise<AttestationRecord> =>
    chain
      .bytesOf(bob)
      .attest({ height: 2n, prevHash: chain.parentOf(2n) })
      .then((unsigned) => sign(unsigned, by, chainId));
  const receipt = (clientKey: KeyPair, chainId = CHAIN_ID): Receipt =>
    right(
      issueReceipt(
        {
          prover: identityOfPair(bob),
          client: identityOfPair(dave),
          kind: 'Computation',
          units: 5n,
          epoch: 0n,
          sequence: 1n,
        },
        { chainId, clientKey, deterministic: true },
      ),
    );

  test('an attestation is signed by the registered consensus key, over this chain', async () => {
    for (const [by, chainId] of [[alice], [bob, 'another']] as const)
      expect(
        await chain.next(alice, [chain.transaction(bob, [submitAttestation(await attestation(by, chainId))])]),
      ).toEqual([expect.stringMatching(/signature is not by the registered key over this attestation and chain/)]);
    expect(await chain.next(alice, [chain.transaction(bob, [submitAttestation(await attestation(bob))])])).toEqual([
      '',
    ]);
    expect(chain.state().proofs.attested.get(identityOfPair(bob))?.challengeHeight).toBe(2n);
  });

  test('a receipt is signed by its client’s account key, over this chain', async () => {
    for (const forged of [receipt(alice), receipt(dave, 'another')])
      expect(await chain.next(alice, [chain.transaction(bob, [submitWork([forged])])])).toEqual([
        expect.stringMatching(/receipt 0: it, or another of this message, is not signed by its client/),
      ]);
    expect(await chain.next(alice, [chain.transaction(bob, [submitWork([receipt(dave)])])])).toEqual(['']);
    expect(await chain.next(alice, [chain.transaction(bob, [submitWork([receipt(dave)])])])).toEqual([
      expect.stringMatching(/used in this epoch already/),
    ]);
  });

  test('a builder of blocks includes what will fail, as executing it will say', async () => {
    const bytes = chain.transaction(bob, [submitWork([receipt(alice)])]);
    const chosen = await run(
      chain.ledger.prepareProposal({
        height: 3n,
        time: blockOf(3n, []).header.time,
        proposer: identityOfPair(alice),
        transactions: [bytes],
        maxBytes: 1_000_000,
        maxTransactions: 10,
        voteExtensions: [],
        lastCommit: { ...emptyCertificate(), height: 2n, blockId: hashOf(3) },
        evidence: [],
      }),
    );
    expect(chosen).toEqual([bytes]);
    expect(E.isRight(await chain.ledger.checkTx(bytes)())).toBe(true);
  });
});

describe('a chain of ProofOfUsefulWork', () => {
  test('proves in proposals what receipts have shown in this epoch', async () => {
    const chain = await startChain('ProofOfUsefulWork');
    await chain.next(alice, [chain.transaction(dave, [{ _tag: 'DepositToTreasury', amount: 1n }])]);
    const content = {
      prover: identityOfPair(bob),
      client: identityOfPair(dave),
      kind: 'NetworkRouting',
      units: 4_500n,
      epoch: 0n,
      sequence: 1n,
    } as const;
    const shown = right(issueReceipt(content, { chainId: CHAIN_ID, clientKey: dave }));
    expect(await chain.next(alice, [chain.transaction(bob, [submitWork([shown])])])).toEqual(['']);
    const issued = await chain.proofFor(bob);
    const proof = issued._tag === 'Proof' ? O.toUndefined(issued.proof.workProof) : undefined;
    expect(proof).toMatchObject({ routingWork: 4_500n, routesHandled: 4n, computeWork: 0n });
    await chain.next(bob);
  });
});

describe('a proposal with a proof of identity', () => {
  test.each(['ByzantineFaultTolerance', 'ProofOfStake'] as const)(
    'is rejected on a chain of %s, which has no verifier for it',
    async (type) => {
      const chain = await startChain(type);
      const issued = await chain.proofFor(alice);
      if (issued._tag !== 'Proof') return expect.fail(issued.reason);
      expect(issued.proof.zkDidProof).toEqual(O.none);
      for (const bytes of [Uint8Array.of(1), new Uint8Array(272)]) {
        const block = chain.blockBy(alice, { ...issued.proof, zkDidProof: O.some(bytes) }, []);
        expect(reasonOf(await run(chain.ledger.processProposal(block)))).toMatch(/no zk-DID verifier is configured/);
      }
      expect(await chain.next(alice)).toEqual([]);
    },
  );
});
