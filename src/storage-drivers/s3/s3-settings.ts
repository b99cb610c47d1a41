import { readFileSync } from 'node:fs';
import type { StorageClass } from '@aws-sdk/client-s3';
import { AppError } from '../../common/errors/index.js';
import type { JsonSchema } from '../../engine/ports/index.js';

const MIB = 1024 * 1024;
/** The least that S3 takes as a part that is not the last. */
export const MIN_PART_BYTES = 5 * MIB;
const DEFAULT_PART_MIB = 16;
const DEFAULT_CONCURRENCY = 4;
const DAY_MS = 86_400_000;

export interface ObjectLockSettings {
  mode: 'GOVERNANCE' | 'COMPLIANCE';
  days: number;
}

/** Where and how objects are stored; made by `parseS3Settings`. */
export interface S3Settings {
  /** Null = AWS itself. */
  endpoint: string | null;
  region: string;
  bucket: string;
  /** Before every key: empty, or ending in a slash. */
  prefix: string;
  pathStyle: boolean;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  storageClass: StorageClass | null;
  sse: 'none' | 'AES256' | 'aws:kms';
  kmsKeyId: string | null;
  /** Certificates that are trusted besides the usual ones, PEM. */
  ca: string | null;
  objectLock: ObjectLockSettings | null;
  /** Wanted size of a part; large objects get larger ones. */
  partBytes: number;
  /** Parts of one object sent at the same time. */
  concurrency: number;
  /** Whether the server is AWS itself. */
  isAws: boolean;
}

/** The settings as a JSON schema, for forms and validation. */
export const S3_SETTINGS_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['bucket', 'accessKeyId', 'secretAccessKey'],
  properties: {
    endpoint: {
      type: 'string',
      title: 'Endpoint',
      description: 'URL of the S3 server; absent for AWS.',
      pattern: '^https?://[^/\\s?#@]+/?$',
      examples: ['https://s3.eu-central-003.backblazeb2.com', 'https://<account>.r2.cloudflarestorage.com'],
    },
    region: { type: 'string', title: 'Region', pattern: '^[A-Za-z0-9-]{1,50}$', default: 'us-east-1' },
    bucket: { type: 'string', title: 'Bucket', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{2,62}$' },
    prefix: {
      type: 'string',
      title: 'Prefix',
      description: 'Folder in the bucket, so that it can be shared.',
      pattern: '^$|^[A-Za-z0-9_=+@,-][A-Za-z0-9._=+@,-]*(/[A-Za-z0-9_=+@,-][A-Za-z0-9._=+@,-]*)*/?$',
      maxLength: 100,
    },
    pathStyle: {
      type: 'boolean',
      title: 'Path style',
      description: 'Bucket in the path instead of in the host name. Default: yes, but not for AWS.',
    },
    accessKeyId: { type: 'string', title: 'Access key id', minLength: 1, maxLength: 200 },
    secretAccessKey: { type: 'string', title: 'Secret access key', minLength: 1, maxLength: 500 },
    sessionToken: { type: 'string', title: 'Session token', minLength: 1, maxLength: 5000 },
    storageClass: {
      type: 'string',
      title: 'Storage class',
      description: 'As the server names it. Not one that must be thawed before reading.',
      pattern: '^[A-Z0-9_-]{1,50}$',
      examples: ['STANDARD_IA'],
    },
    sse: { type: 'string', title: 'Encryption by the server', enum: ['none', 'AES256', 'aws:kms'], default: 'none' },
    kmsKeyId: { type: 'string', title: 'KMS key', description: 'Only with aws:kms.', minLength: 1, maxLength: 300 },
    caFile: {
      type: 'string',
      title: 'CA file',
      description: 'PEM file on this host with certificates to trust besides the usual ones.',
      pattern: '^/.+',
    },
    caPem: { type: 'string', title: 'CA certificates', description: 'The same as text.', maxLength: 100_000 },
    objectLock: {
      type: 'object',
      title: 'Object lock',
      description: 'Every object is locked against deletion for that long. The bucket must have been made for it.',
      additionalProperties: false,
      required: ['mode', 'days'],
      properties: {
        mode: { type: 'string', enum: ['GOVERNANCE', 'COMPLIANCE'] },
        days: { type: 'integer', minimum: 1, maximum: 36_500 },
      },
    },
    partSizeMiB: {
      type: 'integer',
      title: 'Part size in MiB',
      description: 'Parts above 16 MiB are sent one after the other.',
      minimum: 5,
      maximum: 5120,
      default: DEFAULT_PART_MIB,
    },
    concurrency: {
      type: 'integer',
      title: 'Parts at a time',
      description: 'Of one object. Each takes a part of memory.',
      minimum: 1,
      maximum: 32,
      default: DEFAULT_CONCURRENCY,
    },
  },
};

export const S3_SECRET_SETTINGS = ['secretAccessKey', 'sessionToken'] as const;

type Raw = Readonly<Record<string, unknown>>;

/** The settings, checked for what a schema can't say. Error: STORAGE_SETTINGS_INVALID. */
export function parseS3Settings(raw: Raw): S3Settings {
  const endpoint = text(raw, 'endpoint')?.replace(/\/$/, '') ?? null;
  const isAws = endpoint === null || isAwsHost(hostOf(endpoint));
  const bucket = required(raw, 'bucket');
  const sessionToken = text(raw, 'sessionToken');
  const sse = text(raw, 'sse') ?? 'none';
  const kmsKeyId = text(raw, 'kmsKeyId') ?? null;
  if (sse !== 'none' && sse !== 'AES256' && sse !== 'aws:kms') throw invalid('sse must be none, AES256 or aws:kms.');
  if (kmsKeyId !== null && sse !== 'aws:kms') throw invalid('A KMS key needs sse aws:kms.');
  return {
    endpoint,
    region: text(raw, 'region') ?? 'us-east-1',
    bucket,
    prefix: folderOf(raw),
    // A dot in the name of the bucket does not fit AWS's certificate.
    pathStyle: typeof raw['pathStyle'] === 'boolean' ? raw['pathStyle'] : !isAws || bucket.includes('.'),
    credentials: {
      accessKeyId: required(raw, 'accessKeyId'),
      secretAccessKey: required(raw, 'secretAccessKey'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    storageClass: storageClass(raw),
    sse,
    kmsKeyId,
    ca: certificates(raw),
    objectLock: objectLock(raw['objectLock']),
    partBytes: Math.max(MIN_PART_BYTES, (number(raw, 'partSizeMiB') ?? DEFAULT_PART_MIB) * MIB),
    concurrency: number(raw, 'concurrency') ?? DEFAULT_CONCURRENCY,
    isAws,
  };
}

/** `s3://server/bucket/prefix/`, for `placesMeet`. AWS is one server for each of its partitions: bucket names are unique there. */
export function s3Place(raw: Raw): string {
  const endpoint = text(raw, 'endpoint') ?? null;
  const region = text(raw, 'region') ?? '';
  const folder = folderOf(raw);
  return `s3://${serverOf(endpoint, region)}/${required(raw, 'bucket')}/${folder}`;
}

function serverOf(endpoint: string | null, region: string): string {
  if (endpoint !== null && !isAwsHost(hostOf(endpoint))) return new URL(endpoint).host.replace(/\.(?=:|$)/, '');
  return /^(cn|us-gov|us-iso\w*|eu-isoe)-/.exec(region)?.[1] ?? 'aws';
}

/** Empty, or ending in a slash. */
function folderOf(raw: Raw): string {
  const folder = (text(raw, 'prefix') ?? '').replace(/\/$/, '');
  return folder === '' ? '' : `${folder}/`;
}

function isAwsHost(host: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/i.test(host);
}

/** Until when an object stored now is to be locked. */
export function lockEnd(lock: ObjectLockSettings, now = Date.now()): Date {
  return new Date(now + lock.days * DAY_MS);
}

function storageClass(raw: Raw): StorageClass | null {
  const name = text(raw, 'storageClass');
  if (name === undefined) return null;
  if (!isStorageClass(name)) throw invalid('The storage class is a name in capitals, e.g. STANDARD_IA.');
  return name;
}

/** Other servers than AWS have other names than the SDK knows. */
function isStorageClass(name: string): name is StorageClass {
  return /^[A-Z0-9_-]{1,50}$/.test(name);
}

function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).hostname;
  } catch {
    throw invalid(`The endpoint ${endpoint} is not a URL.`);
  }
}

function certificates(raw: Raw): string | null {
  const file = text(raw, 'caFile');
  const pem = [text(raw, 'caPem') ?? '', file === undefined ? '' : readCa(file)].filter((part) => part !== '');
  if (pem.length === 0) return null;
  if (!pem.every((part) => part.includes('-----BEGIN CERTIFICATE-----')))
    throw invalid('The CA certificates are not in PEM format.');
  return pem.join('\n');
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`The CA file ${file} can't be read.`, error);
  }
}

function objectLock(value: unknown): ObjectLockSettings | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'object' && 'mode' in value && 'days' in value) {
    const { mode, days } = value;
    if ((mode === 'GOVERNANCE' || mode === 'COMPLIANCE') && typeof days === 'number' && days >= 1)
      return { mode, days };
  }
  throw invalid('objectLock needs a mode (GOVERNANCE or COMPLIANCE) and days.');
}

function text(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(raw: Raw, name: string): number | undefined {
  const value = raw[name];
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function required(raw: Raw, name: string): string {
  const value = text(raw, name);
  if (value === undefined) throw invalid(`An S3 storage needs ${name}.`);
  return value;
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError({
    code: 'STORAGE_SETTINGS_INVALID',
    kind: 'usage',
    message,
    hint: 'docs/storage-s3.md shows the settings for common S3 services.',
    retry: 'never',
    ...(cause === undefined ? {} : { cause }),
  });
}
