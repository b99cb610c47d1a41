import { describe, expect, it } from 'vitest';
import { asAppError } from '../../src/common/errors/index.js';
import { dumpFailed } from '../../src/backup-modules/wordpress/dump/dump-errors.js';
import { translateMySqlError } from '../../src/backup-modules/wordpress/mysql/errors.js';
import { translate as translateLocal } from '../../src/storage-drivers/local/local-errors.js';
import { translate } from '../../src/storage-drivers/s3/s3-errors.js';

const target = { server: 'db:3306', user: 'u', database: 'd' };
const place = { bucket: 'b', host: 's3.example', region: 'r' };

const ofDatabase = (errno: number | undefined, code: string): string =>
  translateMySqlError(Object.assign(new Error('said'), { errno, code }), target).retry;
const ofDump = (complaint: string): string =>
  dumpFailed({ code: 2, signal: null, complaint }, 'mariadb-dump', target).retry;
const ofBucket = (name: string, status?: number): string => {
  const error = Object.assign(new Error('said'), { name, code: status === undefined ? name : undefined });
  const answer = status === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode: status } });
  return asAppError(translate(answer, { what: 'stored', permission: 's3:PutObject', key: 'k' }, place)).retry;
};

describe('what may pass is tried again by itself', () => {
  it.each([
    [1040, 'too many connections'],
    [1203, 'too many connections of the user'],
    [1226, 'a limit of the user'],
    [1135, 'no more threads'],
    [1205, 'lock wait timeout'],
    [1213, 'deadlock'],
    [1317, 'the statement was interrupted'],
    [1969, 'the statement took too long'],
    [1041, 'out of memory'],
    [1053, 'shut-down in progress'],
    [1159, 'network read timeout'],
    [1927, 'the connection was killed'],
    [2006, 'gone away'],
    [2013, 'lost connection'],
    [4031, 'disconnected for inactivity'],
  ])('database error %i: %s', (errno) => {
    expect(ofDatabase(errno, 'ER')).toBe('later');
    expect(ofDump(`mariadb-dump: Got error: ${errno}: "said" when dumping`)).toBe('later');
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EPIPE',
    'EHOSTUNREACH',
    'EAI_AGAIN',
    'PROTOCOL_CONNECTION_LOST',
  ])('database connection: %s', (code) => expect(ofDatabase(undefined, code)).toBe('later'));

  it.each([
    ['InternalError', 500],
    ['BadGateway', 502],
    ['ServiceUnavailable', 503],
    ['SlowDown', 503],
    ['GatewayTimeout', 504],
    ['TooManyRequests', 429],
    ['BadDigest', 400],
    ['ECONNRESET', undefined],
    ['ECONNREFUSED', undefined],
    ['ETIMEDOUT', undefined],
    ['TimeoutError', undefined],
  ])('bucket: %s %s', (name, status) => expect(ofBucket(name, status)).toBe('later'));
});

describe('what can not pass is not', () => {
  it.each([
    [1045, 'wrong password'],
    [1698, 'wrong password'],
    [1049, 'unknown database'],
    [1044, 'no right on the database'],
    [1142, 'no right on the table'],
    [1194, 'crashed table'],
    [3159, 'TLS demanded'],
  ])('database error %i: %s', (errno) => {
    expect(ofDatabase(errno, 'ER')).toBe('never');
    expect(ofDump(`mariadb-dump: Got error: ${errno}: "said" when dumping`)).toBe('never');
  });

  it.each([
    ['InvalidAccessKeyId', 403],
    ['SignatureDoesNotMatch', 403],
    ['ExpiredToken', 400],
    ['EntityTooLarge', 400],
    ['PermanentRedirect', 301],
    ['AccessDenied', 403],
    ['NoSuchBucket', 404],
    ['QuotaExceeded', 403],
  ])('bucket: %s %s', (name, status) => expect(['never', 'maybe']).toContain(ofBucket(name, status)));

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM'])('folder: %s', (code) => {
    const error = translateLocal(Object.assign(new Error('said'), { code }), '/mnt/backups', {
      what: 'stored',
      key: 'k',
    });
    expect(['never', 'maybe']).toContain(asAppError(error).retry);
  });
});
