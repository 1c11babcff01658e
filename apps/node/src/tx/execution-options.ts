import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { chainParameterRange, encodeExecutionParams } from '@zhtp/dao';
import {
  fromJson,
  governanceParameterValueCodec,
  type DaoExecutionAction,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { asFailure, fail, type Failure, type Outcome } from '../outcome.ts';
import { identityArgument } from '../recipient.ts';
import { proposalOption } from './proposal-option.ts';
import { amountOption } from './tx-options.ts';

/** What a proposal is to do when it passes: one of the three, or nothing. */
export interface ExecutionOptions {
  readonly set: readonly string[];
  readonly pay?: string;
  readonly amount?: string;
  readonly budgetLine: string;
  readonly cancel?: string;
}

const readValue = fromJson(governanceParameterValueCodec);

/** Numbers beyond 2^53 are text in JSON, smaller ones numbers, switches neither: the codec knows which a parameter is. */
const formsOf = (text: string): readonly unknown[] => [
  text,
  Number(text),
  text === 'true' || text === 'false' ? text === 'true' : undefined,
];

/** `Name=value`: a documented parameter by its name, or one of the chain's table. */
const parameterValue = (assignment: string): Either<Failure, GovernanceParameterValue> => {
  const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9.-]*)=(\S+)$/.exec(assignment) ?? [];
  if (name === '') return fail(`--set is "${assignment.slice(0, 80)}"; give name=value, as in BlockTime=2`);
  const candidates =
    chainParameterRange(name) === undefined
      ? formsOf(value).map((form) => ({ _tag: name, value: form }))
      : [{ _tag: 'ChainParameter', name, value }];
  for (const candidate of candidates) {
    const read = readValue(candidate);
    if (E.isRight(read)) return read;
  }
  return fail(
    `--set ${assignment.slice(0, 80)}: no parameter of that name takes that value; names are BlockTime, MinStake, EpochLengthBlocks and the like, and those that \`zhtp query parameters\` lists`,
  );
};

const parameterUpdate = (assignments: readonly string[]): Either<Failure, DaoExecutionAction> => {
  const updates: GovernanceParameterValue[] = [];
  for (const assignment of assignments) {
    const value = parameterValue(assignment);
    if (E.isLeft(value)) return value;
    updates.push(value.right);
  }
  return E.right({ _tag: 'GovernanceParameterUpdate', updates });
};

const payment = async (to: string, { amount: text, budgetLine }: ExecutionOptions): Outcome<DaoExecutionAction> => {
  if (text === undefined) return fail('--pay needs --amount <zhtp>');
  const amount = amountOption('--amount', text);
  if (E.isLeft(amount)) return amount;
  const recipient = await identityArgument(to);
  return E.isLeft(recipient)
    ? recipient
    : E.right({ _tag: 'TreasuryPayment', recipient: recipient.right, amount: amount.right, budgetLine });
};

const cancellation = (id: string): Either<Failure, DaoExecutionAction> =>
  E.map((proposalId: DaoCancelled['proposalId']): DaoExecutionAction => ({ _tag: 'CancelProposal', proposalId }))(
    proposalOption(id),
  );
type DaoCancelled = Extract<DaoExecutionAction, { readonly _tag: 'CancelProposal' }>;

/** The bincode a proposal carries; none where it does nothing by itself. */
export const executionOption = async (options: ExecutionOptions): Outcome<Option<Uint8Array>> => {
  const { set, pay, cancel } = options;
  const asked = [set.length > 0, pay !== undefined, cancel !== undefined].filter(Boolean).length;
  if (asked > 1) return fail('a proposal does one thing: --set, --pay or --cancel');
  if (asked === 0) return E.right(O.none);
  const action =
    pay !== undefined
      ? await payment(pay, options)
      : cancel !== undefined
        ? cancellation(cancel)
        : parameterUpdate(set);
  if (E.isLeft(action)) return action;
  const encoded = asFailure(encodeExecutionParams({ action: action.right }));
  return E.isLeft(encoded) ? encoded : E.right(O.some(encoded.right));
};
