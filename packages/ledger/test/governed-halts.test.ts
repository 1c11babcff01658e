import { encodeExecutionParams } from '@zhtp/dao';
import { invalidParameters } from '@zhtp/chain';
import type { GovernanceParameterValue } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import type { BlockOutcome, LedgerMessage } from '@zhtp/ledger';
import { ALGORITHM, right } from './support/chain.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const HOUR = 3_600n;
const KIB = 1_024n;
const SHORT = { votingPeriodMinSeconds: 60n };
const [a] = people as unknown as readonly [Person];

const proposal = (...updates: readonly GovernanceParameterValue[]): LedgerMessage => ({
  _tag: 'Propose',
  title: 'Other parameters',
  description: 'of a test',
  proposalType: 'ProtocolUpgrade',
  votingPeriodDays: O.none,
  votingPeriodSeconds: O.some(HOUR),
  votingDelaySeconds: 0n,
  executionParams: O.some(right(encodeExecutionParams({ action: { _tag: 'GovernanceParameterUpdate', updates } }))),
  ubiImpact: O.none,
  economicImpact: O.none,
  privacyLevel: 'Public',
});

const blockBytes = (value: bigint): GovernanceParameterValue => ({
  _tag: 'ChainParameter',
  name: 'maxBlockBytes',
  value,
});
const seats = (value: number): GovernanceParameterValue => ({ _tag: 'MaxValidators', value });

const sentences = ({ executed }: BlockOutcome): string => executed.map(({ sentence }) => sentence).join();

describe('parameters within their ranges that consensus could not go on under', () => {
  test.each([
    ['blocks that hold no certificate', [blockBytes(KIB)]],
    ['blocks that hold the certificate of the set there is, not that of all its seats', [blockBytes(128n * KIB)]],
    ['more seats than a block with its certificate has room for', [seats(1_000), blockBytes(6n * KIB * KIB)]],
  ])('%s are refused when they are proposed', (_, updates) => {
    const chain = stakedChain({ config: { maxValidators: 100 }, chainParameters: SHORT });
    chain.next();
    expect(sentences(chain.next({ messages: [[a, proposal(...updates)]] }))).toContain('the chain could not go on');
  });

  test('what passed before is refused when it is executed, and the engine accepts every parameter that is handed to it', () => {
    const chain = stakedChain({
      config: { maxValidators: 100, developmentMode: true },
      chainParameters: SHORT,
    });
    chain.next();
    // Each is possible alone; the second is executed after the first.
    const first = chain.next({ messages: [[a, proposal(seats(1_000))]] });
    const second = chain.next({ messages: [[a, proposal(blockBytes(1_024n * KIB))]] });
    const created = [first, second].flatMap(({ events }) => events.filter(({ _tag }) => _tag === 'ProposalCreated'));
    const ids = created.flatMap((event) => (event._tag === 'ProposalCreated' ? [event.proposal.id] : []));
    expect([sentences(first), sentences(second), ids.length]).toEqual(['', '', 2]);
    for (const proposalId of ids)
      chain.next({
        messages: people.map((person) => [
          person,
          { _tag: 'Vote', proposalId, voteChoice: { _tag: 'Yes' }, justification: O.none },
        ]),
      });
    chain.next({ seconds: HOUR });
    for (let n = 0; n < 30; n++) {
      const { parameters } = chain.next().end;
      if (O.isSome(parameters)) expect(invalidParameters(parameters.value, ALGORITHM)).toBeUndefined();
    }
    const { ended } = chain.state().governance;
    expect(ids.map((id) => ended.get(id)?.proposal.status)).toEqual(['Executed', 'Cancelled']);
    expect(O.toUndefined(ended.get(ids[1] ?? expect.fail('an id'))?.reason ?? O.none)).toContain('maxBlockBytes is');
  });
});
