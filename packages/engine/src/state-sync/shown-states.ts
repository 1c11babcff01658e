import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { blockIdOf, commitChecksFull, decisionOf, isExpired, parametersHashOf, type SigningContext } from '@zhtp/chain';
import type { ChainParameters, CommittedBlock, Hash, Header } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { bodyOfBlock } from '../catch-up/body-reader.ts';
import { answerNow, inTurn, thenAsk, type Ask } from '../evidence/asking.ts';
import type { NodePorts } from '../node-ports.ts';
import { lie, unable, type Answered, type AskedPeers } from './asked-peers.ts';
import type { FetchedSets } from './fetched-sets.ts';
import { walkDown } from './header-walk.ts';
import { pastHeaderOf, stillRemembered, type PastHeader, type ShownState } from './restored-state.ts';
import type { TrustedHeaders } from './trusted-headers.ts';

/** What believed headers show of the state after a height. */
export interface ShownHeaders extends Pick<ShownState, 'next' | 'parameters'> {
  /** Of the height itself. */
  readonly header: Header;
  /** Rising heights. */
  readonly past: readonly PastHeader[];
}

/** Everything that a state after some height consists of, from peers, and held against believed headers. */
export interface ShownStates {
  after(height: bigint): Ask<ShownHeaders>;
  /** With the sets and the block that the headers name. */
  whole(shown: ShownHeaders): Ask<ShownState>;
}

interface Parts {
  readonly peers: AskedPeers;
  readonly sets: FetchedSets;
  readonly headers: TrustedHeaders;
  readonly ports: Pick<NodePorts, 'verifier'>;
  readonly signing: SigningContext;
  readonly initialHeight: bigint;
}

export const createShownStates = ({ peers, sets, headers, ports, signing, initialHeight }: Parts): ShownStates => {
  const known = new Map<Hash, ChainParameters>();
  const parametersNamed = (parametersHash: Hash): Ask<ChainParameters> => {
    const before = known.get(parametersHash);
    if (before !== undefined) return answerNow(E.right(before));
    return pipe(
      peers.ask({
        request: { _tag: 'Parameters', parametersHash },
        read: (response) =>
          response._tag === 'Parameters' && parametersHashOf(response.parameters) === parametersHash
            ? E.right(response.parameters)
            : E.left(lie('it answers with other parameters than were asked for')),
      }),
      thenAsk(({ value }) => {
        known.set(parametersHash, value);
        return answerNow(E.right(value));
      }),
    );
  };

  const named = (hash: Hash): ChainParameters => {
    const found = known.get(hash);
    if (found === undefined) throw new Error(`broken invariant in engine: parameters ${hash} were not fetched`);
    return found;
  };

  /** The heights up to the snapshot's that are inside the evidence age of the block after it. */
  const pastBelow = (next: Header, parameters: ChainParameters): Ask<Pick<ShownHeaders, 'header' | 'past'>> => {
    const past: PastHeader[] = [];
    let last: Header | undefined;
    const top = { height: next.height - 1n, blockId: next.lastBlockId };
    const walk = walkDown(peers, initialHeight, top, (evidenced) => {
      const { header } = evidenced;
      last ??= header;
      if (header !== last && isExpired(header, next.height, last.time, parameters)) return 'enough';
      past.push(pastHeaderOf(evidenced));
      return 'on';
    });
    return pipe(
      walk,
      thenAsk(() => inTurn([...new Set(past.map(({ parametersHash }) => parametersHash))], parametersNamed)),
      thenAsk(() => {
        const header = last;
        if (header === undefined) return answerNow(E.left('no header was fetched'));
        const inAge = stillRemembered(past.toReversed(), next.parametersHash, named);
        return answerNow(E.right({ header, past: inAge }));
      }),
    );
  };

  const after = (height: bigint): Ask<ShownHeaders> =>
    pipe(
      headers.at(height + 1n),
      thenAsk((next) =>
        pipe(
          parametersNamed(next.parametersHash),
          thenAsk((parameters) =>
            pipe(
              pastBelow(next, parameters),
              thenAsk((below) => answerNow(E.right({ next, parameters, ...below }))),
            ),
          ),
        ),
      ),
    );

  const block = (id: Hash, height: bigint): Ask<Answered<CommittedBlock>> =>
    peers.ask({
      request: { _tag: 'Blocks', fromHeight: height, count: 1 },
      read: (response) => {
        if (response._tag !== 'Blocks') return E.left(lie('it does not answer with a block'));
        const [committed] = response.blocks;
        if (committed === undefined) return E.left(unable(`it does not have block ${String(height)}`));
        const body = bodyOfBlock(committed.block);
        return blockIdOf(committed.block.header) === id && E.isRight(body)
          ? E.right(committed)
          : E.left(lie(`it answers with another block than ${id}`));
      },
    });

  /** With a certificate whose every signature holds: this node will serve it. */
  const certified =
    (set: ValidatorSet, { value, peer }: Answered<CommittedBlock>): Ask<CommittedBlock> =>
    (done) => {
      const { header } = value.block;
      const claim = { context: signing, set, certificate: value.certificate, decision: decisionOf(header) };
      const checks = commitChecksFull(claim);
      const bad = (reason: string): void => {
        peers.ban(peer, 'bad-certificate');
        done(E.left(reason));
      };
      if (E.isLeft(checks)) {
        bad(checks.left.message);
        return;
      }
      const priority = { height: header.height, round: 0 };
      ports.verifier.verifyBatch(
        checks.right.map((check) => ({ ...check, priority })),
        (verdict) => {
          if (verdict._tag === 'AllValid') done(E.right(value));
          else if (verdict._tag === 'Invalid') bad(`the certificate of block ${String(header.height)} is forged`);
          else done(E.left('the signatures of a certificate could not be verified: too much waits'));
        },
      );
    };

  const whole = ({ next, header, parameters, past }: ShownHeaders): Ask<ShownState> => {
    const names = [...past.map(({ validatorsHash }) => validatorsHash), header.validatorsHash];
    const distinct = [...new Set([...names, next.validatorsHash, next.nextValidatorsHash])];
    return pipe(
      sets.named(distinct),
      thenAsk((found) => {
        const bySet = new Map(found.map((set) => [set.hash, set]));
        const [lastSet, set, nextSet] = [header.validatorsHash, next.validatorsHash, next.nextValidatorsHash].map(
          (name) => bySet.get(name),
        );
        const withSets = past.flatMap((each) => {
          const own = bySet.get(each.validatorsHash);
          return own === undefined ? [] : [{ ...each, set: own }];
        });
        if (lastSet === undefined || set === undefined || nextSet === undefined || withSets.length < past.length)
          throw new Error('broken invariant in engine: a set that was fetched is missing');
        return pipe(
          block(next.lastBlockId, header.height),
          thenAsk((fetched) => certified(lastSet, fetched)),
          thenAsk((base) =>
            answerNow(
              E.right({
                genesisHash: signing.genesisHash,
                next,
                base,
                parameters,
                lastSet,
                set,
                nextSet,
                past: withSets,
              }),
            ),
          ),
        );
      }),
    );
  };

  return { after, whole };
};
