import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { streamSource } from '../../engine/testing/index.js';
import { openSdk } from './s3-client.js';
import { taking, talkingTo, type Asked } from './s3-server.spec-support.js';
import { parseS3Settings } from './s3-settings.js';

/** What no server in the tests does by itself: what AWS alone is asked, and what a server must not get away with. */

const MIB = 1024 * 1024;

const small = Buffer.from('small');
const large = Buffer.alloc(11 * MIB, 1);
const isBody = ({ method, query }: Asked): boolean => method === 'PUT' || query.has('uploadId');
const ofAws = (headers: IncomingHttpHeaders): string[] =>
  Object.keys(headers).filter((name) => /checksum|trailer|decoded-content/.test(name));

const rangeOf = ({ headers }: Asked): number => Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
const version = (id: number): string =>
  `<Version><Key>site.json</Key><VersionId>v${id}</VersionId><IsLatest>${id === 9}</IsLatest>
      <LastModified>2026-01-0${id}T00:00:00Z</LastModified></Version>`;
const pageOf = (ids: number[], next: string): string =>
  `<ListVersionsResult><IsTruncated>${next !== ''}</IsTruncated>${next}${ids.map(version).join('')}</ListVersionsResult>`;
const leftUploads = (...keys: string[]): string =>
  `<ListMultipartUploadsResult>${keys
    .map(
      (key) =>
        `<Upload><Key>${key}</Key><UploadId>of-${key}</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>`,
    )
    .join('')}</ListMultipartUploadsResult>`;

describe('checksums', () => {
  it('go to other servers than AWS as Content-MD5 alone, which all of them know', async () => {
    let size = 0;
    const { asked, driver } = await talkingTo(taking(() => ({ 'content-length': size })));
    for (const bytes of [small, large]) {
      size = bytes.length;
      await driver.put('sites/a', { bytes });
    }
    const sent = asked.filter(isBody);
    expect(sent.filter(({ headers }) => headers['content-md5'] !== undefined)).toHaveLength(4);
    expect(asked.flatMap(({ headers }) => ofAws(headers))).toEqual([]);
    expect(sent.filter(({ headers }) => headers['content-encoding'] === 'aws-chunked')).toEqual([]);
  });

  it('go to AWS as it wants them', async () => {
    let size = 0;
    const { asked, as } = await talkingTo(taking(() => ({ 'content-length': size })));
    for (const bytes of [small, large]) {
      size = bytes.length;
      await as(true).put('sites/a', { bytes });
    }
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(small));
    const puts = asked.filter(({ method }) => method === 'PUT');
    expect(puts[0]?.headers['x-amz-checksum-crc32']).toBe(crc.toString('base64'));
    expect(puts.filter(({ headers }) => headers['x-amz-checksum-crc32'] !== undefined)).toHaveLength(4);
    const begun = asked.find(({ query }) => query.has('uploads') && query.size === 1);
    expect(begun).toBeDefined();
    expect(asked.find(({ method, query }) => method === 'POST' && query.has('uploads'))?.headers).toMatchObject({
      'x-amz-checksum-algorithm': 'CRC32',
    });
  });
});

it('each byte of what is stored is read once, small and in parts', async () => {
  let size = 0;
  const { driver } = await talkingTo(taking(() => ({ 'content-length': size })));
  for (const bytes of [small, large]) {
    size = bytes.length;
    let given = 0;
    const source = streamSource(bytes);
    await driver.put('sites/a', {
      ...source,
      open: async (range, signal) => {
        given += Math.min(range.length ?? size, size - range.offset);
        return source.open(range, signal);
      },
    });
    expect(given).toBe(size);
  }
});

it('region, session token and style of addresses are those of the settings', async () => {
  const more = { region: 'eu-central-003', sessionToken: 'for-an-hour' };
  const { asked, driver } = await talkingTo(() => ({ status: 204 }), more);
  await driver.delete('a');
  expect(asked[0]).toMatchObject({
    headers: {
      authorization: expect.stringContaining('/eu-central-003/s3/') as string,
      'x-amz-security-token': 'for-an-hour',
    },
  });
  for (const pathStyle of [true, false]) {
    const { client } = openSdk(parseS3Settings({ bucket: 'b', accessKeyId: 'a', secretAccessKey: 's', pathStyle }));
    expect(client.config.forcePathStyle).toBe(pathStyle);
  }
});

it.each([
  ['another size', { 'content-length': 3, etag: '"not-an-md5"' }],
  ['another ETag than was answered', { 'content-length': 5, etag: '"another"' }],
] as const)('what is there with %s is not taken for stored, and is removed', async (_, stored) => {
  const { asked, driver } = await talkingTo(taking(() => stored));
  await expect(driver.put('sites/a', { bytes: small })).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM_MISMATCH' });
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/bucket/sites/a' });
});

it('a list that does not go on is no complete list', async () => {
  const page = `<ListBucketResult><IsTruncated>true</IsTruncated>
    <Contents><Key>sites/a</Key><Size>1</Size></Contents></ListBucketResult>`;
  const { driver } = await talkingTo(() => ({ body: page }));
  const listed: string[] = [];
  const listing = async (): Promise<void> => {
    for await (const { key } of driver.list('')) listed.push(key);
  };
  await expect(listing()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect(listed).toEqual(['sites/a']);
});

describe('a body that breaks', () => {
  const content = Buffer.alloc(300_000, 'abc');

  it('goes on where it broke, with the same version of the object', async () => {
    const { asked, driver } = await talkingTo((one) => {
      const from = rangeOf(one);
      const range = `bytes ${from}-${content.length - 1}/${content.length}`;
      const headers = { etag: '"v1"', 'content-length': content.length - from };
      if (from === 0) return { headers, body: content, cutAfter: 100_000 };
      return { status: 206, headers: { ...headers, 'content-range': range }, body: content.subarray(from) };
    });
    expect((await buffer(await driver.read('sites/a'))).equals(content)).toBe(true);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.headers).toMatchObject({
      'if-match': '"v1"',
      range: expect.stringMatching(/^bytes=[1-9]/) as string,
    });
  });

  it('is not mixed with another version, nor with another range than was asked for', async () => {
    const replaced = await talkingTo((one) =>
      rangeOf(one) === 0
        ? { headers: { etag: '"v1"', 'content-length': content.length }, body: content, cutAfter: 100_000 }
        : { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' },
    );
    await expect(buffer(await replaced.driver.read('sites/a'))).rejects.toMatchObject({
      code: 'STORAGE_OBJECT_CHANGED',
    });
    const whole = await talkingTo(() => ({ headers: { 'content-length': content.length }, body: content }));
    await expect(whole.driver.read('sites/a', { offset: 1000, length: 10 })).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
    });
  });
});

it('all versions of an object go, on all pages of them, the oldest first', async () => {
  const { asked, driver } = await talkingTo(({ method, query }) => {
    if (query.has('versioning'))
      return { body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>' };
    if (method === 'DELETE') return { status: 204 };
    const next = '<NextKeyMarker>site.json</NextKeyMarker><NextVersionIdMarker>v7</NextVersionIdMarker>';
    return { body: query.get('version-id-marker') === 'v7' ? pageOf([6, 5], '') : pageOf([9, 8, 7], next) };
  });
  await driver.delete('site.json');
  const gone = asked.filter(({ method }) => method === 'DELETE').map(({ query }) => query.get('versionId'));
  expect(gone).toEqual(['v5', 'v6', 'v7', 'v8', 'v9']);
});

describe('uploads that were left', () => {
  it('of other programs in the bucket are not ended', async () => {
    const { asked, driver } = await talkingTo(({ method }) =>
      method === 'DELETE'
        ? { status: 204 }
        : { body: leftUploads('catalogue/x.backupd', 'photos/1.jpg', 'probe/1.txt-parts', 'sites/a', 'sites.tar') },
    );
    expect(await driver.removeAbandoned(0)).toBe(3);
    const ended = asked.filter(({ method }) => method === 'DELETE').map(({ query }) => query.get('uploadId'));
    expect(ended).toEqual(['of-catalogue/x.backupd', 'of-probe/1.txt-parts', 'of-sites/a']);
  });

  it('may not be seen by every key: then the upload begins anew', async () => {
    const take = taking(() => ({ 'content-length': large.length }));
    const { driver } = await talkingTo((asked) =>
      asked.method === 'GET' ? { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' } : take(asked),
    );
    expect(await driver.put('sites/a', { bytes: large })).toMatchObject({ size: large.length });
  });
});

describe('a server that is no S3 service', () => {
  it.each([
    ['a bare 404', 404, ''],
    ['a page', 404, '<html><body>404<br></body></html>'],
    ['a whole page', 404, '<html><body>404</body></html>'],
    ['text', 400, '404 page not found'],
    ['JSON', 405, '{"error":"no"}'],
  ])('is called so for %s', async (_, status, body) => {
    const { driver } = await talkingTo(() => ({ status, body }));
    await expect(driver.put('probe/a.txt', { bytes: small })).rejects.toMatchObject({
      code: 'STORAGE_ENDPOINT_WRONG',
      message: expect.stringMatching(/^What answers at localhost:\d+ is not an S3 service/) as string,
    });
  });

  it.each([
    ['says which bucket is missing', 404, '<Error><Code>NoSuchBucket</Code></Error>', 'STORAGE_BUCKET_NOT_FOUND'],
    ['breaks off', 400, '<Error><Code>Odd', 'STORAGE_FAILED'],
    ['is out of order', 500, 'oops', 'STORAGE_UNREACHABLE'],
  ])('is not one that %s', async (_, status, body, code) => {
    const { driver } = await talkingTo(() => ({ status, body }));
    await expect(driver.put('probe/a.txt', { bytes: small })).rejects.toMatchObject({ code });
  });

  it('a bare 404 to a read is a missing object', async () => {
    const { driver } = await talkingTo(() => ({ status: 404 }));
    expect(await driver.stat('sites/a')).toBeNull();
  });
});
