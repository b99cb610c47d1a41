import { isIP } from 'node:net';
import { isAbsolute, normalize } from 'node:path';
import { parseFingerprint } from '../common/fingerprint.js';
import { parseSecretKey } from '../common/secret-key.js';
import type { LogFormat, LogLevelName, Mode } from './app-config.js';

/** A value that is not valid; the message completes "BACKUPD_X …". */
export class InvalidSetting extends Error {}

/** One setting: how its text becomes a value. The text is trimmed and not empty. */
export interface Setting<T> {
  readonly parse: (text: string) => T;
  readonly fallback: T;
  /** For the configuration table in the documentation. */
  readonly about: string;
}

const setting = <T>(about: string, fallback: T, parse: (text: string) => T): Setting<T> => ({ about, fallback, parse });

function oneOf<T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text.toLowerCase());
    if (found === undefined) throw new InvalidSetting(`must be one of: ${values.join(', ')}`);
    return found;
  };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidSetting(`must be a whole number from ${min} to ${max}`);
    return value;
  };
}

function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidSetting(`must be a number from ${min} to ${max}`);
    return value;
  };
}

function absolutePath(text: string): string {
  if (!isAbsolute(text)) throw new InvalidSetting('must be an absolute path');
  const path = normalize(text);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function pathList(text: string): string[] {
  const paths = text
    .split(/[:,]/)
    .map((part) => part.trim())
    .filter(Boolean);
  if (paths.length === 0) throw new InvalidSetting('must name at least one folder');
  return paths.map((path) => {
    if (!isAbsolute(path)) throw new InvalidSetting(`must be absolute paths separated by ":"; "${path}" is not one`);
    return absolutePath(path);
  });
}

function url(...protocols: readonly string[]): (text: string) => string {
  const valid = `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  return (text) => {
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) throw new InvalidSetting(valid);
    return text;
  };
}

function hostName(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) throw new InvalidSetting('must be a host name or an IP address');
  return host;
}

function databaseUrl(text: string): string {
  url('postgresql:', 'postgres:')(text);
  if (new URL(text).pathname.replace(/^\//, '') === '') throw new InvalidSetting('must name a database after the host');
  return text;
}

function secretKey(text: string): Buffer {
  const key = parseSecretKey(text);
  // Never the value: it may be the key with a slip of the pen.
  if (key === null)
    throw new InvalidSetting('must be 32 bytes in base64 or hex (`openssl rand -base64 32` makes such a key)');
  return key;
}

const nullable = <T>(parse: (text: string) => T): ((text: string) => T | null) => parse;

function fingerprint(text: string): string {
  const hex = parseFingerprint(text);
  if (hex === null) throw new InvalidSetting('must be the SHA-256 of a certificate: 64 hex digits, also with ":"');
  return hex;
}

function addressRanges(text: string): string[] {
  const ranges = text.split(',').map((part) => part.trim());
  for (const range of ranges) {
    const [address, prefix, more] = range.split('/');
    const bits = isIP(address ?? '') === 4 ? 32 : 128;
    const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    if (isIP(address ?? '') === 0 || !fits || more !== undefined)
      throw new InvalidSetting(`must be addresses or ranges like 10.0.0.0/8 or ::1; "${range}" is not one`);
  }
  return ranges;
}

/** Every setting by its name in the environment and in the configuration file. */
export const settings = {
  BACKUPD_MODE: setting<Mode | null>(
    'what this process is: `master` or `node`',
    null,
    nullable(oneOf('master', 'node')),
  ),
  BACKUPD_MASTER_URL: setting<string | null>(
    'node: where its master answers; unset, as joined',
    null,
    nullable(url('https:', 'http:')),
  ),
  BACKUPD_API_KEY: setting<string | null>(
    'node: its key; unset, as joined',
    null,
    nullable((text) => text),
  ),
  BACKUPD_MASTER_CA: setting<string | null>(
    "node: a PEM file with the certificates that alone are trusted for the master; unset, as joined, else the host's",
    null,
    nullable(absolutePath),
  ),
  BACKUPD_MASTER_FINGERPRINT: setting<string | null>(
    "node: SHA-256 of the master's certificate, which alone is trusted then",
    null,
    nullable(fingerprint),
  ),
  BACKUPD_MASTER_ALLOW_HTTP: setting<'yes' | 'no' | null>(
    'node: `yes` lets it talk plain http to a master on another host: anyone on the way can take the key',
    null,
    nullable(oneOf('yes', 'no')),
  ),
  BACKUPD_DATA_DIR: setting<string | null>(
    'where backupd keeps its own data (default `/var/lib/backupd`, or `~/.local/state/backupd` where that is not writable)',
    null,
    nullable(absolutePath),
  ),
  BACKUPD_DATABASE_URL: setting<string | null>(
    'a PostgreSQL server to use; unset, backupd runs its own',
    null,
    nullable(databaseUrl),
  ),
  BACKUPD_SECRET_KEY: setting<Buffer | null>(
    'the key that seals secrets, 32 bytes in base64 or hex; unset, it is kept in `secret.key` in the data dir',
    null,
    nullable(secretKey),
  ),
  BACKUPD_SECRET_KEY_OLD: setting<readonly Buffer[]>(
    'earlier keys, separated by `,`: only to open what they sealed',
    [],
    (text) =>
      text
        .split(',')
        .filter((part) => part.trim() !== '')
        .map(secretKey),
  ),
  BACKUPD_HOST: setting('address to listen on', '0.0.0.0', hostName),
  BACKUPD_PORT: setting('port to listen on', 8000, wholeNumber(0, 65535)),
  BACKUPD_SCAN_ROOTS: setting<readonly string[]>('folders to scan for sites, separated by `:`', ['/var/www'], pathList),
  BACKUPD_MAX_IO: setting('disk-heavy stages at a time', 2, wholeNumber(1, 1024)),
  BACKUPD_MAX_NETWORK: setting('uploads at a time', 1, wholeNumber(1, 1024)),
  BACKUPD_MAX_CPU_WORKERS: setting('compression and hashing threads', 4, wholeNumber(1, 1024)),
  BACKUPD_MAX_BANDWIDTH_MBPS: setting(
    'upload budget of this host in megabits a second, 0 = unlimited',
    50,
    decimal(0, 1_000_000),
  ),
  BACKUPD_RETRY_SECONDS: setting(
    'wait before a job that hit a passing fault is tried again; doubles for each further time',
    30,
    wholeNumber(1, 86_400),
  ),
  BACKUPD_STALL_MINUTES: setting(
    'a stage in which nothing has moved for so long is stopped, 0 = never',
    30,
    wholeNumber(0, 10_080),
  ),
  BACKUPD_KEEP_FAILED_HOURS: setting(
    'what a failed backup had made is kept for so long, so that a retry goes on from there; 0 = not at all',
    24,
    wholeNumber(0, 720),
  ),
  BACKUPD_STOP_GRACE_SECONDS: setting(
    'on a stop, running stages get so long to come to an end of their own',
    20,
    wholeNumber(0, 3600),
  ),
  BACKUPD_OUTGOING_ALLOW: setting<readonly string[]>(
    'addresses (CIDR, separated by `,`) that notifications and hooks may reach although they are loopback or link-local',
    [],
    addressRanges,
  ),
  BACKUPD_TRUSTED_PROXIES: setting<readonly string[]>(
    'addresses (CIDR, separated by `,`) of reverse proxies whose `X-Forwarded-For` says where a request came from',
    [],
    addressRanges,
  ),
  BACKUPD_PUBLIC_URL: setting<string | null>(
    'where people reach this server, for links in messages; unset, messages have no links',
    null,
    nullable((text) => url('https:', 'http:')(text).replace(/\/+$/, '')),
  ),
  BACKUPD_LOG_FORMAT: setting<LogFormat>(
    '`text`, `json`, or `auto` (json unless on a terminal)',
    'auto',
    oneOf('auto', 'text', 'json'),
  ),
  BACKUPD_LOG_LEVEL: setting<LogLevelName>(
    '`debug`, `info`, `warn` or `error`',
    'info',
    oneOf('debug', 'info', 'warn', 'error'),
  ),
} as const;

export type SettingName = keyof typeof settings;

/** Variables with our prefix that are not settings of the server: the file's own name, and what the command line reads. */
export const otherVariables: readonly string[] = ['BACKUPD_CONFIG', 'BACKUPD_URL', 'BACKUPD_TOKEN'];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}
