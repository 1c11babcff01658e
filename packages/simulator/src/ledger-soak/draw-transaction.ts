import {
  accountOf,
  buildTransaction,
  readAccountKey,
  transactionCodec,
  type LedgerMessage,
  type TransactionBody,
} from '@zhtp/ledger';
import { encode, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { nullSignatureOf, strangeKey, type Person, type Scene } from './cast.ts';
import { drawTag, messageOf, senderOf, type MessageTag } from './message-makers.ts';

/** Why a block may not include a transaction; `Fit` ones may be, whatever becomes of their messages. */
export type Fitness = 'Fit' | 'WrongNonce' | 'WrongChain' | 'Expired' | 'TooCheap' | 'BadSignature' | 'Garbage';

const UNFIT: readonly Fitness[] = ['WrongNonce', 'WrongChain', 'Expired', 'TooCheap', 'BadSignature', 'Garbage'];

export interface DrawnTransaction {
  readonly bytes: Uint8Array;
  readonly tags: readonly MessageTag[];
  readonly fitness: Fitness;
}

/** Where the accounts of a block will be after the transactions drawn so far. */
export interface Pending {
  readonly nonces: Map<IdentityId, bigint>;
  readonly keys: Map<IdentityId, Uint8Array>;
}

export const nothingPending = (): Pending => ({ nonces: new Map(), keys: new Map() });

const encodeTransaction = encode(transactionCodec);
const FAR = 1_000n;

const spoiled = (body: TransactionBody, fitness: Fitness, { random, height }: Scene): TransactionBody => {
  switch (fitness) {
    case 'WrongNonce':
      return { ...body, nonce: random.chance(500) || body.nonce === 0n ? body.nonce + FAR : body.nonce - 1n };
    case 'WrongChain':
      return { ...body, chainId: `${body.chainId}-2` };
    case 'Expired':
      return {
        ...body,
        expiryHeight: height > 1n ? height - 1n : 1n,
        ...(height > 1n ? {} : { nonce: body.nonce + FAR }),
      };
    case 'TooCheap':
      return body.fee === 0n ? { ...body, nonce: body.nonce + FAR } : { ...body, fee: body.fee - 1n };
    case 'Fit':
    case 'BadSignature':
    case 'Garbage':
      return body;
  }
};

const EXTRA_MESSAGES_MAX = 3;

const drawMessages = async (scene: Scene, sender: Person, first: MessageTag): Promise<readonly LedgerMessage[]> => {
  const { random } = scene;
  const tags = [first];
  if (random.chance(150)) for (let i = random.int(1, EXTRA_MESSAGES_MAX); i > 0; i--) tags.push(drawTag(scene));
  const messages: LedgerMessage[] = [];
  // One after the other: what is drawn follows from the order.
  for (const tag of tags) messages.push(await messageOf(scene, tag, sender));
  return messages;
};

/**
 * A transaction of somebody about something, as bytes. A fit one moves `pending` on; undefined where the drawn sender has
 * no account to pay from.
 */
export const drawTransaction = async (
  scene: Scene,
  pending: Pending,
  unfitPerMille = 60,
): Promise<DrawnTransaction | undefined> => {
  const { random, state, chainId, height } = scene;
  const tag = drawTag(scene);
  const sender = senderOf(scene, tag);
  const account = O.toUndefined(accountOf(state, sender.identity));
  if (account === undefined) return undefined;
  const messages = await drawMessages(scene, sender, tag);
  const known = pending.keys.get(sender.identity) ?? O.toUndefined(account.publicKey);
  const key = known ?? sender.foundingKey;
  const nonce = pending.nonces.get(sender.identity) ?? account.nonce;
  const built = buildTransaction({
    chainId,
    sender: { algorithm: 'ML-DSA-65', publicKey: key, identity: sender.identity },
    account: { nonce, publicKey: O.fromNullable(known) },
    messages,
    parameters: state.parameters,
    memo: random.chance(50) ? 'drawn' : '',
    expiryHeight: random.chance(200) ? height + BigInt(random.int(0, 3)) : 0n,
  });
  if (E.isLeft(built)) throw new Error(`${tag}: ${built.left.message}`);
  const fitness: Fitness = random.chance(unfitPerMille) ? (random.pick(UNFIT) ?? 'WrongNonce') : 'Fit';
  const tip = random.chance(200) ? BigInt(random.int(0, 5_000)) : 0n;
  const body = spoiled(
    fitness === 'Fit' ? { ...built.right, fee: built.right.fee + tip } : built.right,
    fitness,
    scene,
  );
  const signature = nullSignatureOf(fitness === 'BadSignature' ? strangeKey(random) : key);
  const bytes = encodeTransaction({ ...body, signature: { algorithm: 'ML-DSA-65', signature, publicKey: O.none } });
  if (fitness === 'Fit') {
    pending.nonces.set(sender.identity, nonce + 1n);
    const changed = messages.findLast((message) => message._tag === 'ChangeAccountKey')?.key;
    const isKey = changed !== undefined && E.isRight(readAccountKey('ML-DSA-65', changed));
    pending.keys.set(sender.identity, isKey ? changed : key);
  }
  const sent = fitness === 'Garbage' ? bytes.subarray(0, random.int(0, bytes.length - 1)) : bytes;
  return { bytes: sent, tags: messages.map(({ _tag }) => _tag), fitness };
};
