import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command } from 'commander';
import { collect, type Run } from './common.ts';
import { SIGNATURE_ALGORITHMS } from '@zhtp/crypto';
import { isLedgerPresetName, LEDGER_PRESET_NAMES } from '@zhtp/ledger';
import { consensusTypeCodec, parseZhtp, signatureAlgorithmCodec, type ConsensusType } from '@zhtp/types';
import { loadHosted } from '../hosted-module.ts';
import type { Testnet, TestnetRequest } from '../make-testnet.ts';
import { asFailure, fail, type Failure, type Outcome } from '../outcome.ts';

export interface TestnetOptions {
  readonly validators: string;
  readonly chainId: string;
  readonly blockTime?: string;
  readonly preset?: string;
  readonly consensusType?: string;
  readonly basePort: string;
  readonly algorithm: string;
  readonly accounts: string;
  readonly balance: string;
  readonly allow: readonly string[];
  readonly application?: string;
}

const CONSENSUS_TYPES: readonly ConsensusType[] = [
  'ProofOfStake',
  'ProofOfStorage',
  'ProofOfUsefulWork',
  'Hybrid',
  'ByzantineFaultTolerance',
];

const VALIDATORS_MAX = 100;
const ACCOUNTS_MAX = 10_000;

/** A whole number from an option, within its range. */
export const wholeNumber = (option: string, text: string, low: number, high: number): Either<Failure, number> =>
  /^[0-9]{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high
    ? E.right(Number(text))
    : fail(`${option} is "${text}"; give a whole number from ${String(low)} to ${String(high)}`);

const plainRequest = (options: TestnetOptions, output: string): Either<Failure, TestnetRequest> => {
  const validators = wholeNumber('--validators', options.validators, 1, VALIDATORS_MAX);
  if (E.isLeft(validators)) return validators;
  const blockTime =
    options.blockTime === undefined ? E.right(undefined) : wholeNumber('--block-time', options.blockTime, 1, 3_600);
  if (E.isLeft(blockTime)) return blockTime;
  const basePort = wholeNumber('--base-port', options.basePort, 1_024, 65_535 - 2 * VALIDATORS_MAX);
  if (E.isLeft(basePort)) return basePort;
  const accounts = wholeNumber('--accounts', options.accounts, 0, ACCOUNTS_MAX);
  if (E.isLeft(accounts)) return accounts;
  const balance = asFailure(parseZhtp(options.balance));
  if (E.isLeft(balance)) return balance;
  const { algorithm, chainId, preset, consensusType } = options;
  if (preset !== undefined && !isLedgerPresetName(preset))
    return fail(`--preset is "${preset}"; use one of ${LEDGER_PRESET_NAMES.join(', ')}`);
  if (consensusType !== undefined && !consensusTypeCodec.json.is(consensusType))
    return fail(`--consensus-type is "${consensusType}"; use one of ${CONSENSUS_TYPES.join(', ')}`);
  if (!signatureAlgorithmCodec.json.is(algorithm))
    return fail(`--algorithm is "${algorithm}"; use one of ${SIGNATURE_ALGORITHMS.join(', ')}`);
  return E.right({
    output,
    validators: validators.right,
    chainId,
    blockTimeSeconds: blockTime.right === undefined ? undefined : BigInt(blockTime.right),
    preset,
    consensusType,
    basePort: basePort.right,
    algorithm,
    accounts: accounts.right,
    balance: balance.right,
    allow: options.allow,
    nowMs: BigInt(Date.now()),
  });
};

/** A request from options; the module of a hosted application is loaded for its name. */
export const testnetRequest = async (options: TestnetOptions, output: string): Outcome<TestnetRequest> => {
  const request = plainRequest(options, output);
  if (E.isLeft(request)) return request;
  const hosted = await loadHosted(options.application);
  return E.isLeft(hosted) ? hosted : E.right({ ...request.right, hosted: hosted.right?.name });
};

/** Options of everything that makes a test network. */
export const addTestnetOptions = (command: Command): Command =>
  command
    .option('--validators <count>', 'number of validators', '4')
    .option('--chain-id <id>', 'name of the chain', 'zhtp-local')
    .option(
      '--preset <name>',
      `parameters to start from: ${LEDGER_PRESET_NAMES.join(', ')}; those of a test network when left out`,
    )
    .option('--consensus-type <type>', CONSENSUS_TYPES.join(', '))
    .option('--block-time <seconds>', 'time between blocks; 1, or what the preset says')
    .option('--base-port <port>', 'node i takes port + 2i for peers and port + 2i + 1 for its API', '26600')
    .option('--algorithm <name>', SIGNATURE_ALGORITHMS.join(', '), 'ML-DSA-65')
    .option('--accounts <count>', 'accounts beside those of the validators', '2')
    .option('--balance <zhtp>', 'what every account starts with', '1000000')
    .option(
      '--allow <who>',
      'who may register as a validator later, where only those on a list may (--preset permissioned): name of an account of the network, identity or key file; may be given again',
      collect,
      [],
    )
    .option('--application <file>', 'module with an application that the chain hosts; every node must run it too');

const describeTestnet = ({ folder, genesis, nodes, accounts }: Testnet): string =>
  [
    `chain ${genesis.chainId}: ${String(nodes.length)} validators in ${folder}`,
    ...nodes.map(
      ({ home, identity, peerPort, apiPort }) =>
        `  ${home}  ${identity.slice(0, 16)}…  peers ${String(peerPort)}, API http://127.0.0.1:${String(apiPort)}`,
    ),
    ...accounts.map(({ keyFile, identity }) => `  ${keyFile}  ${identity}`),
    'Passphrases were generated and lie in plain text beside the keys: for development only.',
    `Start one with: zhtp start --home ${nodes[0]?.home ?? folder}`,
    '',
  ].join('\n');

const testnet = async (options: TestnetOptions & { readonly output: string }): Outcome<void> => {
  const request = await testnetRequest(options, options.output);
  if (E.isLeft(request)) return request;
  const { makeTestnet } = await import('../make-testnet.ts');
  const made = await makeTestnet(request.right);
  if (E.isLeft(made)) return made;
  process.stdout.write(describeTestnet(made.right));
  return E.right(undefined);
};

export const addTestnetCommand = (program: Command, run: Run): void => {
  addTestnetOptions(program.command('testnet'))
    .description('write the homes, keys and genesis of a test network into an empty folder')
    .requiredOption('--output <folder>', 'where to write; must be empty or new')
    .addHelpText('after', '\nExample:\n  zhtp testnet --validators 4 --output ./testnet\n')
    .action((options: TestnetOptions & { readonly output: string }) => run(testnet(options)));
};
