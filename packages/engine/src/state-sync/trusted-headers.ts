import { either as E } from 'fp-ts';
import { blockIdOf, lightBlockChecks, type LightBlock, type LightRules, type TrustedState } from '@zhtp/chain';
import { floorDiv, type Header } from '@zhtp/types';
import { pipe } from 'fp-ts/lib/function.js';
import { answerNow, thenAsk, type Ask } from '../evidence/asking.ts';
import type { NodePorts } from '../node-ports.ts';
import { lie, type Answered, type AskedPeers } from './asked-peers.ts';
import type { FetchedSets } from './fetched-sets.ts';
import { walkDown, type BlockName } from './header-walk.ts';

/** Blocks looked at between the trusted one and one above it: far more than bisection needs, and less than a lie can cost. */
const LIGHT_STEPS_MAX = 1_000;

/** Headers of any height, believed from one block that a person trusts. */
export interface TrustedHeaders {
  /** The header of the trusted block itself. */
  trusted(): Ask<Header>;
  /**
   * Below what is believed, by the ids that headers name; above it, by the rules of a light client (protocol.md, Light
   * client). Fails when no peer shows it.
   */
  at(height: bigint): Ask<Header>;
}

interface Parts {
  readonly peers: AskedPeers;
  readonly sets: FetchedSets;
  readonly ports: Pick<NodePorts, 'verifier' | 'clock'>;
  readonly rules: LightRules;
  readonly initialHeight: bigint;
  readonly trust: BlockName;
}

type Verdict =
  | { readonly _tag: 'Believed' }
  | { readonly _tag: 'Gap' }
  | { readonly _tag: 'Refused'; readonly reason: string; readonly isLie: boolean };

export const createTrustedHeaders = ({ peers, sets, ports, rules, initialHeight, trust }: Parts): TrustedHeaders => {
  let first: Header | undefined;
  /** The highest header that is believed. */
  let highest: TrustedState | undefined;

  /** The header at or below a believed block. */
  const below = (top: BlockName, height: bigint, isTopTrusted: boolean): Ask<Header> => {
    let found: Header | undefined;
    return pipe(
      walkDown(
        peers,
        initialHeight,
        top,
        ({ header }) => {
          if (header.height > height) return 'on';
          found = header;
          return 'enough';
        },
        isTopTrusted,
      ),
      thenAsk(() => answerNow(E.fromNullable(`there is no height ${String(height)}`)(found))),
    );
  };

  const trusted = (): Ask<Header> =>
    first === undefined
      ? pipe(
          below(trust, trust.height, false),
          thenAsk((header) => {
            first = header;
            return answerNow(E.right(header));
          }),
        )
      : answerNow(E.right(first));

  /** Its sets by the hashes that it claims. Sets that nobody has are those of no block. */
  const withSets =
    ({
      value: { header, certificate },
      peer,
    }: Answered<Pick<LightBlock, 'header' | 'certificate'>>): Ask<Answered<LightBlock>> =>
    (done) => {
      sets.named([header.validatorsHash, header.nextValidatorsHash])((found) => {
        const [validators, nextValidators] = E.isRight(found) ? found.right : [];
        if (validators !== undefined && nextValidators !== undefined) {
          done(E.right({ value: { header, certificate, validators, nextValidators }, peer }));
          return;
        }
        peers.doubt(peer);
        done(E.left(E.isLeft(found) ? found.left : `the sets of height ${String(header.height)} are missing`));
      });
    };

  const lightBlock = (height: bigint): Ask<Answered<LightBlock>> =>
    pipe(
      peers.ask({
        request: { _tag: 'LightBlock', height },
        read: (response) =>
          response._tag === 'LightBlock' && response.header.height === height
            ? E.right(response)
            : E.left(lie('its light block is not the one that was asked for')),
      }),
      thenAsk((answer) => withSets(answer)),
    );

  const judge =
    (from: TrustedState, block: LightBlock): Ask<Verdict> =>
    (done) => {
      const checks = lightBlockChecks({ trusted: from, block, rules, nowMs: ports.clock.nowMs() });
      if (E.isLeft(checks)) {
        const { _tag, message } = checks.left;
        const isLie = _tag !== 'FromFuture' && _tag !== 'TrustExpired';
        done(E.right(_tag === 'NotEnoughTrust' ? { _tag: 'Gap' } : { _tag: 'Refused', reason: message, isLie }));
        return;
      }
      const priority = { height: block.header.height, round: 0 };
      ports.verifier.verifyBatch(
        checks.right.map((check) => ({ ...check, priority })),
        (verdict) => {
          if (verdict._tag === 'AllValid') done(E.right({ _tag: 'Believed' }));
          else if (verdict._tag === 'Invalid')
            done(
              E.right({
                _tag: 'Refused',
                reason: `a signature of light block ${String(block.header.height)} is invalid`,
                isLie: true,
              }),
            );
          else done(E.left('the signatures of a light block could not be verified: too much waits'));
        },
      );
    };

  /** Bisection: what the last believed set does not vouch for is reached over a block in between. */
  const climb = (from: TrustedState, block: Answered<LightBlock>, steps: number): Ask<TrustedState> =>
    pipe(
      judge(from, block.value),
      thenAsk((verdict) => {
        const { height } = block.value.header;
        switch (verdict._tag) {
          case 'Believed':
            return answerNow(E.right<string, TrustedState>(block.value));
          case 'Refused':
            if (verdict.isLie) peers.ban(block.peer, 'bad-certificate');
            return answerNow(E.left(verdict.reason));
          case 'Gap':
            if (steps <= 1) return answerNow(E.left(`light block ${String(height)} is too many steps away`));
            return pipe(
              lightBlock(floorDiv(from.header.height + height, 2n)),
              thenAsk((middle) => climb(from, middle, steps - 1)),
              thenAsk((reached) => climb(reached, block, steps - 1)),
            );
        }
      }),
    );

  const start = (): Ask<TrustedState> =>
    highest === undefined
      ? pipe(
          trusted(),
          thenAsk((header) =>
            pipe(
              sets.named([header.nextValidatorsHash]),
              thenAsk(([nextValidators]) =>
                answerNow(
                  nextValidators === undefined
                    ? E.left('the set after the trusted block is missing')
                    : E.right({ header, nextValidators }),
                ),
              ),
            ),
          ),
        )
      : answerNow(E.right(highest));

  const above = (height: bigint): Ask<Header> =>
    pipe(
      start(),
      thenAsk((from) =>
        pipe(
          lightBlock(height),
          thenAsk((block) => climb(from, block, LIGHT_STEPS_MAX)),
        ),
      ),
      thenAsk((reached) => {
        highest = reached;
        return answerNow(E.right(reached.header));
      }),
    );

  const topOf = (state: TrustedState | undefined): BlockName =>
    state === undefined ? trust : { height: state.header.height, blockId: blockIdOf(state.header) };

  return {
    trusted,
    at: (height) =>
      pipe(
        trusted(),
        thenAsk(() => (height > topOf(highest).height ? above(height) : below(topOf(highest), height, true))),
      ),
  };
};
