import { U64_MAX } from '@zhtp/types';
import * as fc from 'fast-check';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  conservationFault,
  commitToStorage,
  propose,
  submitAttestation,
  submitWork,
  vote,
  withdrawStorage,
  type LedgerMessage,
  type LedgerMessageOf,
  type LedgerState,
  type MessageFailure,
} from '@zhtp/ledger';
import { alice, hashOf, right } from './support/chain.ts';
import { personOf } from './support/executor.ts';
import { unsignedAttestation, unsignedReceipt } from './support/proofs.ts';
import { unsignedDoubleSign } from './support/double-sign.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, c, d, outsider, saver] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];
const FEE = 200n;
const nobody = personOf(99);

const registration = (by: Person, fields: Partial<LedgerMessageOf<'RegisterValidator'>> = {}): LedgerMessage => ({
  _tag: 'RegisterValidator',
  stake: 1_000n * ZHTP,
  storageProvided: 0n,
  consensusKey: by.key,
  proofOfPossession: new Uint8Array(1),
  commissionRate: 5,
  maxRate: 20,
  maxDailyChange: 5,
  ...fields,
});
const proposal = right(
  propose({ title: 't', description: 'd', proposalType: 'CommunityFunding', votingPeriodDays: 7 }),
);

const workOf = (fields: Parameters<typeof unsignedReceipt>[0]): LedgerMessage => submitWork([unsignedReceipt(fields)]);

/** Who says what, and which code the receipt has. */
type Case = readonly [what: string, by: Person, message: LedgerMessage, reason: MessageFailure];

const CASES: readonly Case[] = [
  [
    'a transfer of more than there is',
    saver,
    { _tag: 'Transfer', recipient: a.who, amount: U64_MAX },
    'InsufficientBalance',
  ],
  ['a stake of more than there is', outsider, registration(outsider, { stake: U64_MAX }), 'InsufficientBalance'],
  ['a stake below the minimum', outsider, registration(outsider, { stake: 1_000n * ZHTP - 1n }), 'StakingRefused'],
  ['a registration again', a, registration(a), 'StakingRefused'],
  ['the key of another validator', outsider, registration(outsider, { consensusKey: a.key }), 'StakingRefused'],
  [
    'a key of zeros',
    outsider,
    registration(outsider, { consensusKey: new Uint8Array(a.key.length) }),
    'StakingRefused',
  ],
  ['a key of another length', outsider, registration(outsider, { consensusKey: a.key.slice(1) }), 'StakingRefused'],
  ['a commission over 100', outsider, registration(outsider, { commissionRate: 101, maxRate: 255 }), 'StakingRefused'],
  ['a commission over its maximum', outsider, registration(outsider, { commissionRate: 21 }), 'StakingRefused'],
  ['a maximum over 100', outsider, registration(outsider, { maxRate: 101 }), 'StakingRefused'],
  ['more stake by nobody', outsider, { _tag: 'AddStake', amount: ZHTP }, 'StakingRefused'],
  ['more stake than there is', a, { _tag: 'AddStake', amount: U64_MAX }, 'InsufficientBalance'],
  ['less stake by nobody', outsider, { _tag: 'RemoveStake', amount: ZHTP }, 'StakingRefused'],
  ['less stake than nothing', a, { _tag: 'RemoveStake', amount: 1_000n * ZHTP + 1n }, 'StakingRefused'],
  ['leaving by nobody', outsider, { _tag: 'LeaveSet' }, 'StakingRefused'],
  ['leaving four behind, less one', a, { _tag: 'LeaveSet' }, 'StakingRefused'],
  ['coming back without having left', a, { _tag: 'RejoinSet' }, 'StakingRefused'],
  ['coming back by nobody', outsider, { _tag: 'RejoinSet' }, 'StakingRefused'],
  ['release of the free', a, { _tag: 'ReleaseFromJail' }, 'StakingRefused'],
  ['release of nobody', outsider, { _tag: 'ReleaseFromJail' }, 'StakingRefused'],
  ['a commission of 101', a, { _tag: 'ChangeCommission', rate: 101 }, 'StakingRefused'],
  ['a commission that leaps', a, { _tag: 'ChangeCommission', rate: 255 }, 'StakingRefused'],
  ['a commission of nobody', outsider, { _tag: 'ChangeCommission', rate: 5 }, 'StakingRefused'],
  [
    "another validator's key",
    a,
    { _tag: 'ChangeConsensusKey', consensusKey: b.key, proofOfPossession: new Uint8Array(1) },
    'StakingRefused',
  ],
  ['a delegation to nobody', saver, { _tag: 'Delegate', validator: nobody, amount: ZHTP }, 'StakingRefused'],
  ['a delegation of too little', saver, { _tag: 'Delegate', validator: a.who, amount: ZHTP - 1n }, 'StakingRefused'],
  ['a delegation of too much', saver, { _tag: 'Delegate', validator: a.who, amount: U64_MAX }, 'InsufficientBalance'],
  ['taking back what was never given', saver, { _tag: 'Undelegate', validator: a.who, amount: ZHTP }, 'StakingRefused'],
  ['taking back from nobody', saver, { _tag: 'Undelegate', validator: nobody, amount: ZHTP }, 'StakingRefused'],
  [
    'moving what was never given',
    saver,
    { _tag: 'Redelegate', source: a.who, destination: b.who, amount: ZHTP },
    'StakingRefused',
  ],
  [
    'moving in a circle',
    saver,
    { _tag: 'Redelegate', source: a.who, destination: a.who, amount: ZHTP },
    'StakingRefused',
  ],
  ['claiming nothing', saver, { _tag: 'ClaimRewards', validator: a.who }, 'NothingToClaim'],
  ['claiming from nobody', saver, { _tag: 'ClaimRewards', validator: nobody }, 'NothingToClaim'],
  ['a title of nothing', saver, { ...proposal, title: ' ' }, 'GovernanceRefused'],
  ['a vote of 366 days', saver, { ...proposal, votingPeriodDays: O.some(366) }, 'GovernanceRefused'],
  ['a vote of no days', saver, { ...proposal, votingPeriodDays: O.some(0) }, 'GovernanceRefused'],
  ['a vote of two lengths', saver, { ...proposal, votingPeriodSeconds: O.some(86_400n) }, 'GovernanceRefused'],
  ['a delay of ages', saver, { ...proposal, votingDelaySeconds: U64_MAX }, 'GovernanceRefused'],
  ['a secret proposal', saver, { ...proposal, privacyLevel: 'Private' }, 'GovernanceRefused'],
  ['what nobody can execute', saver, { ...proposal, executionParams: O.some(Uint8Array.of(9)) }, 'GovernanceRefused'],
  ['a vote on nothing', saver, vote(hashOf(1), { _tag: 'Yes' }), 'GovernanceRefused'],
  ['taking back nothing', saver, { _tag: 'CancelProposal', proposalId: hashOf(1) }, 'GovernanceRefused'],
  ['a gift of more than there is', saver, { _tag: 'DepositToTreasury', amount: U64_MAX }, 'InsufficientBalance'],
  [
    'evidence of the future',
    saver,
    { _tag: 'SubmitEvidence', evidence: unsignedDoubleSign({ voter: d.who, height: U64_MAX }) },
    'EvidenceRefused',
  ],
  [
    'a commitment of nobody',
    outsider,
    commitToStorage({ root: hashOf(1), salt: hashOf(2), blockBytes: 1_024 }),
    'StorageRefused',
  ],
  ['taking back what was never committed', a, withdrawStorage(), 'StorageRefused'],
  ['taking back by nobody', outsider, withdrawStorage(), 'StorageRefused'],
  ['storage of nobody', outsider, submitAttestation(unsignedAttestation(outsider.who)), 'StorageRefused'],
  ['storage that was not committed', a, submitAttestation(unsignedAttestation(a.who)), 'StorageRefused'],
  ['storage of somebody else', b, submitAttestation(unsignedAttestation(a.who)), 'StorageRefused'],
  ['work of nobody', outsider, workOf({ prover: outsider.who, client: a.who }), 'WorkRefused'],
  ['work of somebody else', a, workOf({ prover: b.who, client: c.who }), 'WorkRefused'],
  ['work for oneself', a, workOf({ prover: a.who, client: a.who }), 'WorkRefused'],
  ['work for nobody', a, workOf({ prover: a.who, client: nobody }), 'WorkRefused'],
  ['work of nothing', a, workOf({ prover: a.who, client: b.who, units: 0n }), 'WorkRefused'],
  ['work of too much', a, workOf({ prover: a.who, client: b.who, units: U64_MAX }), 'WorkRefused'],
  ['work that has no receipts', a, workOf({ prover: a.who, client: b.who, kind: 'DataStorage' }), 'WorkRefused'],
  ['work of an epoch to come', a, workOf({ prover: a.who, client: b.who, epoch: 1n }), 'WorkRefused'],
  ['work of the last epoch of all', a, workOf({ prover: a.who, client: b.who, epoch: U64_MAX }), 'WorkRefused'],
  ['a key that is none', saver, { _tag: 'ChangeAccountKey', key: new Uint8Array(5) }, 'KeyRefused'],
  ['the key that is', saver, { _tag: 'ChangeAccountKey', key: saver.key }, 'KeyRefused'],
];

const chainOf = () => {
  const chain = stakedChain({ chainParameters: { baseRewardMicro: 0n } });
  chain.passBlocks(3);
  return chain;
};
/** Everything but accounts and what a block does anyway. */
const restOf = ({ staking, governance, faults, sets, proofs }: LedgerState) => ({
  accounts: staking.accounts,
  delegations: staking.delegations,
  unbondings: staking.unbondings,
  keys: staking.keys,
  proposals: governance.open,
  escrow: governance.escrow,
  faults,
  sets,
  commitments: [...proofs.commitments],
  attested: [...proofs.attested],
  receipts: [...proofs.receipts],
  work: [...proofs.work],
});

describe('a message that a rule refuses', () => {
  test.each(CASES)('%s is a receipt, costs the fee and changes nothing else', (_, by, message, reason) => {
    const [chain, empty] = [chainOf(), chainOf()];
    const before = chain.balance(by);
    const { executed } = chain.next({ messages: [[by, message]] });
    empty.next();
    expect(executed[0]?.receipt.failure).toEqual(O.some({ message: 0, reason }));
    expect(executed[0]?.sentence).toMatch(/^message 0: .{10}/);
    expect(chain.balance(by)).toBe(before - FEE);
    expect(restOf(chain.state())).toEqual(restOf(empty.state()));
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('every kind of message is among them', () => {
    const SAID = new Set(CASES.map(([, , { _tag }]) => _tag));
    expect([...SAID].sort()).toHaveLength(22);
  });
});

const amount = fc.constantFrom(1n, ZHTP - 1n, ZHTP, 1_000n * ZHTP, 1_000_000n * ZHTP, 2n ** 63n, U64_MAX - 1n, U64_MAX);
const person = fc.constantFrom(a, b, c, d, outsider, saver);
const identity = fc.oneof({ weight: 5, arbitrary: person.map(({ who }) => who) }, fc.constant(nobody));
const percent = fc.constantFrom(0, 1, 5, 99, 100, 101, 255);
const key = fc.oneof(
  person.map((each) => each.key),
  fc.constantFrom(alice.publicKey, new Uint8Array(0), new Uint8Array(a.key.length)),
);
const proof = fc.constant(new Uint8Array(0));
const tagged = <Tag extends LedgerMessage['_tag']>(
  _tag: Tag,
  fields: {
    readonly [F in keyof Omit<LedgerMessageOf<Tag>, '_tag'>]: fc.Arbitrary<LedgerMessageOf<Tag>[F]>;
  },
): fc.Arbitrary<LedgerMessage> => fc.record({ _tag: fc.constant(_tag), ...fields }) as fc.Arbitrary<LedgerMessage>;

const extreme: fc.Arbitrary<LedgerMessage> = fc.oneof(
  tagged('Transfer', { recipient: identity, amount }),
  tagged('RegisterValidator', {
    stake: amount,
    storageProvided: fc.constantFrom(0n, U64_MAX),
    consensusKey: key,
    proofOfPossession: proof,
    commissionRate: percent,
    maxRate: percent,
    maxDailyChange: percent,
  }),
  tagged('AddStake', { amount }),
  tagged('RemoveStake', { amount }),
  tagged('LeaveSet', {}),
  tagged('RejoinSet', {}),
  tagged('ReleaseFromJail', {}),
  tagged('ChangeCommission', { rate: percent }),
  tagged('ChangeConsensusKey', { consensusKey: key, proofOfPossession: proof }),
  tagged('Delegate', { validator: identity, amount }),
  tagged('Undelegate', { validator: identity, amount }),
  tagged('Redelegate', { source: identity, destination: identity, amount }),
  tagged('ClaimRewards', { validator: identity }),
  tagged('DepositToTreasury', { amount }),
  tagged('CommitStorage', {
    commitment: fc.constantFrom(
      O.none,
      ...[1_024, 262_144].map((blockBytes) => O.some({ root: hashOf(1), salt: hashOf(255), blockBytes })),
    ),
  }),
  tagged('ProveStorage', {
    attestation: fc
      .record({ who: identity, storageCapacity: amount, utilization: amount, timestamp: amount })
      .map(({ who, ...rest }) => ({ ...unsignedAttestation(who), ...rest })),
  }),
  tagged('SubmitWork', {
    receipts: fc.array(
      fc
        .record({
          prover: identity,
          client: identity,
          units: amount,
          epoch: fc.constantFrom(0n, 0n, 1n, U64_MAX),
          sequence: amount,
        })
        .map((fields) => unsignedReceipt(fields)),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  tagged('SubmitEvidence', {
    evidence: fc
      .record({ voter: identity, height: fc.constantFrom(0n, 1n, 3n, 10n, U64_MAX) })
      .map((what) => unsignedDoubleSign(what)),
  }),
);

describe('messages at the ends of their ranges', () => {
  test('never stop a block, and all money is somewhere after each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(person, extreme), { maxLength: 5 }), { minLength: 1, maxLength: 12 }),
        (blocks) => {
          const chain = stakedChain({ config: { developmentMode: true }, balance: 3_000_000n * ZHTP });
          chain.passBlocks(1);
          for (const messages of blocks) {
            chain.next({ messages });
            expect(conservationFault(chain.state(), 'full')).toBeUndefined();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
