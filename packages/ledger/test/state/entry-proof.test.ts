import { decode, encode, type Hash, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  entryProofCodec,
  proveEntry,
  provenAccount,
  provenDelegation,
  provenProposal,
  provenSigning,
  provenValidator,
  verifyEntryProof,
  type EntryProof,
} from '@zhtp/ledger';
import { STATE_MAPS } from '../../src/state/state-maps.ts';
import { hashOf, right } from '../support/chain.ts';
import { eventfulLedger } from '../support/eventful-ledger.ts';

const { meta, state, validator, delegator } = eventfulLedger();
const { appHash } = meta;
const some = <A>(value: O.Option<A>): A => (O.isSome(value) ? value.value : expect.fail('none'));
const prove = (map: string, key: string): EntryProof =>
  right(decode(entryProofCodec)(encode(entryProofCodec)(some(proveEntry(state, map, key)))));

const nobody = hashOf(1);

describe('a proof of an entry', () => {
  test('of every map holds for what is there and for what is not, and for nothing else', () => {
    for (const map of STATE_MAPS) {
      const missing = prove(map.name, nobody);
      expect(missing.value).toEqual(O.none);
      expect(verifyEntryProof(appHash, map.name, nobody, missing)).toBe('valid');
      expect(verifyEntryProof(appHash, map.name, nobody, { ...missing, value: O.some(Uint8Array.of(1)) })).toBe(
        'invalid',
      );
      for (const [key, value] of [...map.entries(state)].slice(0, 3)) {
        const proof = prove(map.name, key);
        expect(proof.value).toEqual(O.some(value));
        expect(verifyEntryProof(appHash, map.name, key, proof)).toBe('valid');
        expect(verifyEntryProof(appHash, map.name, nobody, proof)).toBe('invalid');
        expect(verifyEntryProof(hashOf(9), map.name, key, proof)).toBe('invalid');
        expect(verifyEntryProof(appHash, map.name, key, { ...proof, value: O.none })).toBe('invalid');
        const other = Uint8Array.from(value);
        other[0] = (other[0] ?? 0) ^ 1;
        expect(verifyEntryProof(appHash, map.name, key, { ...proof, value: O.some(other) })).toBe('invalid');
        for (const elsewhere of STATE_MAPS)
          if (elsewhere.name !== map.name)
            expect(verifyEntryProof(appHash, elsewhere.name, key, proof)).toBe('invalid');
      }
    }
  });

  test('is not made for a map that the state does not have, and no claim about one holds', () => {
    expect(proveEntry(state, 'dreams', nobody)).toEqual(O.none);
    expect(verifyEntryProof(appHash, 'dreams', nobody, prove('keys', nobody))).toBe('invalid');
  });

  test('with other roots, or one of them twice, shows nothing', () => {
    const proof = prove('accounts', validator.who);
    const [first, ...rest] = proof.roots.maps;
    if (first === undefined) expect.fail('no maps');
    const doubled = { ...proof, roots: { ...proof.roots, maps: [first, ...proof.roots.maps] } };
    const swapped = { ...proof, roots: { ...proof.roots, maps: rest } };
    for (const forged of [doubled, swapped])
      expect(verifyEntryProof(appHash, 'accounts', validator.who, forged)).toBe('invalid');
  });
});

describe('what a proof shows is read as what it is', () => {
  test('a validator, who delegated to it, an account', () => {
    const shown = right(provenValidator(appHash, validator.who, prove('validators', validator.who)));
    const signing = right(provenSigning(appHash, validator.who, prove('signing-records', 'members')));
    const { identity, reputation, lastActivity, counted, missed } = some(signing);
    const account = state.staking.accounts.get(identity);
    expect({ ...some(shown).validator, reputation, lastActivity }).toEqual(account?.validator);
    expect(account?.liveness).toMatchObject({ counted, missed });
    expect(identity).toBe(validator.who);
    const pair = { validator: validator.who, delegator: delegator.who };
    const key = `${pair.validator}/${pair.delegator}`;
    const delegation = right(provenDelegation(appHash, pair, prove('delegations', key)));
    expect(some(delegation)).toEqual(state.staking.delegations.get(key));
    expect(some(delegation).shares).toBeGreaterThan(0n);
    const holding = right(provenAccount(appHash, delegator.who, prove('accounts', delegator.who)));
    expect(some(holding).nonce).toBe(2n);
  });

  test('what a validator signed: under `members` for the set, under its own name for the others, else nothing', () => {
    const shown = (who: IdentityId, key: string) => provenSigning(appHash, who, prove('signing-records', key));
    const inside = new Set(state.staking.members.map(({ identity }) => identity));
    for (const [who] of state.staking.accounts) {
      const [place, elsewhere] = inside.has(who) ? ['members', who] : [who, 'members'];
      expect(some(right(shown(who, place))).identity).toBe(who);
      expect(right(shown(who, elsewhere))).toEqual(O.none);
    }
    const claim = prove('signing-records', 'members');
    expect(provenSigning(hashOf(9), validator.who, claim)).toMatchObject({ _tag: 'Left' });
    expect(provenSigning(appHash, validator.who, prove('validators', 'members'))).toMatchObject({ _tag: 'Left' });
  });

  test('nothing, where there is nothing', () => {
    expect(provenProposal(appHash, nobody, prove('proposals', nobody))).toEqual(E.right(O.none));
    const stranger = { validator: validator.who, delegator: validator.who };
    const key = `${validator.who}/${validator.who}`;
    expect(provenDelegation(appHash, stranger, prove('delegations', key))).toEqual(E.right(O.none));
  });

  test('and not at all, where the proof does not hold', () => {
    const wrong = provenValidator('0'.repeat(64) as Hash, validator.who, prove('validators', validator.who));
    expect(wrong).toMatchObject({ _tag: 'Left' });
    expect(E.isLeft(wrong) && wrong.left).toContain(`the proof of validators/${validator.who} does not hold`);
  });
});
