import { isAbsolute, resolve } from 'node:path';
import { AppError } from '../common/errors/index.js';
import { parseSecretKey } from '../common/secret-key.js';
import { usageError } from './exit-codes.js';
import type { Output } from './output.js';
import { fileBytes } from './secret-file.js';

/** Options of `backupd recover`. No secret is among them: those come from files, the environment, stdin or the terminal. */
export interface RecoverOptions {
  storage?: string;
  path?: string;
  kind?: string;
  settings?: string;
  keyFile?: string;
  key: boolean;
  catalogue?: string;
  yes?: boolean;
}

/** A storage to be added for the recovery. */
export interface NewStorage {
  kind: string;
  settings: Record<string, unknown>;
}

const S3_QUESTIONS = [
  ['endpoint', 'Endpoint (empty for AWS)'],
  ['region', 'Region (empty for us-east-1)'],
  ['bucket', 'Bucket'],
  ['prefix', 'Prefix in the bucket (empty for none)'],
  ['accessKeyId', 'Access key id'],
] as const;

/** Which storage has the backups: as the options say, or as the person answers. */
export async function askStorage(output: Output, options: RecoverOptions): Promise<NewStorage> {
  if (options.path !== undefined) return { kind: 'local', settings: { path: resolve(options.path) } };
  if (options.settings !== undefined)
    return {
      kind: options.kind ?? 's3',
      settings: parseSettings((await fileBytes(options.settings, output)).toString('utf8')),
    };
  if (!output.canAsk)
    throw usageError(
      'Which storage has the backups?',
      'Give --path <folder>, or --kind s3 --settings <file> with the settings as JSON ("-" reads them from stdin).',
    );
  const where = await output.question('Where are the backups? A folder of this host (its path), or "s3"');
  if (isAbsolute(where)) return { kind: 'local', settings: { path: where } };
  if (where.toLowerCase() !== 's3') throw usageError('Give an absolute path, or "s3".');
  const settings: Record<string, unknown> = {};
  for (const [name, question] of S3_QUESTIONS) {
    // oxlint-disable-next-line no-await-in-loop -- one question after the other
    const answer = await output.question(question);
    if (answer !== '') settings[name] = answer;
  }
  settings['secretAccessKey'] = (await output.secret('Secret access key (not shown)')).trim();
  return { kind: 's3', settings };
}

/**
 * The secret key of the lost server as text; null when there is none, or this backupd has it from its own environment.
 * Error: SECRET_KEY_MALFORMED.
 */
export async function askKey(output: Output, options: RecoverOptions): Promise<string | null> {
  if (!options.key) return null;
  const given = await givenKey(output, options);
  if (given === null) return null;
  const key = parseSecretKey(given) ?? (given.length === 32 ? Buffer.from(given, 'latin1') : null);
  if (key === null) throw malformed();
  return key.toString('base64');
}

async function givenKey(output: Output, options: RecoverOptions): Promise<string | null> {
  if (options.keyFile !== undefined) {
    // A key file of a data dir is 32 bytes as they are; an exported one is text.
    const bytes = await fileBytes(options.keyFile, output);
    return bytes.length === 32 ? bytes.toString('latin1') : bytes.toString('utf8').trim();
  }
  const fromEnvironment = output.terminal.env['BACKUPD_SECRET_KEY'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment.trim();
  if (!output.canAsk)
    throw usageError(
      'With which secret key?',
      'Give --key-file <file>, or BACKUPD_SECRET_KEY in the environment; without the key: --no-key.',
    );
  const answer = await output.secret('Secret key of the lost server (not shown; empty if it is lost)');
  return answer.trim() === '' ? null : answer.trim();
}

function parseSettings(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not with the parser's words: they would quote from it.
    throw usageError('The settings of the storage are not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError('The settings of the storage must be a JSON object.');
  return { ...value };
}

function malformed(): AppError {
  return new AppError({
    code: 'SECRET_KEY_MALFORMED',
    kind: 'usage',
    message: 'What was given as the secret key is none.',
    hint: 'Give what `backupd secrets export` printed: 32 bytes in base64 (44 characters) or hex (64).',
    retry: 'never',
  });
}
