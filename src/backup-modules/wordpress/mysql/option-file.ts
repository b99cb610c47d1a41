import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { MySqlCredentials } from '../types.js';
import { resolveEndpoint } from './endpoint.js';

/** One line of an option file: `name` or `name="value"`. */
export type ClientOption = readonly [name: string, value?: string | Buffer];

const escaped = new Map<number, string>([
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x08, '\\b'],
  [0x5c, '\\\\'],
  [0x22, '\\"'],
]);

/** MySQL's option parser reads lines into a buffer of 4096 bytes and skips what does not fit. */
const MAX_LINE = 4000;

/**
 * A value in double quotes, as MySQL's and MariaDB's option parser reads it back byte for byte
 * (`#`, quotes, backslashes, leading and trailing blanks, control characters, bytes that are not UTF-8).
 * A NUL or a value of about 4 kB cannot be written: DATABASE_PASSWORD_UNUSABLE.
 */
export function quoteOptionValue(name: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const parts: Buffer[] = [Buffer.from('"')];
  for (const byte of bytes) parts.push(Buffer.from(escaped.get(byte) ?? [byte]));
  parts.push(Buffer.from('"'));
  const quoted = Buffer.concat(parts);
  if (bytes.includes(0) || quoted.length > MAX_LINE) {
    throw new AppError({
      code: 'DATABASE_PASSWORD_UNUSABLE',
      kind: 'source',
      message: `The database option '${name}' holds a NUL byte or is longer than the client programs can read.`,
      hint: 'Give the database account another password.',
      retry: 'never',
    });
  }
  return quoted;
}

/** The bytes of an option file with the group `[client]`, read by every MySQL and MariaDB client program. */
export function optionFileContent(options: readonly ClientOption[]): Buffer {
  const parts: Buffer[] = [Buffer.from('[client]\n')];
  for (const [name, value] of options) {
    parts.push(Buffer.from(name));
    if (value !== undefined) parts.push(Buffer.from('='), quoteOptionValue(name, value));
    parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** How the account and the server are named in an option file. */
export function connectionOptions(credentials: MySqlCredentials): ClientOption[] {
  const endpoint = resolveEndpoint(credentials);
  const options: ClientOption[] = [
    ['user', credentials.user],
    ['password', credentials.password],
  ];
  if ('socketPath' in endpoint) options.push(['protocol', 'socket'], ['socket', endpoint.socketPath]);
  else options.push(['protocol', 'tcp'], ['host', endpoint.host], ['port', String(endpoint.port)]);
  return options;
}

/** Hands credentials to one child process. */
export interface OptionFile {
  /** Give it to the child as descriptor 3: `stdio: ['ignore', 'pipe', 'pipe', file.fd]`. */
  fd: number;
  /** Must be the first argument. The child reads no other option file (`~/.my.cnf` and `/etc/mysql` are ignored). */
  argument: string;
  /** The child's whole environment but PATH: no `MYSQL_*` variable or login file of backupd's own user counts. */
  env: Record<string, string>;
}

/**
 * Runs `use` with an option file that has no name: created 0600 in `folder`, unlinked before a byte is written, and
 * handed over as an open descriptor. So no secret is in argv, in the environment, or left on disk after `kill -9`.
 */
export async function withOptionFile<T>(
  credentials: MySqlCredentials,
  folder: string,
  use: (file: OptionFile) => Promise<T>,
  more: readonly ClientOption[] = [],
): Promise<T> {
  const content = optionFileContent([...connectionOptions(credentials), ...more]);
  const file = await openUnlinked(folder);
  try {
    await file.write(content, 0, content.length, 0);
    return await use({
      fd: file.fd,
      argument: '--defaults-file=/dev/fd/3',
      env: { LC_ALL: 'C', HOME: folder, MYSQL_TEST_LOGIN_FILE: '/dev/null' },
    });
  } finally {
    content.fill(0);
    await file.close();
  }
}

async function openUnlinked(folder: string): Promise<FileHandle> {
  const path = join(folder, `.options-${randomUUID()}`);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
