import { countSigning } from '@zhtp/validators';
import { expectRight } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import type { CertifiedBlock } from './certified.ts';
import { fileOffence } from './punish.ts';
import { stakingStep } from './staking-step.ts';

/** Reputation and activity of who signed or proposed, the liveness window of all; a fault by the window is punished here. */
export const countSigners = (working: WorkingState, { height, proposer, members, signers }: CertifiedBlock): void => {
  const signing = { height, proposer, members: members.map(({ identity }) => identity), signers };
  const faulty = expectRight(
    stakingStep(working, (staking) => countSigning(staking, signing)),
    `the certificate of block ${String(height)}`,
  );
  for (const validator of faulty)
    fileOffence(working, { validator, faultType: 'Liveness', height }, '', 'missed blocks of a whole window');
};
