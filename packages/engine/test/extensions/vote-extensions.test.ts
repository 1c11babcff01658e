import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { extensionSignBytes, voteSignBytes, withoutExtension } from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import {
  decode,
  peerMessageCodec,
  VOTE_EXTENSION_BYTES_MAX,
  type Application,
  type BlockStore,
  type ConsensusVote,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import { createExtensionBook } from '../../src/extensions/extension-book.ts';
import type { NodeContext } from '../../src/node-context.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createVoteIntake } from '../../src/intake/vote-intake.ts';
import { blockAt } from '../support/genesis.ts';
import { keyOf } from '../support/keys.ts';
import { GENESIS_HASH, payloadOf, signedVote } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const BLOCK = hashNamed('block');

/** A precommit of this validator with this extension, both really signed. */
const extendedVote = (name: string, bytes: readonly number[], round = 0, signer = name): ConsensusVote => {
  const extension = Uint8Array.from(bytes);
  const content = { height: 1n, round, voter: identityNamed(name), blockId: BLOCK, extension };
  const signature = signMessage(keyOf(signer), 'zhtp/extension/v1', extensionSignBytes(GENESIS_HASH, content));
  return {
    ...signedVote(name, { voteType: 'PreCommit', round }),
    extension: O.some(extension),
    extensionSignature: O.some({ algorithm: 'ML-DSA-65', signature, publicKey: O.none }),
  };
};

/** A node at height 1 whose application extends votes from this height on and accepts what does not start with 9. */
const listening = (from = 1n, extend: NonNullable<Application['extendVote']> = () => TE.right(Uint8Array.of(7))) => {
  const base = verifyingContext();
  const asked: string[] = [];
  const view = base.ctx.view();
  const state = { ...view.state, parameters: { ...view.state.parameters, voteExtensionsFrom: from } };
  const application: Application = {
    ...base.ctx.ports.application,
    extendVote: extend,
    verifyVoteExtension: (_height, _voter, extension) => {
      asked.push(extension.join());
      return TE.right(extension[0] === 9 ? { _tag: 'Reject', reason: 'nine' } : { _tag: 'Accept' });
    },
  };
  const extensionsSaved: (readonly string[])[] = [];
  const blockStore: BlockStore = {
    ...base.ctx.ports.blockStore,
    saveExtensions: ({ extensions }, done) => {
      extensionsSaved.push(extensions.map(({ extension }) => extension.join()));
      done(E.right(undefined));
    },
  };
  const ctx: NodeContext = {
    ...base.ctx,
    view: () => ({ ...view, state }),
    ports: { ...base.ctx.ports, application, blockStore },
  };
  const extensions = createVoteExtensions(ctx);
  const intake = createVoteIntake(ctx, createAttestations(ctx), extensions);
  const peer = base.peer('peer');
  const other = base.peer('other');
  return {
    ...base,
    ctx,
    asked,
    extensions,
    extensionsSaved,
    hear: async (vote: ConsensusVote): Promise<void> => {
      intake.receive(peer, vote, payloadOf({ _tag: 'Vote', vote }));
      base.verify();
      await ctx.application.idle();
    },
    other,
  };
};

/** What the node would store with the decision of `block` in round 0. */
const stored = ({ extensions, extensionsSaved }: ReturnType<typeof listening>): readonly string[] => {
  extensions.save({ height: 1n, round: 0, blockId: BLOCK }, () => undefined);
  return extensionsSaved.at(-1) ?? [];
};

describe('a precommit with an extension', () => {
  test('counts without it, and the extension waits for the application', async () => {
    const it = listening();
    const vote = extendedVote('v1', [1, 2]);
    await it.hear(vote);
    expect(it.posted).toMatchObject([{ input: { _tag: 'VoteReceived', vote: { signed: withoutExtension(vote) } } }]);
    expect(it.asked).toEqual(['1,2']);
    expect(stored(it)).toEqual(['1,2']);
  });

  test('is passed on with its extension', async () => {
    const it = listening();
    const vote = extendedVote('v1', [1]);
    await it.hear(vote);
    expect(it.sent.filter(({ peer }) => peer === it.other.id)).toMatchObject([{ message: { _tag: 'Vote', vote } }]);
    expect(it.extensions.attach(withoutExtension(vote))).toEqual(vote);
  });

  test('whose extension the application rejects counts, and the extension is not kept for the proposal', async () => {
    const it = listening();
    await it.hear(extendedVote('v1', [9]));
    expect([it.posted.length, stored(it)]).toEqual([1, []]);
    expect(it.counted()).toMatchObject({ extensionRejected: 1 });
    expect(it.events.map(({ _tag }) => _tag)).toContain('ExtensionRejected');
    expect(it.reports).toEqual([]);
  });

  test('whose extension is not signed by the voter counts without it; whoever sent it is to blame', async () => {
    const it = listening();
    const forged = extendedVote('v1', [1], 0, 'v2');
    await it.hear(forged);
    expect(it.posted.length).toBe(1);
    expect([it.asked, it.reports]).toEqual([[], ['peer: bad-signature']]);
    expect(it.sent.filter(({ peer }) => peer === it.other.id)).toMatchObject([
      { message: { vote: withoutExtension(forged) } },
    ]);
    const entry = it.posted[0]?.entry;
    if (entry?._tag !== 'Received') throw new Error('not journaled');
    expect(decode(peerMessageCodec)(entry.payload)).toMatchObject({ right: { vote: { extension: O.none } } });
  });

  test('takes its extension from a later copy when the first had lost it', async () => {
    const it = listening();
    const vote = extendedVote('v1', [1]);
    await it.hear(withoutExtension(vote));
    expect(it.asked).toEqual([]);
    await it.hear(vote);
    await it.hear(vote);
    expect([it.posted.length, it.asked]).toEqual([1, ['1']]);
    expect(stored(it)).toEqual(['1']);
  });

  test('keeps the first extension of its slot', async () => {
    const it = listening();
    await it.hear(extendedVote('v1', [1]));
    await it.hear(extendedVote('v1', [2]));
    expect([it.posted.length, stored(it)]).toEqual([1, ['1']]);
  });

  test('that came too late, after the decision, is not asked about', async () => {
    const it = listening();
    it.setDecided(true);
    await it.hear(extendedVote('v1', [1]));
    expect([it.posted.length, it.asked, it.counted()['extensionLate']]).toEqual([1, [], 1]);
  });

  test.each([
    ['below the height of the parameter', 2n, []],
    ['at it', 1n, ['1']],
    ['where there are none', 0n, []],
  ])('%s counts all the same', async (_title, from, asked) => {
    const it = listening(from);
    await it.hear(extendedVote('v1', [1]));
    expect([it.posted.length, it.asked]).toEqual([1, asked]);
    expect(it.counted()['extensionRefused']).toBe(asked.length === 0 ? 1 : undefined);
    expect(it.reports).toEqual([]);
  });

  test('of the next height is asked about when that height starts', async () => {
    const it = listening();
    it.extensions.receive({ ...extendedVote('v1', [1]), height: 2n });
    it.extensions.restore(extendedVote('v2', [2]));
    await it.ctx.application.idle();
    expect(it.asked).toEqual([]);
    it.extensions.heightStarted();
    await it.ctx.application.idle();
    expect(it.asked).toEqual(['2']);
  });
});

describe('our own extension', () => {
  const slot = { height: 1n, round: 0, blockId: BLOCK };
  const own = async (it: ReturnType<typeof listening>, at = slot): Promise<readonly number[] | undefined> => {
    let chosen: readonly number[] | undefined;
    it.extensions.own(at, blockAt(1n), (extension) => {
      chosen = O.isSome(extension) ? [...extension.value] : [];
    });
    await it.ctx.application.idle();
    return chosen;
  };

  test('is journaled before it is signed, and chosen once per slot', async () => {
    let calls = 0;
    const it = listening(1n, () => TE.right(Uint8Array.of(++calls)));
    expect([await own(it), await own(it)]).toEqual([[1], [1]]);
    expect(await own(it, { ...slot, round: 1 })).toEqual([2]);
    expect(it.recorded).toEqual([
      { _tag: 'Extended', ...slot, extension: Uint8Array.of(1) },
      { _tag: 'Extended', ...slot, round: 1, extension: Uint8Array.of(2) },
    ]);
  });

  test('is the journaled one after a restart, whatever the application says now', async () => {
    const it = listening();
    it.extensions.restoreOwn({ _tag: 'Extended', ...slot, extension: Uint8Array.of(42) });
    expect(await own(it)).toEqual([42]);
    expect(it.recorded).toEqual([]);
  });

  test.each([
    [VOTE_EXTENSION_BYTES_MAX - 1, []],
    [VOTE_EXTENSION_BYTES_MAX, []],
    [VOTE_EXTENSION_BYTES_MAX + 1, ['16385 bytes, 16384 are allowed']],
  ])('of %i bytes', async (length, halts) => {
    const it = listening(1n, () => TE.right(new Uint8Array(length)));
    await own(it);
    expect(it.halts.length).toBe(halts.length);
    for (const [i, words] of halts.entries()) expect(it.halts[i]).toContain(words);
    expect(it.recorded.length).toBe(1 - halts.length);
  });

  test('that the application fails to give stops the node', async () => {
    const it = listening(1n, () => TE.left({ _tag: 'ApplicationError', message: 'no oracle' }));
    expect(await own(it)).toBeUndefined();
    expect(it.halts).toEqual(['the application failed to extend our vote at height 1, round 0: no oracle']);
  });
});

describe('the book of extensions', () => {
  const rounds = (...all: readonly number[]) => {
    const book = createExtensionBook();
    const kept = all.map((round) => book.keep(extendedVote('v1', [round], round), 'accepted'));
    return { book, kept };
  };

  test('keeps the four newest rounds of a voter', () => {
    const { book, kept } = rounds(5, 6, 7, 8, 4, 9);
    expect(kept).toEqual([true, true, true, true, false, true]);
    expect([5, 6, 9].map((round) => book.has(extendedVote('v1', [round], round)))).toEqual([false, true, true]);
    expect(book.keep(extendedVote('v2', [5], 0), 'accepted')).toBe(true);
  });

  test('gives out what was accepted of one decision, in identity order', () => {
    const { book } = rounds(0, 1);
    for (const name of ['v3', 'v0', 'v2']) book.keep(extendedVote(name, [1]), name === 'v2' ? 'rejected' : 'accepted');
    const { extensions } = book.accepted({ height: 1n, round: 0, blockId: BLOCK });
    expect(extensions.map(({ voter }) => voter)).toEqual(['v0', 'v1', 'v3'].map(identityNamed).toSorted());
    expect(book.accepted({ height: 1n, round: 0, blockId: hashNamed('other') }).extensions).toEqual([]);
  });
});

test('what is dropped for a validator’s newer rounds is counted', async () => {
  const it = listening();
  for (const round of [5, 6, 7, 8, 4]) it.extensions.receive(extendedVote('v1', [1], round));
  await it.ctx.application.idle();
  expect(it.counted()).toMatchObject({ extensionDisplaced: 1 });
});

test('the extension’s signature covers another domain than the vote’s', () => {
  const vote = extendedVote('v1', [1]);
  expect(voteSignBytes(GENESIS_HASH, vote)).toEqual(voteSignBytes(GENESIS_HASH, withoutExtension(vote)));
});
