import { AppError, errnoOf } from '../../common/errors/index.js';
import { field, rightRegion, serverTime } from './s3-answer.js';
import { isNetworkFault, statusOf } from './s3-retry.js';

/** What was asked of the server. */
export interface Action {
  /** As in `could not be {what}`: `stored`, `read`, … */
  what: string;
  /** The permission that it takes, as AWS names it. */
  permission: string;
  key?: string;
}

/** Where it was asked. */
export interface Place {
  bucket: string;
  host: string;
  region: string;
}

const TLS_FAULT = /CERT|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH/;
const QUOTA = /quota|cap exceeded|storage ?full|insufficient ?storage|over the limit/i;
const RETAINED = /object lock|WORM|retention/i;
const NO_PERMISSION = new Set([
  'AccessDenied',
  'Forbidden',
  'AllAccessDisabled',
  'AccountProblem',
  'UnauthorizedAccess',
]);
const BAD_CREDENTIALS = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
  'InvalidSecurity',
  'Unauthorized',
]);
const WRONG_REGION = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'IncorrectEndpoint',
  'TemporaryRedirect',
]);
const CHANGED_ON_THE_WAY = new Set(['BadDigest', 'XAmzContentSHA256Mismatch', 'InvalidDigest']);

interface Fault {
  code: string;
  message: string;
  hint: string;
  retry: 'never' | 'later' | 'maybe';
  context?: Record<string, string | number | null>;
}

/** What the server or the connection said, as an AppError; AppErrors pass. No secret is in it. */
export function translate(error: unknown, action: Action, place: Place): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const fault = faultOf(error, action, place);
  if (fault === null) return error;
  const { code, message, hint, retry, context } = fault;
  return new AppError({
    code,
    kind: 'storage',
    message,
    hint,
    retry,
    context: {
      bucket: place.bucket,
      host: place.host,
      ...(action.key === undefined ? {} : { key: action.key }),
      ...(statusOf(error) === undefined ? {} : { status: statusOf(error) ?? null, answer: error.name }),
      ...context,
    },
    // Not the SDK's error itself: it carries headers and what was signed.
    cause: new Error(`${error.name}: ${error.message}`),
  });
}

function faultOf(error: Error, action: Action, place: Place): Fault | null {
  const { name } = error;
  const status = statusOf(error);
  const errno = errnoOf(error) ?? '';
  if (status === undefined && TLS_FAULT.test(errno)) return tlsFault(errno, place);
  if (status === undefined) return isNetworkFault(error) ? unreachable(errno === '' ? name : errno, place) : null;
  if (name === 'RequestTimeTooSkewed' || name === 'RequestExpired') return clockSkew(error, place);
  if (isNotS3(error, status, action)) return notS3(status, place);
  if (BAD_CREDENTIALS.has(name) || status === 401) return badCredentials(name, place);
  if (WRONG_REGION.has(name) || status === 301 || status === 307) return wrongRegion(error, place);
  if (name === 'NoSuchBucket') return bucketNotFound(place);
  // Ceph misses the key where others miss the upload.
  const isOfUpload = action.permission === 's3:ListMultipartUploadParts';
  if (name === 'NoSuchUpload' || (name === 'NoSuchKey' && isOfUpload)) return uploadGone(action);
  if (name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchVersion') return notFound(action);
  if (status === 507 || (status < 500 && QUOTA.test(`${name} ${error.message}`))) return full(action, place);
  if (name === 'EntityTooLarge') return tooLarge(action);
  if (CHANGED_ON_THE_WAY.has(name)) return changedOnTheWay(action);
  if (name === 'PreconditionFailed') return objectChanged(action);
  if (NO_PERMISSION.has(name) || status === 403) return denied(action, place);
  if (status === 429 || status >= 500) return unreachable(`${name}, status ${status}`, place);
  return {
    code: 'STORAGE_FAILED',
    message: `${subject(action)} could not be ${action.what}: ${place.host} answers ${name} (${status})${said(error)}.`,
    hint: 'Check the settings of this storage, and whether the server supports what they ask for.',
    retry: 'maybe',
  };
}

/** The server's own words, where the SDK has any. */
function said(error: Error): string {
  return error.message === 'UnknownError' || error.message === '' ? '' : `: ${error.message.slice(0, 200)}`;
}

const subject = (action: Action): string => action.key ?? 'The storage';

function unreachable(reason: string, place: Place): Fault {
  return {
    code: 'STORAGE_UNREACHABLE',
    message: `The storage at ${place.host} can't be reached (${reason}).`,
    hint: 'Check the endpoint, the network of this host, and the state page of the S3 service.',
    retry: 'later',
  };
}

function tlsFault(errno: string, place: Place): Fault {
  const plain = errno === 'EPROTO' || errno.startsWith('ERR_SSL_WRONG_VERSION');
  return {
    code: 'STORAGE_TLS_FAILED',
    message: `No secure connection to ${place.host} (${errno}).`,
    hint: plain
      ? 'Does the server speak https on this port? An endpoint without it begins with http://.'
      : 'If the server has a certificate of your own authority, give that as caFile or caPem. Else check its name and date.',
    retry: 'maybe',
  };
}

function clockSkew(error: Error, place: Place): Fault {
  const ours = new Date().toISOString();
  const theirs = serverTime(error);
  return {
    code: 'STORAGE_CLOCK_SKEW',
    message: `The clocks differ too much: this host has ${ours}, ${place.host} has ${theirs ?? 'another time'}.`,
    hint: 'Set the clock of this host (NTP). Storages refuse requests that are 15 minutes off.',
    retry: 'maybe',
    context: { hostTime: ours, storageTime: theirs },
  };
}

function badCredentials(answer: string, place: Place): Fault {
  const hints: Record<string, string> = {
    InvalidAccessKeyId: 'The access key id is not known there: mistyped, deleted, or of another service.',
    SignatureDoesNotMatch: 'The secret access key does not belong to the access key id.',
    ExpiredToken: 'The session token has expired; use keys that do not.',
  };
  return {
    code: 'STORAGE_CREDENTIALS_INVALID',
    message: `${place.host} does not accept the access key (${answer}).`,
    hint: hints[answer] ?? 'Check access key id, secret access key and session token.',
    retry: 'never',
  };
}

function wrongRegion(error: Error, place: Place): Fault {
  const region = rightRegion(error);
  return {
    code: 'STORAGE_REGION_WRONG',
    message: `The bucket ${place.bucket} is not in the region ${place.region}${region === null ? '' : `, but in ${region}`}.`,
    hint: region === null ? 'Set the region and the endpoint of the bucket.' : `Set the region to ${region}.`,
    retry: 'never',
    context: { region },
  };
}

function bucketNotFound(place: Place): Fault {
  return {
    code: 'STORAGE_BUCKET_NOT_FOUND',
    message: `There is no bucket ${place.bucket} at ${place.host}.`,
    hint: 'Check its name, the region and the endpoint. backupd makes no buckets.',
    retry: 'maybe',
  };
}

/** An answer with text that no S3 service gives; or a bare "not found" to a write, where one would name the missing bucket. */
function isNotS3(error: Error, status: number, { permission }: Action): boolean {
  // Without its end, the answer may be one that broke off.
  if (/XML parse error: (?!missing closing)/.test(error.message))
    return status >= 400 && status < 500 && status !== 429;
  return status === 404 && error.name === 'NotFound' && field(error, 'Code') === null && permission === 's3:PutObject';
}

function notS3(status: number, place: Place): Fault {
  return {
    code: 'STORAGE_ENDPOINT_WRONG',
    message: `What answers at ${place.host} is not an S3 service, or has nothing at the path of the bucket ${place.bucket} (status ${status}).`,
    hint: 'Check endpoint, port and pathStyle. The address of a web console or of another server on the same host is not the S3 endpoint.',
    retry: 'maybe',
  };
}

function notFound(action: Action): Fault {
  return {
    code: 'STORAGE_OBJECT_NOT_FOUND',
    message: `The storage has no object ${action.key ?? ''}.`,
    hint: 'It was deleted or never finished. A verify of the backup shows what else is missing.',
    retry: 'never',
  };
}

function uploadGone(action: Action): Fault {
  return {
    code: 'STORAGE_UPLOAD_GONE',
    message: `${subject(action)} could not be ${action.what}: its upload is no longer there.`,
    hint: 'It was ended meanwhile; the next attempt begins anew. If it happens again, find out who or which rule of the bucket ends uploads.',
    retry: 'later',
  };
}

function full(action: Action, place: Place): Fault {
  return {
    code: 'STORAGE_FULL',
    message: `${subject(action)} could not be ${action.what}: the bucket ${place.bucket} is full or over its quota.`,
    hint: 'Raise the quota or cap there, or delete old backups.',
    retry: 'maybe',
  };
}

function tooLarge(action: Action): Fault {
  return {
    code: 'STORAGE_OBJECT_TOO_LARGE',
    message: `${subject(action)} is larger than the storage takes.`,
    hint: 'Exclude large files of the site, or use another storage.',
    retry: 'never',
  };
}

function changedOnTheWay(action: Action): Fault {
  return {
    code: 'STORAGE_CHECKSUM_MISMATCH',
    message: `${subject(action)} was not stored: other bytes arrived there than were sent.`,
    hint: 'Look for a faulty proxy or network device in between, or faulty memory of this host.',
    retry: 'later',
  };
}

function objectChanged(action: Action): Fault {
  return {
    code: 'STORAGE_OBJECT_CHANGED',
    message: `${subject(action)} was replaced while it was read.`,
    hint: 'Try again. If it happens again, find out who else writes to this bucket.',
    retry: 'later',
  };
}

function denied(action: Action, place: Place): Fault {
  const more =
    action.permission === 's3:GetObject' ? ' Without s3:ListBucket, a missing object is denied as well.' : '';
  return {
    code: 'STORAGE_DENIED',
    message: `${subject(action)} could not be ${action.what}: the access key lacks ${action.permission} in the bucket ${place.bucket}.`,
    hint: `Grant it; docs/storage-s3.md has the whole policy.${more}`,
    retry: 'maybe',
    context: { permission: action.permission },
  };
}

/** The object is locked against deletion. */
export function retained(key: string, until: Date | null, bucket: string): AppError {
  return new AppError({
    code: 'STORAGE_RETAINED',
    kind: 'storage',
    message: `${key} can't be deleted: it is locked${until === null ? '' : ` until ${until.toISOString()}`}.`,
    hint: 'That is what the object lock is for. It can be deleted when the lock has ended.',
    retry: 'later',
    context: { bucket, key, until: until?.toISOString() ?? null },
  });
}

/** Whether the server refuses because of a lock, by its words; not all have words for it. */
export function saysRetained(error: unknown): boolean {
  return error instanceof Error && statusOf(error) !== undefined && RETAINED.test(`${error.name} ${error.message}`);
}

/** Whether the server does not know the request. */
export function isUnsupported(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return statusOf(error) === 501 || error.name === 'NotImplemented' || error.name === 'MethodNotAllowed';
}
