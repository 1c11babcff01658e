import { either as E } from 'fp-ts';
import {
  beginVerification,
  blockIdOf,
  offerChecks,
  offerLightBlock,
  type LightBlock,
  type LightError,
  type LightRules,
  type LightVerification,
  type TrustedState,
  type VerifySignature,
} from '@zhtp/chain';
import type { Header, PeerId, SignatureCheck } from '@zhtp/types';
import { pipe } from 'fp-ts/lib/function.js';
import { answerNow, thenAsk, type Ask } from '../evidence/asking.ts';
import type { NodePorts } from '../node-ports.ts';
import { lie, type Answered, type AskedPeers } from './asked-peers.ts';
import type { FetchedSets } from './fetched-sets.ts';
import { walkDown, type BlockName } from './header-walk.ts';

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

/** Refusals that speak of clocks or of how far it is, and not of what the block shows. */
const PROVES_NO_LIE: ReadonlySet<LightError['_tag']> = new Set(['FromFuture', 'TrustExpired', 'TooManySteps']);

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

  /** What the signatures are worth, in the order in which they are asked for. */
  const verdictsOn =
    (checks: readonly SignatureCheck[], height: bigint): Ask<VerifySignature> =>
    (done) => {
      const priority = { height, round: 0 };
      ports.verifier.verifyBatch(
        checks.map((check) => ({ ...check, priority })),
        (verdict) => {
          if (verdict._tag === 'Dropped') {
            done(E.left('the signatures of a light block could not be verified: too much waits'));
            return;
          }
          let asked = 0;
          done(E.right(() => (verdict._tag === 'Invalid' && asked++ === verdict.index ? 'invalid' : 'valid')));
        },
      );
    };

  /** @param shownBy who showed the light block of a height */
  const climb = (verification: LightVerification, shownBy: ReadonlyMap<bigint, PeerId>): Ask<TrustedState> =>
    pipe(
      lightBlock(verification.wants),
      thenAsk(({ value: block, peer }) => {
        const when = { rules, nowMs: ports.clock.nowMs() };
        const shown = new Map([...shownBy, [block.header.height, peer]]);
        return pipe(
          verdictsOn(offerChecks(verification, block, when), block.header.height),
          thenAsk((verify) => {
            const outcome = offerLightBlock(verification, block, { ...when, verify });
            switch (outcome._tag) {
              case 'Wants':
                return climb(outcome.verification, shown);
              case 'Verified':
                return answerNow(E.right<string, TrustedState>(outcome.target));
              case 'Refused': {
                const liar = PROVES_NO_LIE.has(outcome.error._tag) ? undefined : shown.get(outcome.height);
                if (liar !== undefined) peers.ban(liar, 'bad-certificate');
                return answerNow(E.left(outcome.error.message));
              }
            }
          }),
        );
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
        answerNow(
          pipe(
            beginVerification(from, height, { rememberedMax: 1 }),
            E.mapLeft(({ message }) => message),
          ),
        ),
      ),
      thenAsk((verification) => climb(verification, new Map())),
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
