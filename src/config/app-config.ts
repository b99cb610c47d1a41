import { join } from 'node:path';

export type Mode = 'master' | 'node';
export type LogFormat = 'auto' | 'text' | 'json';
export type LogLevelName = 'debug' | 'info' | 'warn' | 'error';

/** How much of the host backupd may use at a time. */
export interface ResourceLimits {
  io: number;
  network: number;
  cpu: number;
  /** Megabits a second for uploads of this host; 0 = unlimited. */
  bandwidthMbps: number;
}

/** A process that was told to stop has ended so long after the grace time, even if something hangs. */
export const STOP_LIMIT_SECONDS = 60;

/** How patient backupd is. */
export interface Patience {
  /** Wait before the second attempt after a passing fault; doubles for each further one. */
  retrySeconds: number;
  /** A stage in which nothing has moved for so long is stopped; 0 = never. */
  stallMinutes: number;
  /** What a failed backup had made is kept for so long; 0 = not at all. */
  keepFailedHours: number;
  /** On a stop, running stages get so long to come to an end of their own. */
  stopGraceSeconds: number;
}

/** By what a node trusts its master, besides the certificate authorities of the host. */
export interface MasterTrust {
  /** A file with certificates (PEM); these alone are trusted then. */
  caFile: string | null;
  /** SHA-256 of the certificate, 64 hex digits in lower case; this one alone is trusted then. */
  fingerprint: string | null;
  /** Plain http may go to other hosts. */
  allowHttp: boolean;
}

/** All settings, checked. */
export interface AppConfigValues {
  mode: Mode;
  host: string;
  port: number;
  dataDir: string;
  /** A PostgreSQL server to use; null = backupd runs its own in the data dir. */
  databaseUrl: string | null;
  /** The key that seals secrets; null = it is kept in the data dir. */
  secretKey: Buffer | null;
  /** Earlier keys, only to open what they sealed. */
  oldSecretKeys: readonly Buffer[];
  /** Folders that are scanned when a scan names none. */
  scanRoots: readonly string[];
  masterUrl: string | null;
  apiKey: string | null;
  /** What a node trusts its master by, when `masterUrl` and `apiKey` name it. */
  masterTrust: MasterTrust;
  limits: ResourceLimits;
  patience: Patience;
  /** Ranges that outgoing requests may reach although they are loopback or link-local. */
  outgoingAllow: readonly string[];
  /** Proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Where people reach this server, for links in messages, without a slash at its end; null = no links. */
  publicUrl: string | null;
  logFormat: LogFormat;
  logLevel: LogLevelName;
  /** The file that was read, or null when there was none. */
  configFile: string | null;
  /** What a person should know about how the settings came about (assumed mode, other data dir, unknown names). */
  notes: readonly string[];
}

/**
 * The settings of this process: typed, validated, immutable. Injected by its class. Made by `loadConfig`; tests make it
 * with `AppConfig.of`. Holds secrets (`apiKey`, `secretKey`, the password in `databaseUrl`): never log it whole.
 */
export class AppConfig {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly secretKey: Buffer | null;
  readonly oldSecretKeys: readonly Buffer[];
  readonly scanRoots: readonly string[];
  readonly masterUrl: string | null;
  readonly apiKey: string | null;
  readonly masterTrust: Readonly<MasterTrust>;
  readonly limits: Readonly<ResourceLimits>;
  readonly patience: Readonly<Patience>;
  readonly outgoingAllow: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string | null;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevelName;
  readonly configFile: string | null;
  readonly notes: readonly string[];
  readonly paths: DataPaths;

  constructor(values: AppConfigValues) {
    this.mode = values.mode;
    this.host = values.host;
    this.port = values.port;
    this.dataDir = values.dataDir;
    this.databaseUrl = values.databaseUrl;
    this.secretKey = values.secretKey;
    this.oldSecretKeys = values.oldSecretKeys;
    this.scanRoots = values.scanRoots;
    this.masterUrl = values.masterUrl;
    this.apiKey = values.apiKey;
    this.masterTrust = values.masterTrust;
    this.limits = values.limits;
    this.patience = values.patience;
    this.outgoingAllow = values.outgoingAllow;
    this.trustedProxies = values.trustedProxies;
    this.publicUrl = values.publicUrl;
    this.logFormat = values.logFormat;
    this.logLevel = values.logLevel;
    this.configFile = values.configFile;
    this.notes = values.notes;
    this.paths = new DataPaths(values.dataDir);
  }

  /** A master's settings with the defaults for all that is not given. */
  static of(values: Partial<AppConfigValues> & { dataDir: string }): AppConfig {
    return new AppConfig({
      mode: 'master',
      host: '127.0.0.1',
      port: 8000,
      databaseUrl: null,
      secretKey: null,
      oldSecretKeys: [],
      scanRoots: ['/var/www'],
      masterUrl: null,
      apiKey: null,
      masterTrust: { caFile: null, fingerprint: null, allowHttp: false },
      limits: { io: 2, network: 1, cpu: 4, bandwidthMbps: 50 },
      patience: { retrySeconds: 30, stallMinutes: 30, keepFailedHours: 24, stopGraceSeconds: 20 },
      outgoingAllow: [],
      trustedProxies: [],
      publicUrl: null,
      logFormat: 'auto',
      logLevel: 'info',
      configFile: null,
      notes: [],
      ...values,
    });
  }

  /** The same settings with some replaced. */
  with(changes: Partial<AppConfigValues>): AppConfig {
    return new AppConfig(Object.assign({}, this, changes));
  }
}

/** Where things lie in the data dir. */
export class DataPaths {
  /** The embedded PostgreSQL's cluster. */
  readonly postgres: string;
  /** The default local storage provider. */
  readonly storage: string;
  /** Parent of the jobs' folders, `work/<job id>`. */
  readonly work: string;
  /** Safety dumps of restores. */
  readonly safety: string;
  readonly adminToken: string;
  readonly secretKey: string;
  /** Earlier secret keys by their id. */
  readonly secretKeys: string;
  /** Says which secret key was last exported, so that it is known to be kept elsewhere. */
  readonly secretExported: string;
  readonly lock: string;
  /** `{pid, url}` of the running master. */
  readonly runInfo: string;
  /** Of a node: its master and its key. */
  readonly node: string;
  /** Of a node: how it is, for `backupd node status`. */
  readonly nodeStatus: string;

  constructor(readonly root: string) {
    this.postgres = join(root, 'postgres');
    this.storage = join(root, 'storage');
    this.work = join(root, 'work');
    this.safety = join(root, 'safety');
    this.adminToken = join(root, 'admin.token');
    this.secretKey = join(root, 'secret.key');
    this.secretKeys = join(root, 'secret.keys');
    this.secretExported = join(root, 'secret.exported');
    this.lock = join(root, 'backupd.lock');
    this.runInfo = join(root, 'run.json');
    this.node = join(root, 'node.json');
    this.nodeStatus = join(root, 'node-status.json');
  }
}
