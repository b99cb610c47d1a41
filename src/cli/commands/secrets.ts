import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError, errnoOf } from '../../common/errors/index.js';
import { secretKeyId } from '../../common/secret-key.js';
import { type AppConfig, loadConfig } from '../../config/index.js';
import type { RotationDto, SecretKeysDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { printable } from '../format.js';
import type { Run } from './run.js';

/** `backupd secrets …` */
export function addSecrets(program: Command, run: Run): void {
  const secrets = program
    .command('secrets')
    .description('the key that seals stored credentials: show its name, export, rotate');
  secrets
    .command('keys', { isDefault: true })
    .description('names of the keys that seal and open stored credentials')
    .action(() => run(showKeys));
  secrets
    .command('export')
    .description("write this host's secret key into a file, to be kept elsewhere: a lost server comes back with it")
    .argument('[file]', 'a new file; it is made with mode 0600')
    .option('--stdout', 'print the key instead')
    .action((file: string | undefined, options: { stdout?: boolean }) =>
      run(async (context) => exportKey(context, file, options.stdout === true)),
    );
  secrets
    .command('rotate')
    .description('make a new key and seal every stored credential with it')
    .action(() => run(rotate));
}

async function showKeys(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const keys = await (await context.api()).get<SecretKeysDto>('/secrets');
  output.data(keys);
  const from = keys.given ? 'BACKUPD_SECRET_KEY' : 'the key file in the data dir';
  output.facts([
    ['seals with', `${keys.keyId} (${from})`],
    ['can open', keys.keyIds.join(', ')],
  ]);
  return ExitCode.Ok;
}

/** Reads the key where it lies: the API never gives it. */
async function exportKey(context: CommandContext, file: string | undefined, toStdout: boolean): Promise<ExitCode> {
  const { output } = context;
  if ((file === undefined) !== toStdout) throw usageError('Give a file to write the key to, or --stdout.');
  const config = loadConfig({ env: output.terminal.env });
  const key = config.secretKey ?? readKey(config);
  const keyId = secretKeyId(key);
  const text = key.toString('base64');
  if (file === undefined) {
    output.data({ keyId, key: text });
    output.line(text);
  } else {
    writeNew(file, `${text}\n`);
    output.data({ keyId, file });
    output.line(`The secret key ${keyId} is in ${printable(file)}.`);
  }
  noteExport(config, keyId);
  if (!output.json) {
    output.remark(
      output.colors.dim('Keep it where this server and its storages are not: a password manager, a sheet of paper.'),
    );
    output.remark(output.colors.dim('Whoever has it and a storage can read the stored credentials.'));
  }
  return ExitCode.Ok;
}

function readKey(config: AppConfig): Buffer {
  try {
    return readFileSync(config.paths.secretKey);
  } catch (error) {
    throw new AppError({
      code: 'SECRET_KEY_MISSING',
      kind: 'precondition',
      message: `The secret key ${config.paths.secretKey} can't be read (${errnoOf(error) ?? 'unknown error'}).`,
      hint: 'Run this on the host of the server, as its user. The key is made when backupd starts for the first time.',
      retry: 'never',
      cause: error,
    });
  }
}

function writeNew(file: string, text: string): void {
  try {
    const fd = openSync(file, 'wx', 0o600);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown error';
    throw usageError(`${printable(file)} can't be written (${code}).`, 'Give a file that does not exist yet.');
  }
}

/** For the doctor, who asks whether the key is kept elsewhere. Where this user may not note it, it goes on asking. */
function noteExport(config: AppConfig, keyId: string): void {
  try {
    writeFileSync(config.paths.secretExported, `${keyId}\n`, { mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

async function rotate(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const done = await (await context.api()).post<RotationDto>('/secrets/rotate');
  output.data(done);
  output.line(`${done.resealed} stored secrets are now sealed with the key ${done.keyId}`);
  if (done.made) output.line('Export it (backupd secrets export): the copy you kept is that of the key before.');
  else if (done.resealed === 0)
    output.line(
      'To rotate: put a new key into BACKUPD_SECRET_KEY, the old one into BACKUPD_SECRET_KEY_OLD, restart, and run this again.',
    );
  for (const { table, id, message } of done.unreadable) output.remark(`! ${table} ${id}: ${printable(message)}`);
  return done.unreadable.length > 0 ? ExitCode.Warnings : ExitCode.Ok;
}
