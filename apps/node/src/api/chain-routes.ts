import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { blockIdOf } from '@zhtp/chain';
import { heightKey, openTransaction } from '@zhtp/ledger';
import {
  blockCodec,
  bytesToHex,
  commitCertificateCodec,
  hasSigner,
  toJson,
  type CommittedBlock,
  type FrozenValidator,
  type Json,
} from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { answered } from '../outcome.ts';
import { statusCodec, statusOf } from '../status.ts';
import type { WiredNode } from '../wiring.ts';
import { heightIn } from './height-text.ts';
import { internal, notReady, problem, type Problem } from './problem.ts';

/** What a route answers: JSON, or why not. */
export type RouteAnswer = Either<Problem, Json>;

const blockJson = toJson(blockCodec);
const certificateJson = toJson(commitCertificateCodec);
const statusJson = toJson(statusCodec);

export const statusAnswer = (wired: WiredNode): RouteAnswer => {
  const status = statusOf(wired);
  return status === undefined ? E.left(notReady) : E.right(statusJson(status));
};

export const healthAnswer = (wired: WiredNode): RouteAnswer => {
  const status = wired.node.status();
  if (status === undefined) return E.left(notReady);
  return status.halted === undefined
    ? E.right({ healthy: true, height: status.state.height.toString(), peers: status.peers })
    : E.left(
        problem(503, 'Halted', `the node stopped itself: ${status.halted}`, 'correct the cause and start it again'),
      );
};

/** The set that acted at a height, as far back as the ledger keeps them: as long as evidence counts. */
const setActingAt = (wired: WiredNode, height: bigint): readonly FrozenValidator[] => {
  const committed = wired.application.committedState();
  const key = heightKey(height);
  let acting: readonly FrozenValidator[] = [];
  if (O.isSome(committed))
    for (const [from, set] of committed.value.sets) {
      if (from > key) break;
      acting = set;
    }
  return acting;
};

/** Who signed, by name, while this node knows the set that decided the block; none otherwise. */
const signersOf = (wired: WiredNode, { block, certificate }: CommittedBlock): Json => {
  const state = wired.node.status()?.state;
  for (const validators of [state?.lastValidators, state?.validators, setActingAt(wired, block.header.height)]) {
    const set = makeValidatorSet(validators ?? []);
    if (E.isRight(set) && set.right.hash === block.header.validatorsHash)
      return set.right.ids.filter((_, i) => hasSigner(certificate.signers, i));
  }
  return null;
};

const transactionIds = (wired: WiredNode, { block }: CommittedBlock): Json => {
  const { genesis, genesisHash } = wired;
  const chain = { chainId: genesis.chainId, genesisHash, algorithm: genesis.signatureAlgorithm };
  return block.transactions.map((bytes) => {
    const opened = openTransaction(chain, bytes);
    return E.isRight(opened) ? opened.right.id : null;
  });
};

const committedJson = (wired: WiredNode, committed: CommittedBlock): Json => ({
  height: committed.block.header.height.toString(),
  blockId: blockIdOf(committed.block.header),
  time: committed.block.header.time.toString(),
  proposer: committed.block.header.proposer,
  round: committed.certificate.round,
  transactions: transactionIds(wired, committed),
  signers: signersOf(wired, committed),
  block: blockJson(committed.block),
  certificate: certificateJson(committed.certificate),
});

export const latestBlockAnswer = async (wired: WiredNode): Promise<RouteAnswer> => {
  const status = wired.node.status();
  if (status === undefined) return E.left(notReady);
  return status.head === undefined
    ? E.left(problem(404, 'NoBlocks', 'no block has been decided yet', 'ask again after the first one'))
    : E.right(committedJson(wired, status.head));
};

/** The stored block of a height, or why there is none. */
export const loadBlock = async (wired: WiredNode, text: string): Promise<Either<Problem, CommittedBlock>> => {
  const height = heightIn(text);
  if (height === undefined)
    return E.left(problem(400, 'BadHeight', 'a height is a decimal number', 'ask for /blocks/1 or /blocks/latest'));
  const loaded = await answered<O.Option<CommittedBlock>>((done) => {
    wired.blockStore.load(height, done);
  });
  if (E.isLeft(loaded)) return E.left(internal(loaded.left.message));
  if (O.isSome(loaded.right)) return E.right(loaded.right.value);
  const bounds = wired.blockStore.bounds();
  const have = O.isNone(bounds)
    ? 'none yet'
    : `${String(bounds.value.baseHeight)} to ${String(bounds.value.headHeight)}`;
  return E.left(
    problem(404, 'UnknownBlock', `there is no block ${text} here; this node has ${have}`, 'ask for one of those'),
  );
};

export const blockAnswer = async (wired: WiredNode, text: string): Promise<RouteAnswer> => {
  const loaded = await loadBlock(wired, text);
  return E.isLeft(loaded) ? loaded : E.right(committedJson(wired, loaded.right));
};

export const validatorsAnswer = (wired: WiredNode): RouteAnswer => {
  const status = wired.node.status();
  if (status === undefined) return E.left(notReady);
  const { state } = status;
  return E.right({
    height: (state.height + 1n).toString(),
    validators: state.validators.map(({ identity, votingPower, consensusKey }) => ({
      identity,
      votingPower: votingPower.toString(),
      consensusKey: bytesToHex(consensusKey),
    })),
  });
};

export const mempoolAnswer = (wired: WiredNode): RouteAnswer => {
  const status = wired.node.status();
  return status === undefined
    ? E.left(notReady)
    : E.right({ transactions: status.mempool.transactions, bytes: status.mempool.bytes.toString() });
};
