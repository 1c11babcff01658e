import { expect, test } from 'vitest';
import { explainOwnEvidence } from '../src/own-evidence.ts';

test('only what one node never signs twice sends its operator after a second machine to stop', () => {
  for (const kind of ['DuplicateVote', 'DuplicateProposal', 'Amnesia'] as const)
    expect(explainOwnEvidence(kind)).toMatch(/^evidence against this validator found: another machine .* stop one/);
  expect(explainOwnEvidence('InvalidProposal')).toMatch(
    /^evidence against this validator found: .*compare its version/,
  );
  for (const kind of ['InvalidVote', 'InvalidProposalBytes'] as const)
    expect(explainOwnEvidence(kind)).toMatch(/^evidence against this validator found: .*this program never signs/);
});
