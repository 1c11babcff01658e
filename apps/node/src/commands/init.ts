import { randomBytes } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import { findNetwork, joinNetwork } from '../join-network.ts';
import { fail, type Outcome } from '../outcome.ts';
import { newPassphrase } from '../passphrase.ts';
import { freePortsFrom } from '../ports.ts';
import { addJsonOption, collect, columns, print, printJson, type JsonOption, type Run } from './common.ts';
import { wholeNumber } from './testnet.ts';

interface InitOptions extends JsonOption {
  readonly home: string;
  readonly network: string;
  readonly peer: readonly string[];
  readonly basePort: string;
  readonly passphraseFile?: string;
  readonly development?: boolean;
}

const PASSPHRASE_BYTES = 16;
const PORTS = 2;

const passphraseOf = async ({ development, passphraseFile }: InitOptions): Outcome<string> =>
  development === true ? E.right(randomBytes(PASSPHRASE_BYTES).toString('hex')) : newPassphrase(passphraseFile);

const init = async (options: InitOptions): Outcome<void> => {
  const wanted = wholeNumber('--base-port', options.basePort, 1_024, 65_534);
  if (E.isLeft(wanted)) return wanted;
  const network = await findNetwork(options.network);
  if (E.isLeft(network)) return network;
  const peers = [...network.right.peers, ...options.peer];
  if (peers.length === 0)
    return fail(
      'nobody to connect to: name the folder of a test network, or give --peer with an address ending in /p2p/<peer id>',
    );
  const passphrase = await passphraseOf(options);
  if (E.isLeft(passphrase)) return passphrase;
  const port = await freePortsFrom(wanted.right, PORTS);
  if (port === undefined)
    return fail(`no two free ports in a row from ${options.basePort} up; choose another --base-port`);
  const folder = resolve(options.home);
  const identity = await joinNetwork({
    ...network.right,
    folder,
    name: basename(folder),
    peers,
    listenAddress: `/ip4/127.0.0.1/tcp/${String(port)}`,
    apiPort: port + 1,
    passphrase: passphrase.right,
    isDevelopment: options.development === true,
  });
  if (E.isLeft(identity)) return identity;
  if (options.json === true) printJson({ home: folder, identity: identity.right, peerPort: port, apiPort: port + 1 });
  else
    print(
      `${columns([
        ['home', folder],
        ['account', identity.right],
        ['peers', `port ${String(port)}`],
        ['API', `http://127.0.0.1:${String(port + 1)}`],
      ])}\nStart it with: zhtp start --home ${options.home}\nIt follows the chain; to validate, send its account ZHTP and run: zhtp tx register-validator --from ${options.home} --consensus-key ${options.home} --stake <zhtp>`,
    );
  return E.right(undefined);
};

export const addInitCommand = (program: Command, run: Run): void => {
  addJsonOption(program.command('init'))
    .description('write a home with new keys for a node that joins a network')
    .requiredOption('--home <folder>', 'the home to write')
    .requiredOption(
      '--network <path>',
      'genesis file of the chain, or the folder of a test network, whose nodes become its peers',
    )
    .option('--peer <multiaddr>', 'a node to connect to, ending in /p2p/<peer id>; may be repeated', collect, [])
    .option('--base-port <port>', 'first port to try for peers, the next one is for the API', '26800')
    .option('--passphrase-file <file>', 'file with the passphrase of the new keys (or set ZHTP_PASSPHRASE)')
    .option('--development', 'a generated passphrase in plain text beside the keys, for test networks only')
    .addHelpText('after', '\nExample:\n  zhtp init --home ./node4 --network ./devnet --development\n')
    .action((options: InitOptions) => run(init(options)));
};
