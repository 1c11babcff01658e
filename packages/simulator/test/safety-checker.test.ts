import { describe, expect, test } from 'vitest';
import type { NodeEvent } from '@zhtp/engine';
import { decode, encode, peerMessageCodec, type Hash } from '@zhtp/types';
import { healthyRun, judged, properties, type Told } from './support/history.ts';
import { either as E, option as O } from 'fp-ts';

type Commit = Extract<NodeEvent, { readonly _tag: 'BlockCommitted' }>;

const history = await healthyRun();

const other = (id: Hash): Hash => (id.startsWith('0') ? `1${id.slice(1)}` : `0${id.slice(1)}`) as Hash;

const ofCommits = (change: (event: Commit, node: number) => Commit, of = history): readonly string[] =>
  properties(
    judged(of, (entry) =>
      entry._tag === 'Event' && entry.event._tag === 'BlockCommitted'
        ? { ...entry, event: change(entry.event, entry.node) }
        : entry,
    ),
  );

const isMessage = (entry: Told, tag: 'Propose' | 'Vote'): boolean => {
  if (entry._tag !== 'Sent' && entry._tag !== 'Delivered') return false;
  const message = decode(peerMessageCodec)(entry.payload);
  return E.isRight(message) && message.right._tag === tag;
};

describe('of what nodes decide, the safety checker', () => {
  test('has nothing to say in a healthy run', () => {
    expect(history.world.checker.violations()).toEqual([]);
    expect(judged(history)).toEqual([]);
    expect(history.told.length).toBeGreaterThan(200);
  });

  test('sees two nodes that decide one height differently', () => {
    const found = ofCommits((event, node) =>
      node === 2 && event.block.header.height === 3n
        ? {
            ...event,
            blockId: other(event.blockId),
            certificate: { ...event.certificate, blockId: other(event.blockId) },
          }
        : event,
    );
    expect(found).toContain('agreement');
  });

  test('sees two nodes that execute one block differently', () => {
    expect(ofCommits((event, node) => (node === 1 ? { ...event, appHash: other(event.appHash) } : event))).toEqual([
      'agreement',
    ]);
  });

  test('sees a full node that executes a block differently: it is correct', async () => {
    const withFullNode = await healthyRun(1);
    expect(judged(withFullNode)).toEqual([]);
    expect(
      ofCommits((event, node) => (node === 4 ? { ...event, appHash: other(event.appHash) } : event), withFullNode),
    ).toEqual(['agreement']);
  });

  test('sees a block that a correct node found invalid, refused before or after it is decided', () => {
    const first = history.told.find((entry) => entry._tag === 'Event' && entry.event._tag === 'BlockCommitted');
    const committed = first?._tag === 'Event' && first.event._tag === 'BlockCommitted' ? first.event : undefined;
    expect(committed).toBeDefined();
    if (committed === undefined) return;
    const { blockId } = committed;
    const { height } = committed.block.header;
    const refusal: Told = {
      _tag: 'Event',
      node: 3,
      event: { _tag: 'BlockRefused', height, blockId, reason: 'planted' },
      shown: undefined,
    };
    for (const told of [
      [refusal, ...history.told],
      [...history.told, refusal],
    ])
      expect(properties(judged({ ...history, told }))).toEqual(['decided block was refused']);
  });

  test('sees a block that no proposer of any round offered', () => {
    const found = properties(judged(history, (entry) => (isMessage(entry, 'Propose') ? undefined : entry)));
    expect(found).toContain('decided block was never proposed');
    expect(found).toContain('prevote without a reason');
  });

  test('counts the signers of a certificate itself', () => {
    const found = ofCommits((event) => ({
      ...event,
      certificate: {
        ...event.certificate,
        signers: Uint8Array.of(3),
        signatures: event.certificate.signatures.slice(0, 2),
      },
    }));
    expect(found).toEqual(['certificate without a quorum']);
  });

  test('counts the signatures of a certificate beside its signers', () => {
    for (const count of [-1, 1]) {
      const found = ofCommits((event) => {
        const { signatures } = event.certificate;
        const others = count < 0 ? signatures.slice(1) : [...signatures, ...signatures.slice(0, 1)];
        return { ...event, certificate: { ...event.certificate, signatures: others } };
      });
      expect(found).toEqual(['certificate without a quorum']);
    }
  });

  test('does not take a certificate of another height, block or set', () => {
    for (const wrong of [{ height: 9n }, { blockId: '0'.repeat(64) as Hash }, { setSize: 5 }])
      expect(ofCommits((event) => ({ ...event, certificate: { ...event.certificate, ...wrong } }))).toEqual([
        'certificate without a quorum',
      ]);
  });

  test('does not believe a certificate of votes that nobody released', () => {
    const found = ofCommits((event) => ({ ...event, certificate: { ...event.certificate, round: 5 } }));
    expect(found).toContain('certificate of votes nobody released');
  });

  test('sees block time that stands still', () => {
    const found = ofCommits((event) => ({
      ...event,
      block: { ...event.block, header: { ...event.block.header, time: 1_700_000_000_000n } },
    }));
    expect(found).toEqual(['time did not rise']);
  });

  test.each([60_000n, -60_000n])('sees a block whose time no correct validator stood for: %s ms off', (offMs) => {
    const found = properties(
      judged(history, (entry) => {
        if (entry._tag === 'Delivered') return { ...entry, receivedAtMs: entry.receivedAtMs + offMs };
        // Without its proposer's own word only the receivers can stand for it.
        return entry._tag === 'Sent' && isMessage(entry, 'Propose') ? { ...entry, node: (entry.node + 1) % 4 } : entry;
      }),
    );
    expect(found).toContain('decided block was timely for nobody');
  });

  test('takes nobody who was offered a block again for one who stands for its time', () => {
    const found = properties(
      judged(history, (entry) => {
        if (entry._tag === 'Event') return entry;
        const message = decode(peerMessageCodec)(entry.payload);
        if (E.isLeft(message) || message.right._tag !== 'Propose') return entry;
        if (entry._tag === 'Sent') return { ...entry, node: (entry.node + 1) % 4 };
        const proposal = { ...message.right.proposal, round: 1, validRound: O.some(0) };
        return { ...entry, payload: encode(peerMessageCodec)({ _tag: 'Propose', proposal }) };
      }),
    );
    expect(found).toContain('decided block was timely for nobody');
  });

  test('sees a parent that was not decided', () => {
    const found = ofCommits((event) => ({
      ...event,
      block: { ...event.block, header: { ...event.block.header, lastBlockId: other(event.block.header.lastBlockId) } },
    }));
    expect(found).toEqual(['parent is not the decided one']);
  });

  test('sees a transaction that two blocks hold', () => {
    const transactions = [Uint8Array.of(1, 2, 3)];
    const found = ofCommits((event) => ({ ...event, block: { ...event.block, transactions } }));
    expect(found).toEqual(['transaction in two blocks']);
  });

  const commitsOfNode1 = history.told.filter(
    (entry) => entry._tag === 'Event' && entry.node === 1 && entry.event._tag === 'BlockCommitted',
  );
  const after = (entry: Told): readonly string[] => properties(judged({ ...history, told: [...history.told, entry] }));

  test('sees a node that comes back below what it had committed, or at it', () => {
    const head = BigInt(commitsOfNode1.length);
    for (const [height, found] of [
      [2n, ['decided block lost']],
      [head, ['decided block lost']],
      [head + 1n, []],
    ] as const)
      expect(
        after({ _tag: 'Event', node: 1, event: { _tag: 'Replayed', height, records: 0 }, shown: undefined }),
      ).toEqual(found);
  });

  test('sees a node that commits a height again', () => {
    const last = commitsOfNode1.at(-1);
    if (last === undefined) throw new Error('four heights were committed');
    expect(after(last)).toEqual(['decided block lost']);
  });

  test('sees a node that stops by itself', () => {
    const halted: Told = { _tag: 'Event', node: 1, event: { _tag: 'Halted', reason: 'planted' }, shown: undefined };
    expect(properties(judged({ ...history, told: [...history.told, halted] }))).toEqual(['node halted']);
  });
});
