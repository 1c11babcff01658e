import type { LedgerMessage } from '@zhtp/ledger';
import { bytesToHex, formatZhtp } from '@zhtp/types';

const KEY_CHARACTERS_SHOWN = 16;

const shown = (name: string, value: unknown): string => {
  if (typeof value === 'bigint')
    return `${name} ${name === 'amount' || name === 'stake' ? `${formatZhtp(value)} ZHTP` : String(value)}`;
  if (value instanceof Uint8Array) return `${name} ${bytesToHex(value).slice(0, KEY_CHARACTERS_SHOWN)}…`;
  return `${name} ${typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)}`;
};

/** A message as a row for people: what it does, and with what. */
export const describeMessage = (message: LedgerMessage): readonly [string, string] => {
  if (message._tag === 'Transfer') return ['transfer', `${formatZhtp(message.amount)} ZHTP to ${message.recipient}`];
  const { _tag, ...fields } = message;
  return [
    _tag,
    Object.entries(fields)
      .map(([name, value]) => shown(name, value))
      .join(', '),
  ];
};
