import { either as E, option as O } from 'fp-ts';
import {
  VOTE_EXTENSION_BYTES_MAX,
  type Block,
  type ChainParameters,
  type CommitExtensions,
  type ConsensusVote,
  type VoteExtension,
} from '@zhtp/types';
import { createExtensionBook, type DecidedSlot, type ExtensionBook } from './extension-book.ts';
import type { JournalEntry } from '../recovery/journal-entry.ts';
import type { NodeContext } from '../node-context.ts';

type JournaledExtension = Extract<JournalEntry, { readonly _tag: 'Extended' }>;

/**
 * Vote extensions (protocol.md, Messages): what the application attaches to precommits for blocks, and what it thinks of the
 * others'. Nothing of it reaches the core, and a precommit counts whatever becomes of its extension.
 */
export interface VoteExtensions {
  /** Whether precommits for blocks of this height carry extensions. */
  areOn(height: bigint): boolean;
  /** Ours for a slot, none without an application that extends votes. Journaled first: this slot never gets another one. */
  own(slot: DecidedSlot, block: Block, done: (extension: O.Option<Uint8Array>) => void): void;
  /** An extension that this node had chosen before it stopped. */
  restoreOwn(entry: JournaledExtension): void;
  /** Ours, signed: it needs nobody's verdict. */
  keepOwn(vote: ConsensusVote): void;
  /** One that the journal shows as received; asked about when the height goes on. */
  restore(vote: ConsensusVote): void;
  /** Whether this vote brings an extension that is still missing. */
  wants(vote: ConsensusVote): boolean;
  /** A precommit and its extension, both signatures of which hold. */
  receive(vote: ConsensusVote): void;
  /** The vote with the extension that came with it. */
  attach(vote: ConsensusVote): ConsensusVote;
  /** Asks about what came before its height started. */
  heightStarted(): void;
  /** Stores what belongs to a decision, once the application has judged what it was asked about. Its block is stored after it. */
  save(decision: DecidedSlot, done: () => void): void;
  /** Reads what a stored decision came with, after a start. */
  load(parameters: ChainParameters, decision: DecidedSlot, done: () => void): void;
  /** What the next proposal is built from. */
  ofParent(): readonly VoteExtension[];
}

/** From the height the parameter names, that one included; 0 is never. */
const isOn = ({ voteExtensionsFrom }: ChainParameters, height: bigint): boolean =>
  voteExtensionsFrom !== 0n && height >= voteExtensionsFrom;

const slotKey = ({ height, round, blockId }: DecidedSlot): string => `${String(height)}/${String(round)}/${blockId}`;

export const createVoteExtensions = (ctx: NodeContext): VoteExtensions => {
  const { application, blockStore } = ctx.ports;
  const books = new Map<bigint, ExtensionBook>();
  const chosen = new Map<string, Uint8Array>();
  let asking = 0;
  let settled: (() => void)[] = [];
  let parent: CommitExtensions | undefined;

  const areOn = (height: bigint): boolean => isOn(ctx.view().state.parameters, height);

  const bookOf = (height: bigint): ExtensionBook => {
    for (const kept of books.keys()) if (kept < ctx.view().height) books.delete(kept);
    const book = books.get(height) ?? createExtensionBook();
    books.set(height, book);
    return book;
  };

  const answered = (): void => {
    asking -= 1;
    if (asking > 0) return;
    const waiting = settled;
    settled = [];
    for (const done of waiting) done();
  };

  const ask = (book: ExtensionBook, vote: ConsensusVote): void => {
    const { height, voter, extension } = vote;
    if (O.isNone(extension) || application.verifyVoteExtension === undefined) return;
    asking += 1;
    ctx.application.call(
      'consensus',
      application.verifyVoteExtension(height, voter, extension.value),
      (verdict) => {
        book.judge(vote, verdict._tag === 'Accept' ? 'accepted' : 'rejected');
        if (verdict._tag === 'Reject') {
          ctx.counters.count('extensionRejected');
          ctx.emit({ _tag: 'ExtensionRejected', height, round: vote.round, voter, reason: verdict.reason });
        }
        answered();
      },
      (error) => {
        ctx.halt(`the application failed to check a vote extension at height ${String(height)}: ${error.message}`);
      },
    );
  };

  const keepChosen = (slot: DecidedSlot, extension: Uint8Array): void => {
    for (const key of chosen.keys()) if (!key.startsWith(`${String(slot.height)}/`)) chosen.delete(key);
    chosen.set(slotKey(slot), extension);
  };

  const store = (decision: DecidedSlot, done: () => void): void => {
    const extensions = bookOf(decision.height).accepted(decision);
    if (parent?.height === decision.height && parent.extensions.length === extensions.extensions.length) {
      done();
      return;
    }
    parent = extensions;
    blockStore.saveExtensions(extensions, (saved) => {
      if (E.isRight(saved)) done();
      else
        ctx.halt(`the vote extensions of height ${String(decision.height)} could not be stored: ${saved.left.message}`);
    });
  };

  return {
    areOn,
    own: (slot, block, done) => {
      const known = chosen.get(slotKey(slot));
      if (known !== undefined) {
        done(O.some(known));
        return;
      }
      if (application.extendVote === undefined) {
        done(O.none);
        return;
      }
      const at = `at height ${String(slot.height)}, round ${String(slot.round)}`;
      ctx.application.call(
        'consensus',
        application.extendVote(block),
        (extension) => {
          if (ctx.view().height !== slot.height) return;
          if (extension.length > VOTE_EXTENSION_BYTES_MAX) {
            ctx.halt(
              `the application extended our vote ${at} by ${String(extension.length)} bytes, ${String(VOTE_EXTENSION_BYTES_MAX)} are allowed`,
            );
            return;
          }
          keepChosen(slot, extension);
          ctx.record({ _tag: 'Extended', ...slot, extension });
          done(O.some(extension));
        },
        (error) => {
          ctx.halt(`the application failed to extend our vote ${at}: ${error.message}`);
        },
      );
    },
    restoreOwn: ({ height, round, blockId, extension }) => {
      keepChosen({ height, round, blockId }, extension);
    },
    keepOwn: (vote) => {
      bookOf(vote.height).keep(vote, 'accepted');
    },
    restore: (vote) => {
      bookOf(vote.height).keep(vote, 'waiting');
    },
    wants: (vote) => O.isSome(vote.extension) && areOn(vote.height) && !bookOf(vote.height).has(vote),
    receive: (vote) => {
      const book = bookOf(vote.height);
      if (!book.keep(vote, 'waiting')) {
        ctx.counters.count('extensionDisplaced');
        return;
      }
      // Once a height is decided the application executes it; one of the next height waits until that one starts.
      if (ctx.hasDecided() && vote.height === ctx.view().height) ctx.counters.count('extensionLate');
      else if (vote.height === ctx.view().height) ask(book, vote);
    },
    attach: (vote) => (vote.voteType === 'PreCommit' ? (books.get(vote.height)?.attach(vote) ?? vote) : vote),
    heightStarted: () => {
      const { height } = ctx.view();
      if (!areOn(height)) return;
      const book = bookOf(height);
      for (const vote of book.waiting()) ask(book, vote);
    },
    save: (decision, done) => {
      if (!areOn(decision.height)) {
        done();
        return;
      }
      const go = (): void => {
        store(decision, done);
      };
      if (asking === 0) go();
      else settled.push(go);
    },
    load: (parameters, decision, done) => {
      if (!isOn(parameters, decision.height)) {
        done();
        return;
      }
      blockStore.loadExtensions(decision.height, (loaded) => {
        if (E.isLeft(loaded)) {
          ctx.halt(
            `the vote extensions of height ${String(decision.height)} could not be read: ${loaded.left.message}`,
          );
          return;
        }
        const stored = O.toUndefined(loaded.right);
        if (stored?.blockId === decision.blockId) parent = stored;
        done();
      });
    },
    ofParent: () =>
      parent?.height === ctx.view().height - 1n
        ? parent.extensions.map(({ voter, extension }) => ({ voter, extension }))
        : [],
  };
};
