import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { partOf } from '../../engine/testing/index.js';
import { taking, talkingTo, type Asked, type Said } from './s3-server.spec-support.js';
import { parseS3Settings } from './s3-settings.js';
import { S3StorageDriver } from './s3-storage.driver.js';

const KEY = 'sites/a/b+c.tar.zst';
const part = partOf(7, Buffer.from('part'));
const content = Buffer.from('content');
const source = { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
const md5 = createHash('md5').update(content).digest();
const etag = `"${md5.toString('hex')}"`;
const etagOfWhole = `"${createHash('md5').update(md5).digest('hex')}-1"`;

const driverWith = (more: Record<string, unknown>): S3StorageDriver =>
  new S3StorageDriver(
    parseS3Settings({ bucket: 'bucket', accessKeyId: 'id', secretAccessKey: 'the-secret', prefix: 'x/y', ...more }),
  );

describe('where requests go', () => {
  it.each([
    ['AWS', { region: 'eu-west-3' }, 'https://bucket.s3.eu-west-3.amazonaws.com/x/y'],
    ['AWS in China', { region: 'cn-north-1' }, 'https://bucket.s3.cn-north-1.amazonaws.com.cn/x/y'],
    ['AWS, a name with dots', { region: 'eu-west-3', bucket: 'a.b' }, 'https://s3.eu-west-3.amazonaws.com/a.b/x/y'],
    ['another server', { endpoint: 'https://s3.example.org:9000/' }, 'https://s3.example.org:9000/bucket/x/y'],
    ['its usual port', { endpoint: 'http://s3.example.org:80' }, 'http://s3.example.org/bucket/x/y'],
    ['its host names', { endpoint: 'https://e.org', pathStyle: false }, 'https://bucket.e.org/x/y'],
  ])('%s', async (_, more, start) => {
    const driver = driverWith(more);
    for (const { url } of [await driver.signRead(KEY), await driver.signPart(KEY, 'u', part)])
      expect(url.startsWith(`${start}/sites/a/b%2Bc.tar.zst?`), url).toBe(true);
  });
});

it('a request has all that it needs, and no secret but its signature', async () => {
  const before = Date.now() - 1000;
  const driver = driverWith({ sessionToken: 'token/+=', caPem: '-----BEGIN CERTIFICATE-----\nx', region: 'eu-west-3' });
  expect(driver.ca).toContain('-----BEGIN CERTIFICATE-----');
  const request = await driver.signPart(KEY, '2~a/b+c d', part);
  expect(request).toMatchObject({
    method: 'PUT',
    headers: { 'content-length': '4', 'content-md5': part.md5 },
    expiresInSeconds: 3600,
  });
  expect(request.url).not.toContain('the-secret');
  const query = new URL(request.url).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    partNumber: '7',
    uploadId: '2~a/b+c d',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Expires': '3600',
    'X-Amz-Security-Token': 'token/+=',
    'X-Amz-SignedHeaders': 'content-length;content-md5;host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const date = (query.get('X-Amz-Date') ?? '').replace(/(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:');
  expect(Date.parse(date)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(date)).toBeLessThanOrEqual(Date.now());
  expect(query.get('X-Amz-Credential')).toMatch(/^id\/\d{8}\/eu-west-3\/s3\/aws4_request$/);
  const read = await driver.signRead(KEY);
  expect(read).toMatchObject({ method: 'GET', headers: {} });
  expect(new URL(read.url).searchParams.get('X-Amz-SignedHeaders')).toBe('host');
});

const completed = (whole: string): Said => ({
  body: `<CompleteMultipartUploadResult><ETag>${whole}</ETag></CompleteMultipartUploadResult>`,
});
const listed = `<ListPartsResult><Part>
  <PartNumber>1</PartNumber><Size>${content.length}</Size><ETag>${etag}</ETag></Part></ListPartsResult>`;
const saying = (code: string): Said => ({ status: 404, body: `<Error><Code>${code}</Code></Error>` });

interface Has {
  /** Unfinished, with the one part. */
  upload: { checksum?: string } | null;
  /** The headers that tell of it. */
  object: Record<string, string | number> | null;
}

/** An S3 server with that; `complete` is what it says when the parts are to become an object. */
function having({ upload, object }: Has, complete = completed(etagOfWhole)): (asked: Asked) => Said {
  const checksum = upload?.checksum === undefined ? '' : `<ChecksumAlgorithm>${upload.checksum}</ChecksumAlgorithm>`;
  const uploads = `<Upload><Key>${KEY}</Key><UploadId>u</UploadId>${checksum}</Upload>`;
  return (asked) => {
    const { method, query } = asked;
    const isAbout = (name: string): boolean => query.has(name);
    if (method === 'HEAD') return object === null ? { status: 404 } : { headers: object };
    if (upload === null && isAbout('uploadId')) return saying('NoSuchUpload');
    if (method === 'POST' && isAbout('uploadId')) return complete;
    if (method === 'GET' && isAbout('uploadId')) return { body: listed };
    if (method === 'GET' && isAbout('uploads') && upload !== null)
      return { body: `<ListMultipartUploadsResult>${uploads}</ListMultipartUploadsResult>` };
    if (method === 'GET' && !isAbout('uploads') && !isAbout('versioning')) return saying('NoSuchKey');
    return taking(() => ({}))(asked);
  };
}
const at = (ageMs: number): string => new Date(Date.now() - ageMs).toISOString();
const parts = [{ number: 1, etag }];
const asSent = { 'content-length': content.length, etag: etagOfWhole };

describe('an upload that was left', () => {
  it.each([
    [undefined, 'u'],
    ['CRC64NVME', 'u'],
    // It was begun by a put: AWS would refuse parts without that checksum.
    ['CRC32', 'new'],
  ])('on AWS, begun with checksum %s', async (checksum, expected) => {
    const upload = checksum === undefined ? {} : { checksum };
    const { asked, as } = await talkingTo((one) =>
      one.method === 'POST'
        ? { body: '<InitiateMultipartUploadResult><UploadId>new</UploadId></InitiateMultipartUploadResult>' }
        : having({ upload, object: null })(one),
    );
    expect(await as(true).beginSigned(KEY, source)).toMatchObject({ uploadId: expected });
    const ended = asked.filter(({ method }) => method === 'DELETE').map(({ query }) => query.get('uploadId'));
    expect(ended).toEqual(expected === 'u' ? [] : ['u']);
    const begun = asked.find(({ method }) => method === 'POST')?.headers;
    expect(begun?.['x-amz-checksum-algorithm']).toBeUndefined();
    expect(begun?.['x-amz-meta-backupd-sha256']).toBe(expected === 'new' ? source.sha256 : undefined);
  });

  it('of a sender with signed requests is no put’s on AWS', async () => {
    const large = Buffer.alloc(6 * 1024 * 1024);
    const object = { 'content-length': large.length, etag: '"0123456789abcdef0123456789abcdef-3"' };
    const { asked, as } = await talkingTo((one) =>
      one.method === 'POST' ? taking(() => object)(one) : having({ upload: {}, object })(one),
    );
    await as(true).put(KEY, { bytes: large });
    expect(asked.find(({ method, query }) => method === 'DELETE' && query.get('uploadId') === 'u')).toBeDefined();
  });

  it('is not abandoned while parts come', async () => {
    let ageMs = 1000;
    const { asked, driver } = await talkingTo(({ method, query }) => {
      if (method === 'DELETE') return { status: 204 };
      return query.has('uploadId')
        ? { body: `<ListPartsResult><Part><LastModified>${at(ageMs)}</LastModified></Part></ListPartsResult>` }
        : {
            body: `<ListMultipartUploadsResult><Upload><Key>${KEY}</Key><UploadId>u</UploadId><Initiated>${at(9e8)}</Initiated></Upload></ListMultipartUploadsResult>`,
          };
    });
    expect(await driver.removeAbandoned(60_000)).toBe(0);
    expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
    ageMs = 61_000;
    expect(await driver.removeAbandoned(60_000)).toBe(1);
  });
});

describe('completing', () => {
  it.each([
    ['another size', { ...asSent, 'content-length': 8 }],
    ['another ETag than its parts make', { ...asSent, etag: '"0123456789abcdef0123456789abcdef-1"' }],
  ])('what is there with %s is removed', async (_, object) => {
    const { asked, driver } = await talkingTo(having({ upload: {}, object }));
    const completing = driver.completeSigned(KEY, 'u', source, parts);
    await expect(completing).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM_MISMATCH' });
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: `/bucket/${KEY.replace('+', '%2B')}` });
  });

  it('with KMS the ETags tell nothing, whoever asked for it', async () => {
    const kms = { 'x-amz-server-side-encryption': 'aws:kms' };
    const object = { 'content-length': content.length, etag: '"0123456789abcdef0123456789abcdef-1"', ...kms };
    const { asked, driver } = await talkingTo((one) => {
      const answer = having({ upload: {}, object }, completed(object.etag))(one);
      return one.method === 'POST' ? { ...answer, headers: kms } : answer;
    });
    expect(await driver.completeSigned(KEY, 'u', source, parts)).toMatchObject({ size: content.length });
    expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it.each([
    ['its ETag', { ...asSent }, true],
    ['the SHA-256 that it was stored with, where ETags tell nothing', sha256Only(source.sha256), true],
    ['another ETag', { ...asSent, etag: '"0123456789abcdef0123456789abcdef-1"' }, false],
    ['another SHA-256', sha256Only('0'.repeat(64)), false],
    ['another size', { ...asSent, 'content-length': 8 }, false],
  ])('when its answer was lost, the object is known by %s', async (_, object, isIt) => {
    const { asked, driver } = await talkingTo(having({ upload: null, object }));
    const answer: unknown = await driver.completeSigned(KEY, 'u', source, parts).catch((error: unknown) => error);
    expect(answer).toMatchObject(
      isIt ? { key: KEY, size: content.length } : { code: 'STORAGE_UPLOAD_GONE', retry: 'later' },
    );
    expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it('no error has what was signed', async () => {
    const { driver } = await talkingTo(having({ upload: {}, object: asSent }, { status: 403 }));
    const signed = await driver.signPart(KEY, 'u', partOf(1, content));
    const error: unknown = await driver.completeSigned(KEY, 'u', source, parts).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORAGE_DENIED' });
    const said = inspect(error, { depth: 9, showHidden: true });
    for (const secret of ['X-Amz', 'uploadId', new URL(signed.url).searchParams.get('X-Amz-Signature') ?? ''])
      expect(said).not.toContain(secret);
  });
});

function sha256Only(sha256: string): Record<string, string | number> {
  return {
    'content-length': content.length,
    etag: '"opaque"',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-meta-backupd-sha256': sha256,
  };
}
