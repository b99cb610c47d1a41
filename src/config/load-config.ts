import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, errnoOf } from '../common/errors/index.js';
import { AppConfig } from './app-config.js';
import { parseConfigFile } from './config-file.js';
import { InvalidSetting, isSettingName, otherVariables, settings, type Setting, type SettingName } from './settings.js';

const DEFAULT_FILE = '/etc/backupd/config';
const DEFAULT_DATA_DIR = '/var/lib/backupd';

/** Where the settings come from; tests give their own. */
export interface ConfigSources {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** The configuration file used when BACKUPD_CONFIG names none. */
  defaultFile: string;
  defaultDataDir: string;
}

interface FileSettings {
  path: string | null;
  values: Map<string, { value: string; where: string }>;
}

/**
 * Reads environment and configuration file into one checked AppConfig.
 * Throws CONFIG_INVALID with every fault at once, or MODE_UNCONFIGURED when there is a file that names no mode.
 */
export function loadConfig(sources: Partial<ConfigSources> = {}): AppConfig {
  const from: ConfigSources = {
    env: process.env,
    home: homedir(),
    defaultFile: DEFAULT_FILE,
    defaultDataDir: DEFAULT_DATA_DIR,
    ...sources,
  };
  const faults: string[] = [];
  const notes: string[] = [];
  const file = readFileSettings(from, faults);
  for (const name of Object.keys(from.env))
    if (name.startsWith('BACKUPD_') && !isSettingName(name) && !otherVariables.includes(name))
      notes.push(`The environment variable ${name} is not a setting of backupd and is ignored.`);

  const text = (name: SettingName): { value: string; where: string } | undefined => {
    const fromEnv = from.env[name]?.trim();
    return fromEnv ? { value: fromEnv, where: name } : file.values.get(name);
  };
  const read = <T>(name: SettingName, setting: Setting<T>): T => {
    const given = text(name);
    if (given === undefined) return setting.fallback;
    try {
      return setting.parse(given.value);
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      faults.push(`${given.where} ${error.message}`);
      return setting.fallback;
    }
  };

  const givenMode = read('BACKUPD_MODE', settings.BACKUPD_MODE);
  const masterUrl = read('BACKUPD_MASTER_URL', settings.BACKUPD_MASTER_URL);
  const apiKey = read('BACKUPD_API_KEY', settings.BACKUPD_API_KEY);
  const masterTrust = {
    caFile: read('BACKUPD_MASTER_CA', settings.BACKUPD_MASTER_CA),
    fingerprint: read('BACKUPD_MASTER_FINGERPRINT', settings.BACKUPD_MASTER_FINGERPRINT),
    allowHttp: read('BACKUPD_MASTER_ALLOW_HTTP', settings.BACKUPD_MASTER_ALLOW_HTTP) === 'yes',
  };
  if (masterTrust.caFile !== null && masterTrust.fingerprint !== null)
    faults.push('BACKUPD_MASTER_CA and BACKUPD_MASTER_FINGERPRINT are both set: the fingerprint alone is enough');
  const givenDataDir = read('BACKUPD_DATA_DIR', settings.BACKUPD_DATA_DIR);
  const values = {
    host: read('BACKUPD_HOST', settings.BACKUPD_HOST),
    port: read('BACKUPD_PORT', settings.BACKUPD_PORT),
    databaseUrl: read('BACKUPD_DATABASE_URL', settings.BACKUPD_DATABASE_URL),
    secretKey: read('BACKUPD_SECRET_KEY', settings.BACKUPD_SECRET_KEY),
    oldSecretKeys: read('BACKUPD_SECRET_KEY_OLD', settings.BACKUPD_SECRET_KEY_OLD),
    scanRoots: read('BACKUPD_SCAN_ROOTS', settings.BACKUPD_SCAN_ROOTS),
    limits: {
      io: read('BACKUPD_MAX_IO', settings.BACKUPD_MAX_IO),
      network: read('BACKUPD_MAX_NETWORK', settings.BACKUPD_MAX_NETWORK),
      cpu: read('BACKUPD_MAX_CPU_WORKERS', settings.BACKUPD_MAX_CPU_WORKERS),
      bandwidthMbps: read('BACKUPD_MAX_BANDWIDTH_MBPS', settings.BACKUPD_MAX_BANDWIDTH_MBPS),
    },
    patience: {
      retrySeconds: read('BACKUPD_RETRY_SECONDS', settings.BACKUPD_RETRY_SECONDS),
      stallMinutes: read('BACKUPD_STALL_MINUTES', settings.BACKUPD_STALL_MINUTES),
      keepFailedHours: read('BACKUPD_KEEP_FAILED_HOURS', settings.BACKUPD_KEEP_FAILED_HOURS),
      stopGraceSeconds: read('BACKUPD_STOP_GRACE_SECONDS', settings.BACKUPD_STOP_GRACE_SECONDS),
    },
    outgoingAllow: read('BACKUPD_OUTGOING_ALLOW', settings.BACKUPD_OUTGOING_ALLOW),
    trustedProxies: read('BACKUPD_TRUSTED_PROXIES', settings.BACKUPD_TRUSTED_PROXIES),
    publicUrl: read('BACKUPD_PUBLIC_URL', settings.BACKUPD_PUBLIC_URL),
    logFormat: read('BACKUPD_LOG_FORMAT', settings.BACKUPD_LOG_FORMAT),
    logLevel: read('BACKUPD_LOG_LEVEL', settings.BACKUPD_LOG_LEVEL),
  };
  if (faults.length > 0) throw invalid(faults);

  if (givenMode === null && file.path !== null) throw unconfigured(file.path);
  if (givenMode === null) notes.push('BACKUPD_MODE is not set and there is no configuration file: running as master.');
  const dataDir = givenDataDir ?? chooseDataDir(from, notes);
  return new AppConfig({
    ...values,
    mode: givenMode ?? 'master',
    masterUrl,
    apiKey,
    masterTrust,
    dataDir,
    configFile: file.path,
    notes,
  });
}

/** Takes the keys out of this process's environment, which its children and threads get. Call it when they have been read. */
export function hideSecretKeys(): void {
  for (const name of ['BACKUPD_SECRET_KEY', 'BACKUPD_SECRET_KEY_OLD', 'BACKUPD_API_KEY']) delete process.env[name];
}

function readFileSettings(from: ConfigSources, faults: string[]): FileSettings {
  const named = from.env['BACKUPD_CONFIG']?.trim();
  const path = named || from.defaultFile;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown error';
    if (named || code !== 'ENOENT') faults.push(`BACKUPD_CONFIG the file ${path} can't be read (${code})`);
    return { path: null, values: new Map() };
  }
  const parsed = parseConfigFile(content);
  faults.push(...parsed.faults.map((fault) => `${path} ${fault}`));
  const values: FileSettings['values'] = new Map();
  for (const { name, value, line } of parsed.lines) {
    if (!isSettingName(name)) faults.push(`${path} line ${line}: ${name} is not a setting of backupd`);
    else if (value !== '') values.set(name, { value, where: `${name} (${path} line ${line})` });
  }
  return { path, values };
}

function chooseDataDir(from: ConfigSources, notes: string[]): string {
  if (canMake(from.defaultDataDir)) return from.defaultDataDir;
  const own = join(from.home, '.local', 'state', 'backupd');
  notes.push(`${from.defaultDataDir} is not writable for this user: the data dir is ${own}.`);
  return own;
}

/** Whether the folder is writable, or could be made. */
function canMake(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      if (!statSync(folder).isDirectory()) return false;
      accessSync(folder, constants.W_OK | constants.X_OK);
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || folder === dirname(folder)) return false;
    }
  }
}

function invalid(faults: readonly string[]): AppError {
  const list = faults.map((fault) => `\n  - ${fault}`).join('');
  return new AppError({
    code: 'CONFIG_INVALID',
    kind: 'usage',
    message: `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:${list}`,
    hint: 'Correct the settings named above in the environment or in the configuration file. README.md lists them all.',
    retry: 'never',
    context: { faults: [...faults] },
  });
}

function unconfigured(file: string): AppError {
  return new AppError({
    code: 'MODE_UNCONFIGURED',
    kind: 'usage',
    message: `backupd is not configured: ${file} sets no BACKUPD_MODE.`,
    hint: 'Set BACKUPD_MODE=master to run the server, or BACKUPD_MODE=node (after `backupd node join <url>`) to run as an agent of another backupd.',
    retry: 'never',
    context: { file },
  });
}
