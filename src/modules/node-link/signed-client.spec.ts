import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { type SignedAccess, SignedClient } from './signed-client.js';
import {
  answering,
  endServers,
  makeCertificate,
  type SeenRequest,
  serve,
} from '../../common/http/tiny-server.spec-support.js';

/** A busy machine is slow. */
vi.setConfig({ testTimeout: 60_000 });

const client = new SignedClient();
let seen: SeenRequest[] = [];
afterEach(() => {
  client.close();
  endServers();
  seen = [];
});

const SECRET = 'X-Amz-Signature=5ecret';

async function accessTo(listener: RequestListener, method: 'GET' | 'PUT' = 'GET'): Promise<SignedAccess> {
  const { port } = await serve(listener);
  const url = `http://127.0.0.1:${port}/bucket/key?${SECRET}`;
  return { method, url, headers: { 'content-md5': 'abc=' }, expiresInSeconds: 60, ca: null };
}

async function failed(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error });
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    expect(JSON.stringify([each.message, each.stack, Object.values(each)])).not.toContain('5ecret');
  return error;
}

it('reads a range with the headers that were signed and no key of ours', async () => {
  const bytes = Buffer.from('0123456789');
  const access = await accessTo((request, response) => {
    expect(request.headers).toMatchObject({ range: 'bytes=2-4', 'content-md5': 'abc=' });
    expect(request.headers).not.toHaveProperty('authorization');
    expect(request.url).toBe(`/bucket/key?${SECRET}`);
    response.writeHead(206).end(bytes.subarray(2, 5));
  });
  expect((await buffer(await client.read(access, { offset: 2, length: 3 }))).toString()).toBe('234');
});

it('a storage that gives all in place of the range is refused', async () => {
  const access = await accessTo((_, response) => response.end('0123456789'));
  expect((await failed(client.read(access, { offset: 0, length: 3 }))).code).toBe('STORAGE_FAILED');
});

it('sends a part from memory and from a file, through the budget', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'backupd-signed-')), 'bundle');
  writeFileSync(file, Buffer.concat([Buffer.alloc(1000, 'a'), Buffer.alloc(150_000, 'b'), Buffer.alloc(1000, 'c')]));
  const access = await accessTo((request, response) => {
    response.setHeader('ETag', '"etag"');
    answering(seen, () => ({}))(request, response);
  }, 'PUT');
  let taken = 0;
  const told: number[] = [];
  const limiter = { take: (bytes: number) => ((taken += bytes), Promise.resolve()) };
  const part = { path: file, offset: 1000, length: 150_000 };
  expect(await client.send(access, part, { limiter, onProgress: (bytes) => told.push(bytes) })).toBe('"etag"');
  expect(await client.send(access, Buffer.alloc(150_000, 'b'))).toBe('"etag"');
  expect(await client.send(access, Buffer.alloc(0))).toBe('"etag"');
  expect([taken, told.at(-1)]).toEqual([150_000, 150_000]);
  expect(seen.map(({ body }) => body.toString())).toEqual(['b'.repeat(150_000), 'b'.repeat(150_000), '']);
  expect(seen.map(({ headers }) => headers['content-length'])).toEqual(['150000', '150000', '0']);
  expect(seen.every(({ headers }) => headers['transfer-encoding'] === undefined)).toBe(true);
  rmSync(join(file, '..'), { recursive: true });
});

it.each([
  [403, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', 'STORAGE_DENIED', 'later'],
  [400, '<Error><Code>BadDigest</Code></Error>', 'STORAGE_CHECKSUM_MISMATCH', 'later'],
  [404, '<Error><Code>NoSuchUpload</Code></Error>', 'STORAGE_OBJECT_NOT_FOUND', 'maybe'],
  [503, '<Error><Code>SlowDown</Code></Error>', 'STORAGE_UNREACHABLE', 'later'],
  [507, '', 'STORAGE_FULL', 'maybe'],
  [307, '', 'STORAGE_FAILED', 'maybe'],
])('status %i is %s', async (status, body, code, retry) => {
  const access = await accessTo(
    (_, response) => response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end(body),
    'PUT',
  );
  expect(await failed(client.send(access, Buffer.alloc(10)))).toMatchObject({ code, retry, kind: 'storage' });
});

it('a cut and a port where nothing listens are STORAGE_UNREACHABLE', async () => {
  const access = await accessTo((_, response) => {
    response.writeHead(200, { 'Content-Length': '10' });
    response.write('0', () => response.destroy());
  });
  expect((await failed(client.read(access).then(buffer))).code).toBe('STORAGE_UNREACHABLE');
  endServers();
  expect((await failed(client.read(access))).code).toBe('STORAGE_UNREACHABLE');
});

it('trusts the certificates that the access names, besides those of the host', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'backupd-signed-'));
  const tls = makeCertificate(scratch, 'localhost');
  rmSync(scratch, { recursive: true });
  const { port } = await serve(
    answering(seen, () => ({})),
    tls,
  );
  const access = {
    method: 'GET' as const,
    url: `https://localhost:${port}/?${SECRET}`,
    headers: {},
    expiresInSeconds: 1,
    ca: null,
  };
  expect((await failed(client.read(access))).code).toBe('STORAGE_TLS_FAILED');
  expect((await buffer(await client.read({ ...access, ca: tls.cert }))).toString()).toBe('{}');
});
