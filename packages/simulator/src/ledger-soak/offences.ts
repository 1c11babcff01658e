import { amnesia, duplicateProposal, duplicateVote, sealVote, voteContentCodec, type VoteContent } from '@zhtp/chain';
import { heightKey, type LedgerState } from '@zhtp/ledger';
import {
  encode,
  PROTOCOL_VERSION,
  u64,
  ZERO_HASH,
  type ConsensusVote,
  type Evidence,
  type FrozenValidator,
  type PostQuantumSignature,
  type SignedProposal,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { drawnHash, nullSignatureOf, strangeKey, type Scene } from './cast.ts';

/** Before the first block nothing is frozen: who is active will be. */
const firstSet = ({ staking }: LedgerState): readonly FrozenValidator[] =>
  Array.from(
    staking.accounts.entries(),
    ([
      identity,
      {
        validator: { consensusKey, votingPower },
      },
    ]) => ({
      identity,
      consensusKey,
      votingPower,
    }),
  );

/** The set frozen for a height, as the state knows it. */
export const setOf = ({ state }: Pick<Scene, 'state'>, height: bigint): readonly FrozenValidator[] => {
  let members: readonly FrozenValidator[] | undefined;
  const wanted = heightKey(height);
  for (const [from, set] of state.sets.entries()) if (members === undefined || from <= wanted) members = set;
  return members ?? firstSet(state);
};

/** Offences that are shown lie at most so many blocks back, and within the evidence age. */
const BLOCKS_BACK_MAX = 25;

interface Culprit {
  readonly scene: Scene;
  readonly member: FrozenValidator;
  readonly height: bigint;
  readonly signature: PostQuantumSignature;
}

const seal = ({ member, height, signature }: Culprit, content: Partial<VoteContent>): ConsensusVote =>
  sealVote(
    {
      voteType: 'PreCommit',
      height,
      round: 0,
      proposalId: O.none,
      polRound: O.none,
      appHash: O.none,
      voter: member.identity,
      ...content,
    },
    signature,
  );

const propose = ({ scene, member, height, signature }: Culprit): SignedProposal => ({
  id: drawnHash(scene.random),
  proposer: member.identity,
  height,
  round: 0,
  validRound: O.none,
  protocolVersion: PROTOCOL_VERSION,
  signature,
});

const writeVote = encode(voteContentCodec);
const writeHeight = encode(u64);

/** One of each kind: a new kind of evidence does not compile without one. */
const SHOWN: { readonly [Tag in Evidence['_tag']]: (culprit: Culprit) => Evidence } = {
  DuplicateVote: (culprit) => {
    const [a, b] = [drawnHash(culprit.scene.random), drawnHash(culprit.scene.random)];
    return duplicateVote(seal(culprit, { proposalId: O.some(a) }), seal(culprit, { proposalId: O.some(b) }));
  },
  DuplicateProposal: (culprit) => duplicateProposal(propose(culprit), propose(culprit)),
  Amnesia: (culprit) => {
    const [a, b] = [drawnHash(culprit.scene.random), drawnHash(culprit.scene.random)];
    const prevote = seal(culprit, { voteType: 'PreVote', round: 3, proposalId: O.some(b) });
    return amnesia(seal(culprit, { round: 1, proposalId: O.some(a) }), prevote);
  },
  InvalidProposal: (culprit) => ({
    _tag: 'InvalidProposal',
    proposal: { ...propose(culprit), id: ZERO_HASH },
    against: [],
  }),
  InvalidVote: (culprit) => {
    const { member, height, signature } = culprit;
    const content = { height, round: 0, polRound: O.none, appHash: O.none, voter: member.identity };
    const signed = writeVote({ ...content, voteType: 'Commit', proposalId: O.some(ZERO_HASH) });
    return { _tag: 'InvalidVote', signer: member.identity, signed, signature };
  },
  InvalidProposalBytes: (culprit) => {
    const { member, height, signature } = culprit;
    const signed = new Uint8Array(48);
    // The height stands after the block id: bytes from there on are none of a proposal's.
    signed.set(writeHeight(height), 32);
    return { _tag: 'InvalidProposalBytes', signer: member.identity, signed, signature };
  },
};

/** Double signs are for ever: they are drawn seldom, or nobody would be left. */
const URN: readonly Evidence['_tag'][] = [
  'DuplicateVote',
  'DuplicateProposal',
  'Amnesia',
  ...Array.from({ length: 5 }, () => ['InvalidProposal', 'InvalidVote', 'InvalidProposalBytes'] as const).flat(),
];

/** Something that a member of a past set is shown to have done; the signature is a stranger's now and then where asked. */
export const drawEvidence = (scene: Scene, forgedPerMille = 200): Evidence => {
  const { random, state } = scene;
  const reach = Math.min(BLOCKS_BACK_MAX, Number(state.staking.rules.evidenceBlocks), Number(scene.height) - 1);
  const height = scene.height - BigInt(random.int(1, Math.max(1, reach)));
  const member = random.pick(setOf(scene, height));
  if (member === undefined) throw new Error(`nobody validates at height ${String(height)}`);
  const key = random.chance(forgedPerMille) ? strangeKey(random) : member.consensusKey;
  const signature = { algorithm: 'ML-DSA-65', signature: nullSignatureOf(key), publicKey: O.none } as const;
  return SHOWN[random.pick(URN) ?? 'InvalidVote']({ scene, member, height, signature });
};
