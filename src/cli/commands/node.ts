import type { Command } from 'commander';
import { AppError } from '../../common/errors/index.js';
import { parseFingerprint } from '../../common/fingerprint.js';
import { type AppConfig, loadConfig } from '../../config/index.js';
import type { MasterPlace } from '../../modules/node-link/index.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { printable } from '../format.js';
import { whetherRunning } from '../node-status.js';
import { secretFile } from '../secret-file.js';
import { showNodeStatus } from './node-status.js';
import type { Run } from './run.js';

interface JoinFlags {
  token?: string;
  tokenFile?: string;
  name?: string;
  ca?: string;
  fingerprint?: string;
  allowHttp?: boolean;
  dataDir?: string;
  replace?: boolean;
}

/** `backupd node …`: this host as a node of a master elsewhere. */
export function addNode(program: Command, run: Run): void {
  const node = program
    .command('node')
    .description('this host as a node of a master on another host: join it, see how it is');
  node
    .command('join')
    .description('make this host a node: by a one-time token, or by a code that an admin of the master approves')
    .argument('<url>', "the master's URL, like https://backup.example.com")
    .option(
      '--token-file <file>',
      'a file with a one-time token ("backupd nodes token add" on the master); - reads it from the input',
    )
    .option('--token <token>', 'the token itself; other users of this host can see it while the command runs')
    .option('--name <name>', "how the node is to be called; the host's name when not given")
    .option('--ca <file>', "a PEM file with the authority of the master's certificate, which alone is trusted then")
    .option(
      '--fingerprint <sha256>',
      "SHA-256 of the master's certificate, which alone is trusted then, also self-signed",
    )
    .option('--allow-http', 'plain http to another host: anyone on the way can take the key')
    .option('--data-dir <folder>', 'the data dir of the node; BACKUPD_DATA_DIR when not given')
    .option('--replace', 'join anew although this host is a node already')
    .action((url: string, flags: JoinFlags) => run(async (context) => join(context, url, flags)));
  node
    .command('status')
    .description(
      'how the node on this host is; exit code 0 connected, 3 running without its master, 1 not running or refused',
    )
    .option('--data-dir <folder>', 'the data dir of the node; BACKUPD_DATA_DIR when not given')
    .action((flags: { dataDir?: string }) =>
      run(async ({ output }) => showNodeStatus(output, configOf(output.terminal.env, flags.dataDir))),
    );
}

/** What can be refused is refused before anything is sent or written. */
async function join(context: CommandContext, url: string, flags: JoinFlags): Promise<ExitCode> {
  const { output } = context;
  const config = configOf(output.terminal.env, flags.dataDir);
  // Loaded only here: no other command needs it.
  const link = await import('../../modules/node-link/index.js');
  const place: MasterPlace = {
    url: url.replace(/\/+$/, ''),
    ca: await link.certificatesOf(flags.ca ?? null),
    fingerprint: fingerprintOf(flags),
    allowHttp: flags.allowHttp === true,
  };
  link.checkedUrl(place);
  await link.prepareFolder(config.paths);
  const before = await link.readIdentity(config.paths).catch((error: unknown) => {
    // A damaged one is what --replace is for.
    if (flags.replace === true) return null;
    throw error;
  });
  if (before !== null && flags.replace !== true) throw link.alreadyJoined(before.master.url, before.name);
  const token = await tokenOf(flags, context);
  const identity = await link.joinMaster(place, {
    signal: context.interrupted,
    ...(token === undefined ? {} : { token }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
    onCode: (code, seconds) => {
      output.remark(`This host asks to become a node. Its code: ${output.colors.bold(printable(code))}`);
      output.remark(`  An admin of the master approves it: backupd nodes approve ${printable(code)}`);
      output.remark(output.colors.dim(`  Waiting; the code expires in ${Math.ceil(seconds / 60)} minutes.`));
    },
  });
  await link.writeIdentity(config.paths, identity);
  report(context, config, identity);
  return ExitCode.Ok;
}

function report(
  { output }: CommandContext,
  config: AppConfig,
  identity: { nodeId: string | null; name: string | null },
): void {
  const { nodeId, name } = identity;
  output.data({ nodeId, name, file: config.paths.node });
  output.line(
    `${output.colors.green('✔')} This host is the node "${printable(name ?? '')}" now (${config.paths.node}).`,
  );
  if (whetherRunning(config.paths)) output.remark('A node runs on this data dir: restart it.');
  else output.remark('Start it with BACKUPD_MODE=node: the service, or `BACKUPD_MODE=node backupd serve`.');
  if (config.masterUrl !== null || config.apiKey !== null)
    output.remark('BACKUPD_MASTER_URL or BACKUPD_API_KEY is set here and wins over what was joined: take it out.');
}

/** The settings of this host, as its node has them. */
function configOf(env: Readonly<Record<string, string | undefined>>, dataDir: string | undefined): AppConfig {
  const given = dataDir === undefined ? {} : { BACKUPD_DATA_DIR: dataDir };
  return loadConfig({ env: { ...env, BACKUPD_MODE: env['BACKUPD_MODE'] ?? 'node', ...given } });
}

function fingerprintOf({ ca, fingerprint }: JoinFlags): string | null {
  if (fingerprint === undefined) return null;
  if (ca !== undefined) throw usageError('Give --ca or --fingerprint: the fingerprint alone is enough.');
  const hex = parseFingerprint(fingerprint);
  if (hex !== null) return hex;
  throw usageError(
    `"${printable(fingerprint)}" is no SHA-256 of a certificate.`,
    'On the master: openssl x509 -in <certificate> -noout -fingerprint -sha256',
  );
}

async function tokenOf({ token, tokenFile }: JoinFlags, { output }: CommandContext): Promise<string | undefined> {
  if (token !== undefined && tokenFile !== undefined) throw usageError('Give --token-file or --token, not both.');
  const text = (tokenFile === undefined ? token : await secretFile(tokenFile, output))?.trim();
  if (text === '')
    throw new AppError({ code: 'COMMAND_USAGE', kind: 'usage', message: 'The token is empty.', retry: 'never' });
  return text;
}
