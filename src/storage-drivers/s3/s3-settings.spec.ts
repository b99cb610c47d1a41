import { describe, expect, it } from 'vitest';
import { placesMeet } from '../../engine/ports/index.js';
import { parseS3Settings, s3Place } from './s3-settings.js';

const least = { bucket: 'backups', accessKeyId: 'a', secretAccessKey: 's' };

describe('parseS3Settings', () => {
  it('knows AWS by its host alone, and addresses it by host name', () => {
    expect(parseS3Settings(least)).toMatchObject({ isAws: true, endpoint: null, pathStyle: false, prefix: '' });
    for (const endpoint of ['https://s3.eu-west-1.amazonaws.com', 'https://s3.cn-north-1.amazonaws.com.cn/'])
      expect(parseS3Settings({ ...least, endpoint })).toMatchObject({ isAws: true, pathStyle: false });
    for (const endpoint of [
      'https://s3.eu-central-003.backblazeb2.com',
      'https://x.r2.cloudflarestorage.com',
      'https://amazonaws.com.example.org',
    ])
      expect(parseS3Settings({ ...least, endpoint })).toMatchObject({ isAws: false, pathStyle: true });
    // Its certificate would not fit.
    expect(parseS3Settings({ ...least, bucket: 'my.backups' }).pathStyle).toBe(true);
    expect(parseS3Settings({ ...least, endpoint: 'https://example.org', pathStyle: false }).pathStyle).toBe(false);
  });

  it('puts one slash behind the prefix, and takes parts of no less than S3 does', () => {
    for (const prefix of ['a/b', 'a/b/']) expect(parseS3Settings({ ...least, prefix }).prefix).toBe('a/b/');
    expect(parseS3Settings({ ...least, partSizeMiB: 1 }).partBytes).toBe(5 * 1024 * 1024);
  });

  it.each([
    ['a KMS key without KMS', { kmsKeyId: 'k', sse: 'AES256' }],
    ['another encryption', { sse: 'rot13' }],
    ['a CA that is no certificate', { caPem: 'secret' }],
    ['half an object lock', { objectLock: { mode: 'GOVERNANCE' } }],
    ['an endpoint that is no URL', { endpoint: 'nowhere' }],
    ['no bucket', { bucket: '' }],
  ])('refuses %s', (_, wrong) => {
    expect(() => parseS3Settings({ ...least, ...wrong })).toThrow(
      expect.objectContaining({ code: 'STORAGE_SETTINGS_INVALID', hint: expect.stringContaining('docs/') as string }),
    );
  });
});

const place = (more: Record<string, string>): string => s3Place({ bucket: 'store', ...more });

describe('the place', () => {
  it.each([
    [{}, 's3://aws/store/'],
    [
      { endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', prefix: 'a/b' },
      's3://aws/store/a/b/',
    ],
    [{ region: 'cn-north-1' }, 's3://cn/store/'],
    [{ endpoint: 'https://S3.Example.com:443/', prefix: 'a/' }, 's3://s3.example.com/store/a/'],
    [{ endpoint: 'http://s3.example.com.:9000' }, 's3://s3.example.com:9000/store/'],
  ])('of %o is %s', (more, expected) => {
    expect(place(more)).toBe(expected);
  });

  it('tells prefixes apart that are not one inside the other', () => {
    expect(placesMeet([place({ prefix: 'a' })], [place({ prefix: 'ab' })])).toBe(false);
    expect(placesMeet([place({ prefix: 'a' })], [place({ prefix: 'a/b' })])).toBe(true);
    expect(placesMeet([place({})], [place({ prefix: 'a/b' })])).toBe(true);
  });
});
