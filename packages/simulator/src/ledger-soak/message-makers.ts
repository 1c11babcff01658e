import type { LedgerMessage, LedgerMessageOf } from '@zhtp/ledger';
import { ACCOUNT_MAKERS } from './account-messages.ts';
import type { Person, Scene } from './cast.ts';
import { GOVERNANCE_MAKERS } from './governance-messages.ts';
import { HOSTED_MAKERS } from './slots-application.ts';
import { PROOF_MAKERS } from './proof-messages.ts';
import { STAKING_MAKERS } from './staking-messages.ts';

export type MessageTag = LedgerMessage['_tag'];

/** How a message of one kind is drawn: mostly one that can succeed, now and then one that must not. */
export interface MessageMaker<Tag extends MessageTag> {
  readonly by: (scene: Scene) => Person;
  /** Later, where bytes are to be read. */
  readonly make: (scene: Scene, sender: Person) => LedgerMessageOf<Tag> | Promise<LedgerMessageOf<Tag>>;
}

/** One for each kind: a new kind of message does not compile without one. */
const MAKERS: { readonly [Tag in MessageTag]: MessageMaker<Tag> } = {
  ...STAKING_MAKERS,
  ...GOVERNANCE_MAKERS,
  ...ACCOUNT_MAKERS,
  ...HOSTED_MAKERS,
  ...PROOF_MAKERS,
};

/** Every kind of message, by name. */
export const MESSAGE_TAGS: readonly MessageTag[] = Object.keys(MAKERS)
  .filter((tag): tag is MessageTag => Object.hasOwn(MAKERS, tag))
  .sort();

/** How often beside the others; 2 where nothing is said. */
const WEIGHTS: Readonly<Partial<Record<MessageTag, number>>> = {
  Transfer: 10,
  Vote: 14,
  Propose: 3,
  Delegate: 5,
  RegisterValidator: 3,
  LeaveSet: 1,
  ReleaseFromJail: 3,
  SubmitEvidence: 1,
};

const URN: readonly MessageTag[] = MESSAGE_TAGS.flatMap((tag) => Array.from({ length: WEIGHTS[tag] ?? 2 }, () => tag));

export const drawTag = ({ random }: Scene): MessageTag => random.pick(URN) ?? 'Transfer';
export const senderOf = (scene: Scene, tag: MessageTag): Person => MAKERS[tag].by(scene);
export const messageOf = async (scene: Scene, tag: MessageTag, sender: Person): Promise<LedgerMessage> =>
  MAKERS[tag].make(scene, sender);
