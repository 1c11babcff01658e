import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crc32c,
  journalAheadOfSigner,
  keepEverything,
  keepNothing,
  signerAheadOfJournal,
  slotOf,
  type DiskCall,
  type MemoryDisk,
} from '@zhtp/store';
import { identityId, type Hash, type Signer, type SignRequest } from '@zhtp/types';
import {
  attestation,
  FILE,
  GENESIS,
  hashOf,
  heartbeat,
  hedgedSign,
  KEY,
  openSigner,
  preCommit,
  preVote,
  proposal,
  signedMessage,
  signNow,
  X,
  Y,
} from './signer-support.ts';
import { createTurns, diskWith, leftOf, rightOf, seededPick, type Turns } from './support.ts';

const textOf = (request: SignRequest): string => new TextDecoder().decode(request.message);

const opened = (
  files: ReadonlyMap<string, Uint8Array> = new Map(),
  fault?: (call: DiskCall) => 'none' | 'fails' | 'fails-late',
) => {
  const turns: Turns = createTurns();
  const disk = diskWith(turns, { files, ...(fault === undefined ? {} : { fault }) });
  return { turns, disk, ...rightOf(openSigner(disk, turns)) };
};

const refusal = (files: ReadonlyMap<string, Uint8Array>, overrides: Parameters<typeof openSigner>[2] = {}) => {
  const turns = createTurns();
  return leftOf(openSigner(diskWith(turns, { files }), turns, overrides));
};

const afterSigning = (...requests: readonly SignRequest[]): ReadonlyMap<string, Uint8Array> => {
  const { turns, disk, signer } = opened();
  for (const request of requests) rightOf(signNow(signer, turns, request));
  return disk.crash(keepNothing);
};

const fileOf = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => files.get(FILE) ?? new Uint8Array();
const changed = (
  files: ReadonlyMap<string, Uint8Array>,
  change: (bytes: Uint8Array) => Uint8Array,
): ReadonlyMap<string, Uint8Array> => new Map([...files, [FILE, change(fileOf(files).slice())]]);

describe('a signer', () => {
  test('remembers what it signed over a loss of power right after the answer', () => {
    const { turns, signer } = opened(afterSigning(preVote(5n, 0, X), preCommit(5n, 0, X), attestation(5n, X)));
    expect(leftOf(signNow(signer, turns, preVote(5n, 1, Y)))).toMatchObject({ _tag: 'Refused' });
    expect(leftOf(signNow(signer, turns, preCommit(5n, 0, Y)))).toMatchObject({ _tag: 'Refused' });
    expect(leftOf(signNow(signer, turns, attestation(5n, Y)))).toMatchObject({ _tag: 'Refused' });
    expect(signedMessage(rightOf(signNow(signer, turns, preVote(6n, 0, Y))))).toBe(textOf(preVote(6n, 0, Y)));
  });

  test('gives out the very same bytes for the same content, before and after a restart', () => {
    const first = opened();
    const signature = rightOf(signNow(first.signer, first.turns, preCommit(5n, 0, X)));
    expect(rightOf(signNow(first.signer, first.turns, preCommit(5n, 0, X)))).toEqual(signature);
    const second = opened(first.disk.crash(keepNothing));
    expect(rightOf(signNow(second.signer, second.turns, preCommit(5n, 0, X)))).toEqual(signature);
  });

  test('answers in the order asked, refusals and slotless requests among them', () => {
    const { turns, signer } = opened();
    const answers: string[] = [];
    const requests = [
      preVote(5n, 0, X),
      heartbeat(1),
      preVote(5n, 0, Y),
      preVote(5n, 0, X),
      preCommit(5n, 0, X),
      attestation(4n, X),
      heartbeat(2),
    ];
    for (const [i, request] of requests.entries())
      signer.sign(request, (result) => answers.push(`${String(i)} ${result._tag}`));
    turns.run();
    expect(answers).toEqual(['0 Right', '1 Right', '2 Left', '3 Right', '4 Right', '5 Right', '6 Right']);
  });

  test('flushes once per signature, and not at all for repeats, refusals and heartbeats', () => {
    const calls: string[] = [];
    const { turns, signer } = opened(new Map(), (call) => (calls.push(call.operation), 'none'));
    calls.length = 0;
    for (const request of [preVote(5n, 0, X), preVote(5n, 0, X), preVote(5n, 0, Y), heartbeat(1), preCommit(5n, 0, X)])
      signNow(signer, turns, request);
    expect(calls).toEqual(['append', 'sync', 'append', 'sync']);
  });

  test('whose process was killed before the flush makes durable what it then repeats', () => {
    const { turns, disk, signer } = opened();
    signer.sign(preVote(5n, 0, X), () => expect.unreachable('the process is dead by then'));
    while (disk.files().get(FILE)?.length === fileOf(afterSigning()).length) turns.run(1);
    const killed = disk.kill();
    const again = rightOf(openSigner(killed, turns)).signer;
    expect(E.isRight(signNow(again, turns, preVote(5n, 0, X)))).toBe(true);
    const last = opened(killed.crash(keepNothing));
    expect(leftOf(signNow(last.signer, last.turns, preVote(5n, 0, Y)))).toMatchObject({ _tag: 'Refused' });
  });

  test('keeps its file short over many signatures and remembers on', () => {
    const { turns, disk, signer } = opened();
    for (let height = 1n; height <= 1_500n; height++) rightOf(signNow(signer, turns, preVote(height, 0, X)));
    expect(fileOf(disk.files()).length).toBeLessThan(256 * 1024 + 1);
    const again = opened(disk.crash(keepNothing));
    expect(leftOf(signNow(again.signer, again.turns, preVote(1_500n, 0, Y)))).toMatchObject({ _tag: 'Refused' });
  });

  test('whose key fails to sign says so, remembers nothing of it and goes on', () => {
    const turns = createTurns();
    const disk = diskWith(turns);
    let broken = true;
    const sign = hedgedSign(turns);
    const { signer } = rightOf(
      openSigner(disk, turns, {
        sign: (request, done) => (broken ? turns.schedule(() => done(E.left('no entropy'))) : sign(request, done)),
      }),
    );
    expect(JSON.stringify(leftOf(signNow(signer, turns, preVote(5n, 0, X))))).toMatch(/Failed.*no entropy/);
    broken = false;
    expect(E.isRight(signNow(signer, turns, preVote(5n, 0, Y)))).toBe(true);
  });

  test.each(['append', 'sync'])('stops for good after a failed %s, and gave nothing out', (operation) => {
    let armed = false;
    let failures = 0;
    const { turns, signer, disk } = opened(new Map(), (call) =>
      armed && call.operation === operation && failures++ === 0 ? 'fails-late' : 'none',
    );
    armed = true;
    expect(leftOf(signNow(signer, turns, preVote(5n, 0, X)))).toMatchObject({ _tag: 'Failed' });
    expect(leftOf(signNow(signer, turns, preVote(5n, 0, X)))).toMatchObject({ _tag: 'Failed' });
    expect(leftOf(signNow(signer, turns, heartbeat(1)))).toMatchObject({ _tag: 'Failed' });
    const again = opened(disk.crash(keepEverything));
    expect(E.isRight(signNow(again.signer, again.turns, preVote(5n, 0, X)))).toBe(true);
  });
});

describe('a signer file', () => {
  const files = afterSigning(preVote(5n, 0, X), preCommit(5n, 0, X), preVote(5n, 1, X));

  test('with any one bit flipped is refused: not even the last record may be taken for torn', () => {
    const length = fileOf(files).length;
    for (let at = 0; at < length; at++) {
      const flipped = changed(files, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at & 7))));
      const error = refusal(flipped);
      expect(error._tag).toBe('Damaged');
      expect(error.message).toContain(FILE);
    }
  });

  test('torn at any byte of its last record goes on from the record before, whose signature is the last given out', () => {
    const whole = fileOf(files);
    const before = fileOf(afterSigning(preVote(5n, 0, X), preCommit(5n, 0, X))).length;
    for (let length = before; length < whole.length; length++) {
      const { state, cutBytes, disk } = opened(changed(files, (bytes) => bytes.slice(0, length)));
      expect(O.toNullable(state.last)?.slot).toEqual({ height: 5n, round: 0, step: 'PreCommit' });
      expect(cutBytes).toEqual(length === before ? O.none : O.some(length - before));
      expect(fileOf(disk.files()).length).toBe(before);
    }
  });

  test('cut before the end of its first record is refused', () => {
    const first = fileOf(afterSigning()).length;
    for (let length = 0; length < first; length++)
      expect(refusal(changed(files, (bytes) => bytes.slice(0, length)))._tag).toBe('Damaged');
  });

  test('that is missing is refused in a used home and begun in a new one', () => {
    expect(JSON.stringify(refusal(new Map(), { whenMissing: 'refuse' }))).toMatch(/Missing.*Not signing/);
    expect(opened().state.last).toEqual(O.none);
  });

  test('of another validator or another chain is refused by that name', () => {
    const identity = rightOf(identityId(hashOf('another')));
    expect(refusal(files, { identity })._tag).toBe('OtherValidator');
    expect(refusal(files, { genesisHash: hashOf('other genesis') })._tag).toBe('OtherChain');
    expect(GENESIS).not.toBe(hashOf('other genesis'));
  });

  test('of a later format version is refused by that name', () => {
    const later = changed(files, (bytes) => {
      const view = new DataView(bytes.buffer);
      view.setUint32(8, 3);
      view.setUint32(76, crc32c(bytes.subarray(0, 76)));
      return bytes;
    });
    expect(JSON.stringify(refusal(later))).toMatch(/UnsupportedVersion.*version 3; this program reads version 2/);
  });

  test('whose records were put in another order is refused', () => {
    const whole = fileOf(files);
    const start = fileOf(afterSigning()).length;
    const second = fileOf(afterSigning(preVote(5n, 0, X))).length;
    const without = changed(files, () => Uint8Array.from([...whole.slice(0, start), ...whole.slice(second)]));
    expect(refusal(without)._tag).toBe('Damaged');
  });
});

describe('a validator that changes its key', () => {
  const NEW_KEY = new Uint8Array(32).fill(8);
  const withNewKey = (request: SignRequest): SignRequest => ({ ...request, publicKey: NEW_KEY });
  const signedByOld = afterSigning(preVote(5n, 0, X), preCommit(5n, 0, X), attestation(5n, X));
  const tagWith = (publicKeys: readonly Uint8Array[], request: SignRequest): string => {
    const turns = createTurns();
    const disk = diskWith(turns, { files: signedByOld });
    const { signer } = rightOf(openSigner(disk, turns, { publicKeys, whenMissing: 'refuse' }));
    const signed = signNow(signer, turns, request);
    return E.isRight(signed) ? 'Signed' : signed.left._tag === 'Refused' ? signed.left.reason : signed.left.message;
  };

  test('signs no slot again with the new one that the old one has signed, nor one below', () => {
    for (const publicKeys of [[KEY, NEW_KEY], [NEW_KEY]]) {
      expect(tagWith(publicKeys, withNewKey(preCommit(5n, 0, Y)))).toMatch(/already signed with other content/);
      expect(tagWith(publicKeys, withNewKey(preVote(5n, 0, Y)))).toMatch(/below the last signed slot/);
      expect(tagWith(publicKeys, withNewKey(preVote(5n, 1, Y)))).toMatch(/without a polka of round 0 or later/);
      expect(tagWith(publicKeys, withNewKey(attestation(5n, Y)))).toMatch(/already signed with other content/);
      expect(tagWith(publicKeys, withNewKey(preVote(6n, 0, Y)))).toBe('Signed');
    }
  });

  test('signs with the key that the set of the height names, and with no other', () => {
    expect(tagWith([KEY, NEW_KEY], preVote(6n, 0, Y))).toBe('Signed');
    expect(tagWith([NEW_KEY], preVote(6n, 0, Y))).toMatch(
      /key 0707070707070707….* does not hold: start it with that key/,
    );
    expect(tagWith([KEY], withNewKey(heartbeat(1)))).toMatch(/key 0808080808080808…/);
  });
});

describe('signer and journal together', () => {
  const { state } = opened(afterSigning(preVote(5n, 1, X)));
  const slot = (request: SignRequest) => slotOf(request);

  test('a signer ahead of the journal is reported', () => {
    expect(O.toNullable(signerAheadOfJournal(state, slot(preCommit(5n, 0, X))))).toMatch(
      /signed PreVote of height 5, round 1.*PreCommit of height 5, round 0/,
    );
    expect(O.toNullable(signerAheadOfJournal(state, O.none))).toMatch(/is nothing/);
    expect(signerAheadOfJournal(state, slot(preVote(5n, 1, X)))).toEqual(O.none);
    expect(signerAheadOfJournal(state, slot(preCommit(5n, 1, X)))).toEqual(O.none);
  });

  test('a journal ahead of the signer means an old signer file', () => {
    expect(O.toNullable(journalAheadOfSigner(state, slot(preCommit(5n, 1, X))))).toMatch(/older than the journal/);
    expect(journalAheadOfSigner(state, slot(preVote(5n, 1, X)))).toEqual(O.none);
    expect(journalAheadOfSigner(state, O.none)).toEqual(O.none);
  });
});

/** Everything that ever left any incarnation of the signer, judged by an observer of the network. */
const createObserver = () => {
  const contents = new Map<string, string>();
  const precommits: { readonly height: bigint; readonly round: number; readonly value: Hash }[] = [];
  return (request: SignRequest, signature: Uint8Array): void => {
    const content = signedMessage(signature);
    expect(content).toBe(textOf(request));
    if (request._tag === 'Heartbeat' || request._tag === 'Extension') return;
    const slot =
      request._tag === 'Attestation'
        ? `Attestation ${String(request.height)}`
        : `${request._tag} ${String(request.height)} ${String(request.round)}`;
    expect(contents.get(slot) ?? content).toBe(content);
    contents.set(slot, content);
    if (request._tag === 'PreCommit' && O.isSome(request.proposalId))
      precommits.push({ height: request.height, round: request.round, value: request.proposalId.value });
    if (request._tag !== 'PreVote' || O.isNone(request.proposalId)) return;
    const { height, round, polRound, proposalId } = request;
    const earlier = precommits.filter((p) => p.height === height && p.round < round).at(-1);
    const amnesia =
      earlier !== undefined &&
      earlier.value !== proposalId.value &&
      (O.isNone(polRound) || polRound.value < earlier.round);
    expect(amnesia).toBe(false);
  };
};

describe('no sequence of requests and crashes', () => {
  const height = fc.bigInt({ min: 1n, max: 3n });
  const round = fc.nat(3);
  const value = fc.constantFrom(X, Y, null);
  const request: fc.Arbitrary<SignRequest> = fc.oneof(
    fc.tuple(height, round, fc.constantFrom(X, Y)).map(([h, r, v]) => proposal(h, r, v)),
    fc.tuple(height, round, value, fc.option(fc.nat(3))).map(([h, r, v, p]) => preVote(h, r, v, p)),
    fc.tuple(height, round, value).map(([h, r, v]) => preCommit(h, r, v)),
    fc.tuple(height, fc.constantFrom(X, Y)).map(([h, v]) => attestation(h, v)),
    fc.nat(3).map(heartbeat),
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: request },
    { weight: 3, arbitrary: fc.record({ turns: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.constantFrom('crash' as const, 'kill' as const) },
  );

  test('makes a signer give out two contents for one slot, or an amnesia', () => {
    let given = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, seed) => {
        const pick = seededPick(seed);
        const observe = createObserver();
        const start = (diskOn: (turns: Turns) => MemoryDisk): { turns: Turns; disk: MemoryDisk; signer: Signer } => {
          const turns = createTurns(pick);
          const disk = diskOn(turns);
          return { turns, disk, signer: rightOf(openSigner(disk, turns)).signer };
        };
        const restart = (how: 'crash' | 'kill', { disk }: { readonly disk: MemoryDisk }) => {
          if (how === 'kill') return start((turns) => disk.kill(turns.schedule));
          const files = disk.crash((_name, bytes) => pick(bytes + 1));
          return start((turns) => diskWith(turns, { files }));
        };
        let node = start((turns) => diskWith(turns));
        for (const each of steps) {
          if (each === 'crash' || each === 'kill') node = restart(each, node);
          else if ('turns' in each) node.turns.run(each.turns);
          else
            node.signer.sign(each, (result) => {
              if (E.isLeft(result)) return;
              given++;
              observe(each, result.right);
            });
        }
        node.turns.run();
      }),
      { numRuns: 1_000 },
    );
    expect(given).toBeGreaterThan(1_000);
  });
});
