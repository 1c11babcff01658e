import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCertificate, verifyCommitFull } from '@zhtp/chain';
import { createWorld, type World } from '@zhtp/simulator';
import {
  commitCertificateCodec,
  decode,
  encode,
  peerMessageCodec,
  U64_MAX,
  type Application,
  type CommitCertificate,
  type Hash,
} from '@zhtp/types';
import { changedApplication } from './support/changed-application.ts';
import { BLOCK_X, BLOCK_Y, idOf, proposerOf, Puppetry, PUPPETS, SUBJECT, X, Y } from './support/puppets.ts';

// Each was found in a published system. One node runs the shipping engine; the other three validators are puppets, or four
// run where the mistake needs several. Table of related tests: README, Mistakes of others.
const worlds: World[] = [];
const puppetry = async (options: ConstructorParameters<typeof Puppetry>[0] = {}): Promise<Puppetry> => {
  const it = new Puppetry(options);
  worlds.push(it.world);
  return it.start();
};

afterEach(() => {
  for (const world of worlds.splice(0)) {
    expect(world.checker.violations()).toEqual([]);
    world.stop();
  }
});

const [FIRST = 0, SECOND = 0, THIRD = 0] = PUPPETS;

describe('a mistake of others is not ours', () => {
  test('unlocking on nil', async () => {
    const it = await puppetry();
    await it.lockX();
    expect(it.round()?.locked).toEqual({ value: X, round: 0 });
    await it.endRound(0);
    await it.prevote(1, null);
    await it.endRound(1);
    expect(it.round()).toMatchObject({ round: 2, locked: { value: X, round: 0 } });
    await it.offer(BLOCK_Y, 2);
    expect(it.votes('PreVote').at(-1)).toEqual([2, null]);
  });

  test('unsigned round jump', async () => {
    const it = await puppetry();
    const forged = PUPPETS.map((voter) => {
      const vote = it.sign(voter, 'PreVote', 50, null);
      return { ...vote, signature: { ...vote.signature, signature: new Uint8Array(16) } };
    });
    for (const vote of forged) it.send(FIRST, { _tag: 'Vote', vote });
    it.send(FIRST, { _tag: 'Round', votes: forged });
    it.send(FIRST, { _tag: 'RoundRequest', height: 1n, round: 50 });
    it.send(FIRST, { _tag: 'Status', height: 900n });
    await it.pass(300);
    expect(it.round()?.round).toBe(0);
    expect(it.offence('bad-signature')).toBeGreaterThan(0);
    await it.prevote(7, null, [FIRST, SECOND]);
    expect(it.round()?.round).toBe(7);
  });

  test('proposal id not recomputed', async () => {
    const it = await puppetry();
    const { blockData } = it.proposal(BLOCK_Y, 0);
    it.send(FIRST, { _tag: 'Propose', proposal: { ...it.proposal(BLOCK_X, 0), blockData } });
    await it.pass(150);
    await it.prevote(0, X);
    await it.precommit(0, X);
    expect(it.committed()).toBe(0n);
    expect(it.votes('PreVote').filter(([, value]) => value !== null)).toEqual([]);
    await it.offer(BLOCK_X, 0);
    await it.pass(3_000);
    expect(it.decided()).toBe(X);
  });

  test('lock cleared on round change', async () => {
    const it = await puppetry();
    await it.lockX();
    for (let round = 0; round < 3; round++) {
      await it.endRound(round);
      expect(it.round()).toMatchObject({ round: round + 1, locked: { value: X, round: 0 } });
      if (round < 2) await it.offer(BLOCK_Y, round + 1);
    }
    expect(it.votes('PreVote').filter(([, value]) => value === Y)).toEqual([]);
    // Its own round has come: it offers what it is locked on, by the polka of round 0.
    expect(it.offers().map(({ id, round, validRound }) => [id, round, validRound])).toEqual([[X, 3, O.some(0)]]);
  });

  test('precommit quorum gated on the current round', async () => {
    const it = await puppetry();
    await it.offer(BLOCK_X, 0);
    await it.prevote(2, null, [FIRST, SECOND]);
    expect(it.round()?.round).toBe(2);
    await it.precommit(0, X);
    expect(it.decided()).toBe(X);
    expect(it.world.record.heights()[0]?.round).toBe(0);
  });

  test('valid round tracked for the current round only', async () => {
    const it = await puppetry();
    await it.offer(BLOCK_X, 0);
    await it.prevote(1, null, [FIRST, SECOND]);
    expect(it.round()).toMatchObject({ round: 1, valid: null });
    await it.prevote(0, X, [FIRST, SECOND]);
    expect(it.round()).toMatchObject({ round: 1, locked: null, valid: { value: X, round: 0 } });
  });

  test('a commit quorum without the block ending the loop', async () => {
    const it = await puppetry();
    await it.precommit(0, X);
    expect(it.committed()).toBe(0n);
    expect(it.said.some((message) => message._tag === 'BodyRequest' && message.blockId === X)).toBe(true);
    await it.pass(4_000);
    expect(it.world.nodes[SUBJECT]?.running()).toBeDefined();
    await it.offer(BLOCK_X, 0);
    await it.pass(300);
    expect(it.decided()).toBe(X);
  });

  test('two honest majorities by delaying one message type', async () => {
    const readMessage = decode(peerMessageCodec);
    for (const held of ['PreVote', 'PreCommit', 'Propose'] as const)
      for (const seed of [1, 2, 3]) {
        const isHeld = (payload: Uint8Array): boolean => {
          const message = readMessage(payload);
          if (E.isLeft(message)) return false;
          const { right } = message;
          return right._tag === 'Vote' ? right.vote.voteType === held : right._tag === held;
        };
        const world: World = createWorld({
          seed,
          validators: 4,
          // Half of the pairs hear such messages only after eight seconds, when they are said again.
          passes: (from, to, payload) =>
            world.scheduler.nowMs() > 8_000 || (from + to + seed) % 2 === 0 || !isHeld(payload),
        });
        worlds.push(world);
        for (let node = 0; node < 4; node++) world.start(node);
        const isDone = (): boolean => [0, 1, 2, 3].every((node) => world.record.committedBy(node) >= 5n);
        expect(await world.runUntil(isDone, 120_000), `${held}, seed ${String(seed)}`).toBe(true);
        expect(world.record.disagreements()).toEqual([]);
      }
  });

  test('truthiness of a validity result', async () => {
    const rejecting = (opened: Application): Application =>
      changedApplication(opened, { processProposal: () => TE.right({ _tag: 'Reject', reason: '' }) });
    const it = await puppetry({ application: (_node, opened) => rejecting(opened) });
    await it.offer(BLOCK_X, 0);
    await it.prevote(0, X, [FIRST, SECOND]);
    expect([...it.votes('PreVote'), ...it.votes('PreCommit')].filter(([, value]) => value !== null)).toEqual([]);
    expect(it.votes('Against')).toEqual([[0, X]]);
  });

  test('advertised height that goes down', async () => {
    const it = await puppetry();
    it.send(FIRST, { _tag: 'Status', height: 1_000n });
    await it.pass(200);
    it.send(FIRST, { _tag: 'Status', height: 5n });
    await it.pass(200);
    expect(it.offence('height-went-down')).toBe(1);
    await it.offer(BLOCK_X, 0);
    await it.prevote(0, X);
    await it.precommit(0, X);
    expect(it.decided()).toBe(X);
  });

  test('bit array length unlike its element count', async () => {
    const it = await puppetry();
    const certificate = it.certificate(0, X);
    const bytes = encode(commitCertificateCodec)(certificate);
    const read = decode(commitCertificateCodec);
    expect(E.isRight(read(bytes))).toBe(true);
    const isSame = (changed: Uint8Array): boolean => E.isRight(read(changed));
    // Height, round and block id take 44 bytes; then the width of the set, and the bits.
    for (let at = 44; at < 44 + 2 + 4 + 1; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        // Another width of the same number of bytes is the set's business.
        const width = ((changed[44] ?? 0) << 8) | (changed[45] ?? 0);
        if (width > 8 || at > 45) expect(isSame(changed), `byte ${String(at)}, bit ${String(bit)}`).toBe(false);
      }
    const claims: readonly Partial<CommitCertificate>[] = [
      { signers: new Uint8Array(2) },
      { signers: Uint8Array.of(0xff) },
      { signatures: certificate.signatures.slice(1) },
      { setSize: 5 },
    ];
    for (const wrong of claims) expect(verified(it, { ...certificate, ...wrong })).not.toBe('valid');
    expect(verified(it, certificate)).toBe('valid');
  });

  test('certificate with duplicated signers', async () => {
    const it = await puppetry();
    await it.offer(BLOCK_X, 0);
    const vote = it.sign(FIRST, 'PreVote', 0, X);
    it.send(FIRST, { _tag: 'Polka', votes: [vote, vote, vote] });
    await it.pass(200);
    expect(it.offence('bad-certificate')).toBe(1);
    expect(it.votes('PreCommit')).toEqual([]);
    const precommit = it.sign(FIRST, 'PreCommit', 0, X);
    expect(E.isLeft(makeCertificate(it.claim(it.certificate(0, X)).set, [precommit, precommit, precommit]))).toBe(true);
  });

  test('certificate of the wrong set, chain or height', async () => {
    const it = await puppetry();
    await it.offer(BLOCK_X, 0);
    const certificate = it.certificate(0, X);
    const wrong: readonly CommitCertificate[] = [
      { ...certificate, height: 2n },
      { ...certificate, setSize: 5 },
      { ...certificate, blockId: Y },
      { ...certificate, signatures: certificate.signatures.map((bytes) => bytes.toReversed()) },
    ];
    for (const each of wrong) it.send(SECOND, { _tag: 'Decision', committed: { block: BLOCK_X, certificate: each } });
    await it.pass(300);
    expect(it.committed()).toBe(0n);
    const claim = it.claim(certificate);
    const another = { ...claim.decision, validatorsHash: Y };
    expect(E.isLeft(verifyCommitFull({ ...claim, decision: another }, () => 'valid'))).toBe(true);
    // Signed bodies start with the genesis hash: another chain's signature is over other bytes.
    const messages = (genesisHash: Hash): readonly string[] => {
      const seen: string[] = [];
      verifyCommitFull({ ...claim, context: { ...claim.context, genesisHash } }, ({ message }) => {
        seen.push(message.join());
        return 'valid';
      });
      return seen;
    };
    const [ours, theirs] = [messages(claim.context.genesisHash), messages(Y)];
    expect(ours.filter((message) => theirs.includes(message))).toEqual([]);
    it.send(SECOND, { _tag: 'Decision', committed: { block: BLOCK_X, certificate } });
    await it.pass(300);
    expect(it.decided()).toBe(X);
  });

  test('timestamp overflow', async () => {
    const it = await puppetry();
    for (const [round, time] of [U64_MAX, 2n ** 63n, BigInt(Number.MAX_SAFE_INTEGER) + 1n].entries()) {
      const block = { ...BLOCK_X, header: { ...BLOCK_X.header, time } };
      await it.offer(block, round);
      expect(it.round()?.round).toBe(round);
      await it.pass(3_000);
      expect(it.votes('PreVote').filter(([, value]) => value === idOf(block))).toEqual([]);
      await it.prevote(round, null);
      await it.endRound(round);
    }
    expect(it.world.nodes[SUBJECT]?.fault()).toBeUndefined();
    expect(it.world.nodes[SUBJECT]?.running()).toBeDefined();
  });

  test('nil votes counted into a decision', async () => {
    const it = await puppetry();
    await it.lockX();
    expect(it.votes('PreCommit')).toEqual([[0, X]]);
    await it.precommit(0, X, [FIRST]);
    await it.precommit(0, null, [SECOND, THIRD]);
    await it.pass(300);
    expect(it.committed()).toBe(0n);
    expect(proposerOf(0)).toBe(FIRST);
  });
});

const verified = (it: Puppetry, certificate: CommitCertificate): string => {
  const result = verifyCommitFull(it.claim(certificate), () => 'valid');
  return E.isLeft(result) ? result.left._tag : 'valid';
};
