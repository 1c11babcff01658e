import { messageCodec, type LedgerMessage } from '@zhtp/ledger';
import { formatZhtp, toJson, type Json } from '@zhtp/types';

const HASH_CHARACTERS = 64;
const KEY_CHARACTERS_SHOWN = 16;
const HEX = /^[0-9a-f]+$/;
/** Fields that are micro-ZHTP. */
const AMOUNTS: readonly string[] = ['amount', 'stake'];

const messageJson = toJson(messageCodec);

const shown = (value: Json): string => {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.length > HASH_CHARACTERS && HEX.test(value) ? `${value.slice(0, KEY_CHARACTERS_SHOWN)}…` : value;
};

const field = (name: string, value: Json): string =>
  typeof value === 'string' && AMOUNTS.includes(name)
    ? `${name} ${formatZhtp(BigInt(value))} ZHTP`
    : `${name} ${shown(value)}`;

/** A message as a row for people: what it does, and with what. */
export const describeMessage = (message: LedgerMessage): readonly [string, string] => {
  if (message._tag === 'Transfer') return ['transfer', `${formatZhtp(message.amount)} ZHTP to ${message.recipient}`];
  if (message._tag === 'ProveStorage') {
    const { storageCapacity, challengeResults } = message.attestation;
    const challenge = challengeResults[0]?.challenge.height ?? 0n;
    return ['ProveStorage', `${String(storageCapacity)} bytes, by the challenge of height ${String(challenge)}`];
  }
  if (message._tag === 'SubmitWork') {
    const units = message.receipts.reduce((sum, receipt) => sum + receipt.units, 0n);
    return ['SubmitWork', `${String(units)} units by ${String(message.receipts.length)} receipts`];
  }
  const json = messageJson(message);
  const fields = typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
  return [
    message._tag,
    fields
      .filter(([name, value]) => name !== '_tag' && value !== null && value !== undefined)
      .map(([name, value]) => field(name, value ?? null))
      .join(', '),
  ];
};
