import { option as O } from 'fp-ts';
import { ZERO_HASH, type SignContent } from '@zhtp/types';
import { expect, test } from 'vitest';
import { domainOfRequest } from '@zhtp/crypto';

const message = new Uint8Array(0);
const at = { height: 1n, round: 0, message };

test.each<[SignContent, string]>([
  [{ _tag: 'Proposal', ...at, proposalId: ZERO_HASH }, 'zhtp/proposal/v1'],
  [{ _tag: 'PreVote', ...at, proposalId: O.none, polRound: O.none }, 'zhtp/vote/v1'],
  [{ _tag: 'PreCommit', ...at, proposalId: O.none }, 'zhtp/vote/v1'],
  [{ _tag: 'Attestation', height: 1n, message }, 'zhtp/vote/v1'],
  [{ _tag: 'Heartbeat', message }, 'zhtp/heartbeat/v1'],
  [{ _tag: 'Extension', message }, 'zhtp/extension/v1'],
])('$0._tag is signed for its own purpose', (request, domain) => {
  expect(domainOfRequest(request)).toBe(domain);
});
