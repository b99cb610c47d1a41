import { execFileSync } from 'node:child_process';
import { createServer as createHttp, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect, type AddressInfo, type Server } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { asAppError, type AppError } from '../../../src/common/errors/index.js';
import type { S3StorageDriver } from '../../../src/storage-drivers/s3/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { freePort, makeScratch } from '../../support/scratch.js';
import { driverFor, MIB, settingsFor } from './s3-storage.js';

let ceph: CephServer;
let bucket: string;
beforeAll(async () => {
  ceph = await sharedCeph();
  bucket = await ceph.createBucket();
});
const closing: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of closing.splice(0)) server.close();
});

/** Tries little: these faults do not pass. */
const retry = { attempts: 2, baseMs: 1, capMs: 1 };
const make = (more: object = {}): S3StorageDriver => driverFor(settingsFor(ceph, bucket, more), { retry });
const failed = async (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => asAppError(error),
  );
const put = (driver: S3StorageDriver): Promise<unknown> => driver.put('a/b', { bytes: Buffer.from('x') });
const listAll = async (driver: S3StorageDriver): Promise<number> => {
  let count = 0;
  for await (const object of driver.list('')) count += object.size;
  return count;
};

const denied = async (work: Promise<unknown>, permission: string): Promise<void> => {
  const error = await failed(work);
  expect(error).toMatchObject({ code: 'STORAGE_DENIED', context: { permission } });
  expect(error.message).toContain(permission);
};

describe('what is wrong is named', () => {
  it('a bucket that is not there, also by a look for an object', async () => {
    const driver = make({ bucket: 'no-such-bucket' });
    for (const work of [() => put(driver), () => driver.stat('a'), () => driver.read('a'), () => listAll(driver)])
      expect(await failed(work())).toMatchObject({
        code: 'STORAGE_BUCKET_NOT_FOUND',
        message: expect.stringContaining('no-such-bucket') as string,
      });
  });

  it('wrong credentials, and no secret is told', async () => {
    const secretAccessKey = 'very-secret-indeed';
    for (const more of [{ secretAccessKey }, { accessKeyId: 'unknown', secretAccessKey }]) {
      const driver = make(more);
      for (const work of [
        () => put(driver),
        () => driver.stat('a'),
        () => driver.delete('a'),
        () => driver.removeAbandoned(0),
      ]) {
        const error = await failed(work());
        expect(error.code).toBe('STORAGE_CREDENTIALS_INVALID');
        expect(JSON.stringify([error.message, error.hint, error.context, String(error.cause)])).not.toContain(
          secretAccessKey,
        );
      }
    }
  });

  it('the permission that is missing', async () => {
    const all = ['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetBucketVersioning'];
    const driverWithout = async (missing: string): Promise<S3StorageDriver> =>
      make({
        prefix: 'shared',
        ...(await ceph.createUser(
          bucket,
          all.filter((action) => action !== missing),
        )),
      });
    await driverFor(settingsFor(ceph, bucket, { prefix: 'shared' })).put('a/b', { bytes: Buffer.from('x') });
    await denied(put(await driverWithout('s3:PutObject')), 's3:PutObject');
    const blind = await driverWithout('s3:GetObject');
    await denied(blind.read('a/b'), 's3:GetObject');
    await denied(blind.stat('a/b'), 's3:GetObject');
    await denied(listAll(await driverWithout('s3:ListBucket')), 's3:ListBucket');
    await denied((await driverWithout('s3:DeleteObject')).delete('a/b'), 's3:DeleteObject');
    await denied(
      (await driverWithout('s3:ListBucketMultipartUploads')).removeAbandoned(0),
      's3:ListBucketMultipartUploads',
    );
  });

  it('clocks that differ, both of them', async () => {
    const driver = make();
    for (const hours of [1, -1]) {
      const wrong = new Date(Date.now() + hours * 3_600_000);
      vi.useFakeTimers({ toFake: ['Date'], now: wrong });
      for (const work of [() => put(driver), () => driver.stat('a'), () => listAll(driver)]) {
        const error = await failed(work());
        expect(error.code).toBe('STORAGE_CLOCK_SKEW');
        const { hostTime, storageTime } = error.context;
        const difference = Date.parse(String(hostTime)) - Date.parse(String(storageTime));
        expect(Math.abs(difference - hours * 3_600_000)).toBeLessThan(60_000);
        expect(error.message).toContain(String(storageTime));
      }
      vi.useRealTimers();
    }
  });

  it('a full quota', async () => {
    const keys = await ceph.createUser(bucket, ['s3:*']);
    const uid = keys.accessKeyId.replace('key-', '');
    const own = await ceph.createBucketAs(keys);
    await ceph.admin('quota', 'set', '--quota-scope=user', `--uid=${uid}`, '--max-size=4096');
    await ceph.admin('quota', 'enable', '--quota-scope=user', `--uid=${uid}`);
    const driver = make({ bucket: own, ...keys });
    expect(await failed(driver.put('a', { bytes: Buffer.alloc(100_000) }))).toMatchObject({ code: 'STORAGE_FULL' });
  });

  it('a server that is not there, or has no name', async () => {
    for (const endpoint of [`http://127.0.0.1:${await freePort()}`, 'http://no-such-host.invalid'])
      expect(await failed(put(make({ endpoint })))).toMatchObject({ code: 'STORAGE_UNREACHABLE', retry: 'later' });
  });

  it('https where there is none, and a certificate of an unknown authority, which caFile makes known', async () => {
    const scratch = makeScratch('tls');
    const [key, cert] = [join(scratch.path, 'key.pem'), join(scratch.path, 'cert.pem')];
    const subject = '-nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'.split(' ');
    const type = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1'.split(' ');
    execFileSync('openssl', [...type, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    // Ends TLS and hands the bytes on.
    const server = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      const upstream = connect(ceph.port, '127.0.0.1');
      socket.on('error', () => upstream.destroy()).pipe(upstream);
      upstream.on('error', () => socket.destroy()).pipe(socket);
    });
    const port = await listen(server);
    expect(await failed(put(make({ endpoint: ceph.endpoint.replace('http:', 'https:') })))).toMatchObject({
      code: 'STORAGE_TLS_FAILED',
      hint: expect.stringContaining('http://') as string,
    });
    expect(await failed(put(make({ endpoint: `https://localhost:${port}` })))).toMatchObject({
      code: 'STORAGE_TLS_FAILED',
      hint: expect.stringContaining('caFile') as string,
    });
    const secure = make({ endpoint: `https://localhost:${port}`, caFile: cert });
    await put(secure);
    expect((await buffer(await secure.read('a/b'))).toString()).toBe('x');
    const pem = make({ endpoint: `https://localhost:${port}`, caPem: readFileSync(cert, 'utf8') });
    expect(await pem.stat('a/b')).toBeNull();
    expect(() => make({ caFile: '/no/such/file' })).toThrow(/can't be read/);
    scratch.remove();
  });
});

async function listen(server: Server): Promise<number> {
  closing.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers everything with this. */
const answering = async (
  status: number,
  xml: string,
  headers: Record<string, string> = {},
): Promise<S3StorageDriver> => {
  const server = createHttp((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(request.method === 'HEAD' ? '' : xml));
  });
  return make({ endpoint: `http://127.0.0.1:${await listen(server)}` });
};
const error = (code: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>m</Message>${more}</Error>`;

describe('what only AWS and other servers answer, as they document it', () => {
  it('another region', async () => {
    const malformed = await answering(400, error('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>'));
    for (const work of [() => put(malformed), () => malformed.stat('a'), () => malformed.delete('a')])
      expect(await failed(work())).toMatchObject({ code: 'STORAGE_REGION_WRONG', context: { region: 'eu-west-1' } });
    const moved = await answering(301, error('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-central-1' });
    expect(await failed(moved.read('a'))).toMatchObject({
      code: 'STORAGE_REGION_WRONG',
      context: { region: 'eu-central-1' },
    });
  });

  it('a cap, an object that is too large, a server in trouble', async () => {
    expect(
      await failed(
        put(await answering(403, error('AccessDenied').replace('>m<', '>Cannot upload files, storage cap exceeded.<'))),
      ),
    ).toMatchObject({ code: 'STORAGE_FULL' });
    expect(await failed(put(await answering(507, error('XMinioStorageFull'))))).toMatchObject({ code: 'STORAGE_FULL' });
    expect(await failed(put(await answering(400, error('EntityTooLarge'))))).toMatchObject({
      code: 'STORAGE_OBJECT_TOO_LARGE',
    });
    expect(await failed(put(await answering(503, error('SlowDown'))))).toMatchObject({ code: 'STORAGE_UNREACHABLE' });
    expect(await failed(put(await answering(200, '<html>a portal</html>')))).toBeInstanceOf(Error);
  });

  it('a server that took other bytes than were sent', async () => {
    const confused = await answering(200, '', { etag: '"0123456789abcdef0123456789abcdef"' });
    // The ETag is an MD5, but not ours.
    expect(await failed(put(confused))).toMatchObject({ code: 'STORAGE_UNREACHABLE' });
  });
});

it('storage class and encryption are asked for, small and in parts; with KMS an ETag is no MD5', async () => {
  const etag = '"0123456789abcdef0123456789abcdef"';
  const sse = { 'x-amz-server-side-encryption': 'aws:kms', etag };
  const asked: { call: string; headers: IncomingHttpHeaders }[] = [];
  let size = 0;
  const server = createHttp((request, response) => {
    const { method = '', url = '', headers } = request;
    const query = new URL(url, 'http://localhost').searchParams;
    const call = `${method}${query.has('uploads') ? ' uploads' : query.has('uploadId') ? ' part' : ''}`;
    asked.push({ call, headers });
    request.resume();
    request.on('end', () => {
      if (method === 'HEAD') response.writeHead(200, { ...sse, 'content-length': size }).end();
      else if (call === 'GET uploads')
        response.end('<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>');
      else if (call === 'POST uploads')
        response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
      else if (method === 'POST')
        response.end(`<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`);
      else response.writeHead(200, sse).end();
    });
  });
  const driver = make({
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    storageClass: 'STANDARD_IA',
    sse: 'aws:kms',
    kmsKeyId: 'key-1',
  });
  for (const bytes of [Buffer.from('small'), Buffer.alloc(11 * MIB, 1)]) {
    size = bytes.length;
    expect(await driver.put('sites/a', { bytes })).toMatchObject({ size });
  }
  const wanted = {
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
  };
  for (const call of ['PUT', 'POST uploads'])
    expect(asked.find((each) => each.call === call)?.headers).toMatchObject(wanted);
  expect(asked.filter(({ call }) => call === 'PUT part')).toHaveLength(3);
});

describe('a server that fails now and then', () => {
  it('is asked again', async () => {
    let requests = 0;
    const server = createHttp((request, response) => {
      requests++;
      if (requests % 3 !== 0) {
        request.resume();
        request.on('end', () => response.writeHead(requests % 3 === 1 ? 503 : 500).end());
        return;
      }
      const { expect: _expect, ...headers } = request.headers;
      const { method, url: path } = request;
      const upstream = httpRequest({ port: ceph.port, host: '127.0.0.1', method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(upstream);
    });
    const endpoint = `http://127.0.0.1:${await listen(server)}`;
    const driver = driverFor(settingsFor(ceph, bucket, { endpoint }), { retry: { attempts: 5, baseMs: 1, capMs: 2 } });
    await driver.put('a/b', { bytes: Buffer.from('arrived') });
    expect((await buffer(await driver.read('a/b'))).toString()).toBe('arrived');
    expect(await listAll(driver)).toBe(7);
    await driver.delete('a/b');
    expect(await driver.stat('a/b')).toBeNull();
    expect(requests).toBeGreaterThan(12);
  });
});
