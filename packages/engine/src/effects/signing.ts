import { either as E, option as O } from 'fp-ts';
import type { Proposal, Vote } from '@zhtp/bft';
import {
  extensionSignBytes,
  proposalContentOf,
  proposalSignBytes,
  sealProposal,
  sealVote,
  voteSignBytes,
  withoutExtension,
  type SealedExtension,
} from '@zhtp/chain';
import type {
  ConsensusProposal,
  ConsensusVote,
  PeerMessage,
  PostQuantumSignature,
  Signer,
  SignerError,
  SignContent,
} from '@zhtp/types';
import type { Attestations, ExecutionResult } from '../intake/attestations.ts';
import type { DecidedSlot } from '../extensions/extension-book.ts';
import { seenAt, setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from '../gossip/outbox.ts';
import { ownCounted } from '../recovery/own-order.ts';
import { asSent } from '../intake/proposal-envelope.ts';
import { proposalKey, type ProposalIntake } from '../intake/proposal-intake.ts';
import { blockIdOfValue, coreProposal, coreVote, wireValidRound, wireVote } from '../loop/translate.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';

/**
 * From a core's wish to sign to a message on the wire (protocol.md, Durability): the signer checks and remembers, the
 * signed message is journaled and synced, and only then is it sent and counted.
 */
export interface Signing {
  vote(vote: Vote): void;
  proposal(proposal: Proposal): void;
  /** What this validator came to after a height; nothing when it was not in the height's set. */
  attest(height: bigint, result: ExecutionResult): void;
}

export const createSigning = (
  ctx: NodeContext,
  signer: Signer,
  proposals: ProposalIntake,
  attestations: Attestations,
  extensions: VoteExtensions,
): Signing => {
  const sealed = (signature: Uint8Array): PostQuantumSignature => ({
    algorithm: signer.algorithm,
    signature,
    publicKey: O.none,
  });

  const refused = (error: SignerError, height: bigint, round: number): void => {
    switch (error._tag) {
      case 'Refused':
        ctx.counters.count('signerRefused');
        ctx.emit({ _tag: 'SignerRefused', height, round, reason: error.reason });
        return;
      case 'Failed':
        ctx.halt(`the signer could not store what it signs: ${error.message}`);
        return;
    }
  };

  /**
   * Signed with the key that the set of the height names, by no other. What led to this signature is durable before the signer remembers it. Otherwise a crash could lose the reasons and
   * keep the signature: the restarted node would want to sign something else in the slot, be refused, and stay silent;
   * when all crash together, with more than a third silent, the round would never end.
   */
  const sign = (
    content: SignContent,
    at: { readonly height: bigint; readonly round: number },
    done: (signature: PostQuantumSignature) => void,
  ): void => {
    const publicKey = setAt(ctx.view(), at.height)?.keyOf(signer.identity);
    if (publicKey === undefined) return;
    ctx.ports.journal.sync((synced) => {
      if (E.isLeft(synced)) {
        ctx.halt(`the journal could not be synced: ${synced.left.message}`);
        return;
      }
      signer.sign({ ...content, publicKey }, (answer) => {
        if (!ctx.isRunning()) return;
        if (E.isLeft(answer)) refused(answer.left, at.height, at.round);
        else done(sealed(answer.right));
      });
    });
  };

  /** Journal, sync, then out: a message that is not on disk was never sent. */
  const publish = (message: PeerMessage, send: (payload: Uint8Array) => void): void => {
    const payload = payloadOf(message);
    ctx.record({ _tag: 'Own', payload });
    ctx.ports.journal.sync((synced) => {
      if (!ctx.isRunning()) return;
      if (E.isLeft(synced)) ctx.halt(`the journal could not be synced: ${synced.left.message}`);
      else send(payload);
    });
  };

  const postOwn = (input: Parameters<typeof ownCounted>[0]): void => {
    ctx.post({ entry: ownCounted(input), input });
  };

  const sendVote = (vote: ConsensusVote): void => {
    publish({ _tag: 'Vote', vote }, (payload) => {
      const bare = withoutExtension(vote);
      const input = coreVote(bare);
      if (input === undefined || vote.height !== ctx.view().height) return;
      ctx.counters.count('signed');
      ctx.view().seen.add(bare, ctx.nearestFar(vote.height));
      if (O.isSome(vote.extension)) extensions.keepOwn(vote);
      ctx.outbox.broadcast(payload, vote.id);
      postOwn({ _tag: 'OwnSigned', message: { _tag: 'Vote', vote: input } });
      ctx.emit({ _tag: 'Signed', message: 'Vote', height: vote.height, round: vote.round });
    });
  };

  const sendProposal = (proposal: ConsensusProposal): void => {
    publish({ _tag: 'Propose', proposal }, (payload) => {
      if (proposal.height !== ctx.view().height) return;
      ctx.counters.count('signed');
      proposals.remember(proposal);
      const sent = asSent(proposal);
      ctx.outbox.broadcast(
        sent === proposal ? payload : payloadOf({ _tag: 'Propose', proposal: sent }),
        proposalKey(proposal),
      );
      postOwn({ _tag: 'OwnSigned', message: { _tag: 'Proposal', proposal: coreProposal(proposal) } });
      ctx.emit({ _tag: 'Signed', message: 'Proposal', height: proposal.height, round: proposal.round });
    });
  };

  /** Attestations gate nothing: the height may be over by the time theirs is on disk. */
  const sendAttestation = (vote: ConsensusVote): void => {
    publish({ _tag: 'Vote', vote }, (payload) => {
      ctx.counters.count('signed');
      seenAt(ctx.view(), vote.height)?.add(vote, ctx.nearestFar(vote.height));
      ctx.outbox.broadcast(payload, vote.id);
      attestations.accept(vote);
      ctx.emit({ _tag: 'Signed', message: 'Vote', height: vote.height, round: vote.round });
    });
  };

  /** Our extension for a slot, signed apart from the precommit that will carry it. */
  const extended = (slot: DecidedSlot, done: (extension: O.Option<SealedExtension>) => void): void => {
    const { height, round, blockId } = slot;
    const block = ctx.bodies.get(blockId)?.block;
    if (block === undefined) {
      done(O.none);
      return;
    }
    extensions.own({ height, round, blockId }, block, (chosen) => {
      if (O.isNone(chosen)) {
        done(O.none);
        return;
      }
      const extension = chosen.value;
      const content = { height, round, voter: signer.identity, blockId, extension };
      const message = extensionSignBytes(ctx.genesisHash, content);
      sign({ _tag: 'Extension', message }, slot, (signature) => {
        done(O.some({ extension, signature }));
      });
    });
  };

  return {
    attest: (height, { blockId, appHash }) => {
      const content = {
        voteType: 'Commit',
        height,
        round: 0,
        proposalId: O.some(blockId),
        polRound: O.none,
        appHash: O.some(appHash),
        voter: signer.identity,
      } as const;
      const message = voteSignBytes(ctx.genesisHash, content);
      sign({ _tag: 'Attestation', height, message }, { height, round: 0 }, (signature) => {
        sendAttestation(sealVote(content, signature));
      });
    },
    vote: (vote) => {
      const content = {
        ...wireVote(vote),
        height: vote.height,
        round: vote.round,
        appHash: O.none,
        voter: signer.identity,
      };
      const message = voteSignBytes(ctx.genesisHash, content);
      const slot = { height: vote.height, round: vote.round, message };
      const forBlock = vote.value === null ? O.none : content.proposalId;
      const request: SignContent =
        vote.kind === 'precommit'
          ? { _tag: 'PreCommit', ...slot, proposalId: forBlock }
          : { _tag: 'PreVote', ...slot, proposalId: forBlock, polRound: content.polRound };
      const send = (extension: O.Option<SealedExtension>): void => {
        sign(request, vote, (signature) => {
          sendVote(sealVote(content, signature, extension));
        });
      };
      if (vote.kind === 'precommit' && vote.value !== null && extensions.areOn(vote.height))
        extended({ ...vote, blockId: blockIdOfValue(vote.value) }, send);
      else send(O.none);
    },
    proposal: (proposal) => {
      const id = blockIdOfValue(proposal.value);
      const body = ctx.bodies.get(id);
      // A value the core proposes was built here or judged valid here; without its body there is nothing to send.
      if (body === undefined) return;
      const offer = {
        block: body.block,
        round: proposal.round,
        validRound: wireValidRound(proposal),
        proposer: signer.identity,
      };
      const message = proposalSignBytes(ctx.genesisHash, proposalContentOf(offer));
      sign(
        { _tag: 'Proposal', height: proposal.height, round: proposal.round, proposalId: id, message },
        proposal,
        (signature) => {
          sendProposal(sealProposal(offer, signature, body.bytes));
        },
      );
    },
  };
};
