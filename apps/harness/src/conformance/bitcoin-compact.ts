import { decodeCompact, encodeCompact, isCanonicalCompact, targetFromCompact } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { BITCOIN, compact, hex256, workProblem } from './bitcoin-chain.ts';
import { difference, failed, verdictOf, type Outcome } from './case-outcome.ts';
import { closed, hasKeys, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const decoding = closed({
  bits: compact,
  target: t.union([hex256, t.null]),
  reencoded: t.union([compact, t.null]),
  negative: t.boolean,
  overflow: t.boolean,
});

const runDecoding = (entry: t.TypeOf<typeof decoding>): Outcome => {
  const { bits, target, reencoded, negative, overflow } = entry;
  const decoded = decodeCompact(bits);
  if (E.isLeft(decoded)) return failed(decoded.left.message);
  const found = decoded.right;
  const written = encodeCompact(found.target, found.negative);
  const isTarget = !found.negative && !found.overflow && found.target > 0n;
  return verdictOf(
    difference('negative', found.negative, negative),
    difference('overflow', found.overflow, overflow),
    // A value that overflows has no target and no other form.
    target === null ? undefined : difference('target', found.target, target),
    reencoded === null ? undefined : difference('reencoded', E.isRight(written) ? written.right : null, reencoded),
    difference('strictly a target', E.isRight(targetFromCompact(bits)), isTarget),
    difference('canonical', isCanonicalCompact(bits), isTarget && reencoded === bits),
  );
};

const encoding = closed({ target: hex256, bits: compact });

const runEncoding = ({ target, bits }: t.TypeOf<typeof encoding>): Outcome => {
  const written = encodeCompact(target);
  return E.isLeft(written) ? failed(written.left.message) : verdictOf(difference('bits', written.right, bits));
};

const proof = closed({ name: t.string, hash: hex256, bits: compact, valid: t.boolean });

const runProof = ({ hash, bits, valid }: t.TypeOf<typeof proof>): Outcome =>
  verdictOf(difference('valid', workProblem(hash, bits, BITCOIN.powLimit) === undefined, valid));

/** Compact targets taken apart and put together, and claims of work that are none (Bitcoin Core, bitcoinj). */
export const compactBits: VectorFormat = {
  name: 'compact bits',
  recognises: (document) =>
    someIn(document, 'decode', (entry) => hasKeys(entry, 'bits', 'reencoded', 'overflow')) ||
    someIn(document, 'encode', (entry) => hasKeys(entry, 'target', 'bits')) ||
    someIn(document, 'checkProofOfWork_powLimit_1d00ffff', (entry) => hasKeys(entry, 'hash', 'bits')),
  run: (document) =>
    runSections(document, {
      decode: (content) => runList('decode', content, decoding, runDecoding),
      encode: (content) => runList('encode', content, encoding, runEncoding),
      checkProofOfWork_powLimit_1d00ffff: (content) =>
        runList('checkProofOfWork_powLimit_1d00ffff', content, proof, runProof),
    }),
};
