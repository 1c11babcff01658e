import { duplicateVote } from '@zhtp/chain';
import { encode, gossipMessageCodec, type ConsensusVote } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { story, vote, X, Y } from './support/story.ts';

describe('of evidence, the safety checker', () => {
  const equivocation = (first: ConsensusVote, second: ConsensusVote) => ({
    _tag: 'EvidenceFound' as const,
    evidence: duplicateVote(first, second),
  });

  test('lets a faulty validator be accused of what it sent, of nothing else, and nobody correct', () => {
    const [first, second] = [vote('PreVote', 3, X), vote('PreVote', 3, Y)];
    const sent = story([3]).says(3, first, second);
    sent.checker.observe(0, equivocation(first, second));
    expect(sent.found()).toEqual([]);

    const invented = story([3]).says(3, first);
    invented.checker.observe(0, equivocation(first, second));
    expect(invented.found()).toEqual(['evidence of what was never sent']);

    // Signed, lost in a crash before it left, and shown beside its twin's by nobody but the signer.
    const gossip = encode(gossipMessageCodec)({ _tag: 'Evidence', evidence: duplicateVote(first, second) });
    const shown = story([3]).says(3, first);
    shown.checker.published(3, gossip);
    shown.checker.observe(0, equivocation(first, second));
    expect(shown.found()).toEqual([]);

    const claimed = story([3]).says(3, first);
    claimed.checker.published(1, gossip);
    claimed.checker.observe(0, equivocation(first, second));
    expect(claimed.found()).toEqual(['evidence of what was never sent']);

    const honest = story()
      .enters(2, 0, 'prevote')
      .says(2, vote('PreVote', 2, null));
    honest.checker.observe(0, equivocation(vote('PreVote', 2, null), vote('PreVote', 2, Y)));
    expect(honest.found()).toEqual(['correct validator accused', 'evidence of what was never sent']);
  });

  test('sees a correct validator accused beside a faulty one, in either place', () => {
    const [lie, honest] = [vote('PreVote', 3, X), vote('PreVote', 2, null)];
    for (const [first, second] of [
      [lie, honest],
      [honest, lie],
    ] as const) {
      const it = story([3]).says(3, lie).enters(2, 0, 'prevote').says(2, honest);
      it.checker.observe(0, {
        _tag: 'EvidenceFound',
        evidence: { _tag: 'DuplicateVote', voteA: first, voteB: second },
      });
      expect(it.found()).toEqual(['correct validator accused']);
    }
  });

  test('takes from gossip what a faulty validator shows against itself, and not what others show', () => {
    const [first, second] = [vote('PreVote', 3, X), vote('PreVote', 3, Y)];
    const gossip = encode(gossipMessageCodec)({ _tag: 'Evidence', evidence: duplicateVote(first, second) });
    for (const [node, expected] of [
      [3, []],
      [2, ['evidence of what was never sent']],
    ] as const) {
      const it = story([3]).says(3, first);
      it.checker.published(node, gossip);
      it.checker.observe(0, equivocation(first, second));
      expect(it.found()).toEqual(expected);
    }
  });
});
