// Ratios within one run: what a step costs when the state behind it is a hundred times as large, and beside a signature check.
import { ByzantineFaultDetector, createEvidencePool, FORENSIC_RECORDS_MAX } from '@zhtp/byzantine';
import { createForensicLog } from '../src/forensic-log.ts';
import { createReplayWindow } from '../src/replay-window.ts';
import { verifyNow, voteCheck } from '@zhtp/chain';
import { taggedHash } from '@zhtp/crypto';
import { encodeUtf8, type Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { stakeBook } from '../test/stake-book.ts';
import { CONTEXT, hashNamed, identityNamed, keyOf, signedVote, vote } from '../test/support.ts';

const CALLS = 2_000;
const RUNS = 5;

/** Microseconds of processor time per call, of the least of several runs: other work on the machine hardly counts. */
const micros = (call: (i: number) => unknown, calls = CALLS): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const started = process.cpuUsage();
    for (let i = 0; i < calls; i++) call(run * calls + i);
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / calls);
  }
  return best;
};

const print = (what: string, of: number, against: number): void => {
  console.log(`${what}: ${(of / against).toFixed(2)} x  (${of.toFixed(2)} µs / ${against.toFixed(2)} µs)`);
};

const V0 = identityNamed('v0');
const numbered = (n: number): Hash => taggedHash('bench/payload', encodeUtf8(String(n)));
const hashes = Array.from({ length: CALLS * RUNS + 20_000 }, (_, n) => numbered(n));
const hashAt = (n: number): Hash => hashes[n] ?? hashNamed('none');

const detection = (votersBefore: number): number => {
  const detector = new ByzantineFaultDetector();
  for (let i = 0; i < votersBefore; i++)
    detector.detectEquivocation(
      vote({ voter: identityNamed(`w${String(i % 50)}`), height: BigInt(i >> 6), round: i }),
      hashNamed('block'),
      1n,
    );
  const votes = Array.from({ length: CALLS * RUNS }, (_, i) => vote({ height: BigInt(i % 90), round: i }));
  return micros((i) => {
    const one = votes[i];
    return one === undefined ? O.none : detector.detectEquivocation(one, hashNamed('block'), 1n);
  });
};

const signed = signedVote('v0');
const check = voteCheck(CONTEXT, keyOf('v0').publicKey, signed);
const verification = micros(() => (E.isRight(check) ? verifyNow(check.right) : 'invalid'), 200);

detection(50); // the first run compiles
const few = detection(50);
print('detectEquivocation with 5 000 votes behind it / with 50', detection(5_000), few);
print('verifying an ML-DSA-65 vote / detectEquivocation', verification, few);

const replays = (behind: number): number => {
  const seen = createReplayWindow();
  for (let n = 0; n < behind; n++) seen.see(V0, hashAt(CALLS * RUNS + n), 1n);
  return micros((i) => seen.see(V0, hashAt(i), 2n));
};
print('detectReplayAttack window full (10 000) / with 100', replays(10_000), replays(100));

const logging = (behind: number): number => {
  const log = createForensicLog();
  const record = { at: 1n, kind: 'Replay' as const, validator: V0, detail: 'x' };
  for (let n = 0; n < behind; n++) log.append(record);
  return micros(() => {
    log.append(record);
  });
};
print('forensic log full (50 000) / with 500', logging(FORENSIC_RECORDS_MAX), logging(500));

const detecting = (validators: number): number => {
  const detector = new ByzantineFaultDetector();
  const { manager } = stakeBook();
  for (let n = 0; n < validators; n++) detector.recordInvalidVote(identityNamed(`w${String(n)}`), 1n, 'zero id');
  return micros(() => detector.detectFaults(manager), 20);
};
print('detectFaults of 500 validators / of 50', detecting(500), detecting(50));

/** Everybody's fault once more, punished already: what is looked up for each is all that is measured. */
const processing = (validators: number): number => {
  const names = Array.from({ length: validators }, (_, n) => `w${String(n)}`);
  const detector = new ByzantineFaultDetector();
  const { manager } = stakeBook(...names);
  for (const name of names) detector.recordInvalidVote(identityNamed(name), 1n, 'zero id');
  const found = detector.detectFaults(manager);
  const faults = E.isRight(found) ? found.right : [];
  detector.processFaults(faults, manager);
  return micros(() => detector.processFaults(faults, manager), 20);
};
print('processFaults of 100 validators / of 10', processing(100), processing(10));

const pooling = (behind: number): number => {
  const pool = createEvidencePool({ piecesMax: 1_000_000, bytesMax: 1e9, perAccusedMax: 1_000_000 });
  const piece = (n: number) => ({
    id: hashAt(n),
    evidence: { _tag: 'DuplicateVote' as const, voteA: signed, voteB: signed },
    accused: identityNamed(`w${String(n % 50)}`),
    height: 1n,
    bytes: 1,
  });
  for (let n = 0; n < behind; n++) pool.add(piece(CALLS * RUNS + n));
  return micros((i) => pool.has(piece(i).id));
};
print('evidence known? with 2 000 pieces / with 20', pooling(2_000), pooling(20));
