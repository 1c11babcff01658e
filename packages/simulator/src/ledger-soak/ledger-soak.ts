import { causeText, ZERO_HASH, type Block, type Hash } from '@zhtp/types';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import type { Scene } from './cast.ts';
import { blockBytes, blockOfBytes, drawFrame, newCourse, type BlockFrame } from './draw-block.ts';
import { drawTransaction, nothingPending, type DrawnTransaction } from './draw-transaction.ts';
import { holdingsFault } from './scan-holdings.ts';
import { createSoakCounter, type SoakCounter, type SoakCounts } from './soak-counts.ts';
import { soakChain } from './soak-genesis.ts';
import {
  answerOf,
  difference,
  nodeFromExport,
  nodeFromSnapshot,
  startNode,
  succeed,
  type Answer,
  type SoakNode,
} from './soak-node.ts';

/** What a soak of the ledger is a function of. */
export interface LedgerSoakOptions {
  readonly seed: number;
  /** Accounts at genesis. */
  readonly accounts: number;
  readonly blocks: number;
  /** Most transactions that are drawn for a block. */
  readonly transactionsMax: number;
}

/** What a soak of the ledger came to. */
export interface LedgerSoakOutcome {
  readonly seed: number;
  /** What was not as it must be, the first of it; undefined where all nodes agreed at every height. */
  readonly trouble: string | undefined;
  readonly counts: SoakCounts;
  /** Of the last block. */
  readonly appHash: Hash;
}

/** All accounts are looked at in every block where there are at most so many, otherwise where the ledger itself does. */
const SCANNED_ACCOUNTS_MAX = 5_000;

/** At each of three points of every block, for every node that can be stopped. */
const RESTART_PER_MILLE = 40;
/** Of blocks for which an unfit transaction was drawn. */
const BAD_BLOCK_PER_MILLE = 300;
const LOOK_PER_MILLE = 150;

interface Follower {
  readonly name: string;
  readonly node: SoakNode;
}

/** A run in progress: what it has decided so far, and who follows. */
class LedgerSoak {
  readonly #options: LedgerSoakOptions;
  /** What is drawn for the chain; what its followers do must not shift it. */
  readonly #random: SeededRandom;
  readonly #followersRandom: SeededRandom;
  readonly #counter: SoakCounter = createSoakCounter();
  readonly #answers: Answer[] = [];
  readonly #appHashes: Hash[] = [];
  readonly #blocks: Uint8Array[] = [];

  constructor(options: LedgerSoakOptions) {
    this.#options = options;
    this.#random = createSeededRandom(options.seed);
    this.#followersRandom = this.#random.fork(1);
  }

  get counts(): SoakCounts {
    return this.#counter.counts();
  }

  get appHash(): Hash {
    return this.#appHashes.at(-1) ?? ZERO_HASH;
  }

  async run(): Promise<void> {
    const { accounts, blocks } = this.#options;
    const { genesis, cast } = soakChain(this.#random, accounts);
    const leader = await startNode(genesis);
    const followers: Follower[] = [{ name: 'restarted', node: await startNode(genesis) }];
    const course = newCourse(genesis.genesisTime);
    for (let height = 1n; height <= BigInt(blocks); height++) {
      const scene: Scene = { random: this.#random, chainId: genesis.chainId, state: leader.state(), height, cast };
      const drawn = drawFrame(scene, course);
      const answer = await succeed(leader.ledger().proposalProof(drawn));
      const isProven = answer._tag === 'Proof';
      const frame = isProven ? { ...drawn, proof: answer.proof } : drawn;
      const block = await this.#decide(scene, leader, frame, isProven ? followers : undefined);
      for (const follower of followers) await this.#follow(follower, block);
      if (height === BigInt(blocks >> 1)) followers.push(...(await this.#join(genesis, leader, height)));
    }
    const replayed = { name: 'replayed', node: await startNode(genesis) };
    for (const bytes of this.#blocks) await this.#execute(replayed, blockOfBytes(bytes));
    await this.#compareStates(leader, [...followers, replayed]);
  }

  /**
   * Draws transactions, lets the leader build the block of them and execute it.
   * @param asked whoever is asked before it is decided; nobody where its proposer had no proof (it committed no storage)
   */
  async #decide(
    scene: Scene,
    leader: SoakNode,
    frame: BlockFrame,
    asked: readonly Follower[] | undefined,
  ): Promise<Block> {
    const drawn = await this.#drawTransactions(scene);
    const included = await this.#propose(scene, leader, frame, drawn);
    const bytes = blockBytes(
      scene,
      frame,
      included.map((transaction) => transaction.bytes),
    );
    this.#blocks.push(bytes);
    const block = blockOfBytes(bytes);
    if (asked !== undefined) {
      const nodes = [leader, ...asked.map(({ node }) => node)];
      await this.#offerBadBlock(scene, frame, included, drawn, nodes);
      const verdict = await succeed(leader.ledger().processProposal(block));
      if (verdict._tag === 'Reject') throw new Error(`the block that the ledger built is refused: ${verdict.reason}`);
    }
    const result = await leader.finalize(block);
    await leader.commit();
    this.#answers.push(answerOf(result));
    this.#appHashes.push(result.appHash);
    const after = leader.state();
    this.#counter.block(scene.state, after, included, result);
    this.#counter.happens('evidence', block.evidence.length);
    const scanned = this.#options.accounts <= SCANNED_ACCOUNTS_MAX ? holdingsFault(after) : undefined;
    if (scanned !== undefined) throw new Error(`supply not conserved: ${scanned}`);
    return block;
  }

  async #drawTransactions(scene: Scene): Promise<readonly DrawnTransaction[]> {
    const { random } = scene;
    const pending = nothingPending();
    const drawn: DrawnTransaction[] = [];
    for (let count = random.int(0, this.#options.transactionsMax); count > 0; count--) {
      const transaction = await drawTransaction(scene, pending);
      if (transaction !== undefined) drawn.push(transaction);
    }
    return drawn;
  }

  async #propose(
    { state }: Scene,
    leader: SoakNode,
    { height, time, proposer, lastCommit, evidence }: BlockFrame,
    drawn: readonly DrawnTransaction[],
  ): Promise<readonly DrawnTransaction[]> {
    const chosen = await succeed(
      leader.ledger().prepareProposal({
        height,
        time,
        proposer,
        lastCommit,
        evidence,
        transactions: drawn.map(({ bytes }) => bytes),
        maxBytes: state.consensus.maxBlockBytes,
        maxTransactions: state.consensus.consensus.maxTransactionsPerBlock,
        voteExtensions: [],
      }),
    );
    const byBytes = new Map(drawn.map((transaction) => [transaction.bytes, transaction]));
    const included = chosen.map((bytes) => byBytes.get(bytes));
    this.#counter.happens('leftOut', drawn.length - included.length);
    return included.map((transaction) => {
      if (transaction === undefined) throw new Error('the ledger put a transaction into the block that nobody sent');
      if (transaction.fitness === 'Fit') return transaction;
      throw new Error(`the ledger built a block with a transaction that is ${transaction.fitness}`);
    });
  }

  /** A block with one transaction that may not be in it is refused by everybody, and changes nothing. */
  async #offerBadBlock(
    scene: Scene,
    frame: BlockFrame,
    included: readonly DrawnTransaction[],
    drawn: readonly DrawnTransaction[],
    nodes: readonly SoakNode[],
  ): Promise<void> {
    const unfit = drawn.find(({ fitness }) => fitness !== 'Fit');
    if (unfit === undefined || !this.#followersRandom.chance(BAD_BLOCK_PER_MILLE)) return;
    const transactions = [...included, unfit].map(({ bytes }) => bytes);
    const block = blockOfBytes(blockBytes(scene, frame, transactions));
    for (const node of nodes) {
      const verdict = await succeed(node.ledger().processProposal(block));
      if (verdict._tag === 'Accept') throw new Error(`a block with a transaction that is ${unfit.fitness} is accepted`);
    }
    this.#counter.happens('badBlocksRefused');
  }

  async #follow(follower: Follower, block: Block): Promise<void> {
    const random = this.#followersRandom;
    const restart = async (): Promise<void> => {
      if (!random.chance(RESTART_PER_MILLE)) return;
      await follower.node.restart();
      this.#counter.happens('restarts');
    };
    await restart();
    if (random.chance(LOOK_PER_MILLE)) await succeed(follower.node.ledger().processProposal(block));
    if (random.chance(LOOK_PER_MILLE))
      for (const bytes of block.transactions) await succeed(follower.node.ledger().checkTx(bytes));
    if (random.chance(RESTART_PER_MILLE)) {
      await follower.node.finalize(block);
      await follower.node.restart();
      this.#counter.happens('restarts');
    }
    await this.#execute(follower, block);
    await restart();
  }

  async #execute({ name, node }: Follower, block: Block): Promise<void> {
    const result = await node.finalize(block);
    await node.commit();
    const expected = this.#answers[Number(block.header.height) - 1];
    const trouble = expected === undefined ? 'no answer to compare with' : difference(expected, answerOf(result));
    if (trouble !== undefined) throw new Error(`the ${name} node at height ${String(block.header.height)}: ${trouble}`);
  }

  /** Nodes that begin half way: one from a snapshot, one from an export. */
  async #join(
    genesis: Parameters<typeof startNode>[0],
    leader: SoakNode,
    height: bigint,
  ): Promise<readonly Follower[]> {
    const imported = { name: 'imported', node: await nodeFromExport(leader) };
    if (height < 10n) return [imported];
    const appHashAt = (at: bigint): Hash => this.#appHashes[Number(at) - 1] ?? ZERO_HASH;
    const { node, height: from } = await nodeFromSnapshot(genesis, leader, appHashAt);
    const restored = { name: 'restored', node };
    for (const bytes of this.#blocks.slice(Number(from))) await this.#execute(restored, blockOfBytes(bytes));
    return [imported, restored];
  }

  /** Not the hash alone: every row that is stored, and the whole state as text. */
  async #compareStates(leader: SoakNode, followers: readonly Follower[]): Promise<void> {
    const [rows, text] = [await leader.rowsHash(), await leader.exportHash()];
    for (const { name, node } of followers) {
      await node.restart();
      if ((await node.rowsHash()) !== rows) throw new Error(`the ${name} node stores other rows at the end`);
      if ((await node.exportHash()) !== text) throw new Error(`the ${name} node exports another state at the end`);
    }
  }
}

/**
 * One chain by its seed, on five nodes with different histories: straight through, stopped and started at random, from a
 * snapshot, from an export, and replayed from genesis. All must say the same of every block, and hold the same at the end.
 */
export const runLedgerSoak = async (options: LedgerSoakOptions): Promise<LedgerSoakOutcome> => {
  const soak = new LedgerSoak(options);
  const { seed } = options;
  try {
    await soak.run();
    return { seed, trouble: undefined, counts: soak.counts, appHash: soak.appHash };
  } catch (cause) {
    // Whatever stops a run is what it was looking for: the seed repeats it.
    const trouble = `after block ${String(soak.counts.happened.blocks)}: ${causeText(cause)}`;
    return { seed, trouble, counts: soak.counts, appHash: soak.appHash };
  }
};
