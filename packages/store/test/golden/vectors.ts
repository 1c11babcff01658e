import { either as E } from 'fp-ts';
import { bytesToHex } from '@zhtp/types';
import { createMemoryDisk, openJournal, type JournalOpenError, type OpenedJournal } from '@zhtp/store';
import { attestation, FILE, openSigner, preCommit, preVote, signNow, X } from '../signer-support.ts';
import { createTurns, diskWith, rightOf, settle } from '../support.ts';

/** The bytes of the formats, made by the code: a change of any of them shows as a difference to the committed file. */
export const makeVectors = () => ({ journal: journalVector(), signer: signerVector() });

const PAYLOADS = [Uint8Array.of(), Uint8Array.of(0x61), Uint8Array.from({ length: 40 }, (_, i) => i)];

const journalVector = () => {
  const turns = createTurns();
  const disk = createMemoryDisk({ schedule: turns.schedule });
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 0xa0 + i);
  const { journal } = rightOf(
    settle<JournalOpenError, OpenedJournal>(turns, (done) =>
      openJournal(disk, done, { random, schedule: turns.schedule }),
    ),
  );
  const write = (): string => {
    for (const payload of PAYLOADS) journal.append(payload);
    rightOf(settle(turns, (done) => journal.sync(done)));
    const [[name, bytes] = ['', new Uint8Array()]] = disk.files();
    return `${name} ${bytesToHex(bytes)}`;
  };
  const first = write();
  journal.rotate();
  turns.run();
  return { salt: 'a0a1a2a3', payloads: PAYLOADS.map(bytesToHex), beforeRotation: first, afterRotation: write() };
};

const signerVector = () => {
  const turns = createTurns();
  const disk = diskWith(turns);
  const { signer } = rightOf(openSigner(disk, turns));
  const signed = [preVote(5n, 1, X, 0), preCommit(5n, 1, X), attestation(5n, X)].map((request) => {
    const signature = signNow(signer, turns, request);
    return {
      request: request._tag,
      message: bytesToHex(request.message),
      signature: E.isRight(signature) ? bytesToHex(signature.right) : '',
    };
  });
  return { signed, file: bytesToHex(disk.files().get(FILE) ?? new Uint8Array()) };
};
