import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { MasterClient, SignedClient } from '../node-link/index.js';
import { answering, endServers, type SeenRequest, serve } from '../../common/http/tiny-server.spec-support.js';
import type { CompleteRequest, PartsRequest, UploadRequest } from '../node-protocol/index.js';
import { destinationOf } from './remote-storage.js';
import { RunLink } from './run-link.js';

const folder = mkdtempSync(join(tmpdir(), 'backupd-upload-'));
afterAll(() => rmSync(folder, { recursive: true }));
const PART = 100_000;
const hashOf = (algorithm: string, bytes: Buffer, form: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(bytes).digest(form);
const gone = (): AppError =>
  new AppError({ code: 'STORAGE_UPLOAD_GONE', kind: 'storage', message: 'Gone.', retry: 'later' });

/** A master and, behind the same port, a storage: parts as the protocol has them. */
class Server {
  readonly seen: SeenRequest[] = [];
  readonly parts = new Map<number, Buffer>();
  via: 'signed' | 'master' = 'signed';
  atOnce = 4;
  now = 0;
  most = 0;
  whole: Buffer | null = null;
  /** May throw, or break what came. */
  onPart: (number: number, bytes: Buffer) => Buffer | Promise<Buffer> = (_number, bytes) => bytes;
  onComplete: () => void = () => undefined;
  port = 0;

  async start(): Promise<void> {
    ({ port: this.port } = await serve(answering(this.seen, (request) => this.answer(request))));
  }

  /** Numbers of the parts that came, in order. */
  get sent(): number[] {
    return this.seen.flatMap(({ method, path }) => (method === 'PUT' ? [Number(/number=(\d+)/.exec(path)?.[1])] : []));
  }

  count(ending: string): number {
    return this.seen.filter(({ path }) => path.endsWith(ending)).length;
  }

  private async answer({ method, path, body, headers }: SeenRequest): Promise<unknown> {
    if (method === 'PUT') return this.take(Number(/number=(\d+)/.exec(path)?.[1]), body, headers['content-md5']);
    const asked = JSON.parse(body.toString()) as UploadRequest & PartsRequest & CompleteRequest;
    if (path.endsWith('/uploads')) {
      const parts = [...this.parts].map(([number, bytes]) => ({ number, etag: hashOf('md5', bytes) }));
      return { uploadId: 'u', partBytes: PART, via: this.via, atOnce: this.atOnce, parts };
    }
    if (path.endsWith('/uploads/parts'))
      return {
        parts: asked.parts.map(({ number, md5 }) => ({
          number,
          method: 'PUT',
          url: `http://127.0.0.1:${this.port}/bucket?number=${number}`,
          headers: { 'content-md5': md5 },
          expiresInSeconds: 60,
          ca: null,
        })),
      };
    this.onComplete();
    this.whole = Buffer.concat(asked.parts.map(({ number }) => this.parts.get(number) ?? Buffer.of()));
    return { size: this.whole.length, modifiedAt: new Date().toISOString(), sha256: hashOf('sha256', this.whole) };
  }

  private async take(number: number, body: Buffer, md5: unknown): Promise<unknown> {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    try {
      const bytes = await this.onPart(number, body);
      if (md5 !== undefined && md5 !== hashOf('md5', bytes, 'base64'))
        throw new AppError({ code: 'STORAGE_CHECKSUM_MISMATCH', kind: 'damaged', message: 'Not so.', retry: 'later' });
      this.parts.set(number, bytes);
      return { number, etag: hashOf('md5', bytes) };
    } finally {
      this.now -= 1;
    }
  }
}

let server: Server;
let master: MasterClient;
const storage = new SignedClient();
beforeEach(async () => {
  server = new Server();
  await server.start();
  const place = { url: `http://127.0.0.1:${server.port}`, ca: null, fingerprint: null, allowHttp: true };
  master = new MasterClient(place, () => 'bkn_key');
});
afterEach(() => {
  master.close();
  storage.close();
  endServers();
});

let files = 0;
interface Source {
  path: string;
  bytes: Buffer;
  size: number;
  sha256: string;
}
function fileOf(size: number): Source {
  const path = join(folder, `${++files}.bin`);
  const bytes = randomBytes(size);
  writeFileSync(path, bytes);
  return { path, bytes, size, sha256: hashOf('sha256', bytes) };
}

function put(source: Source, signal?: AbortSignal): { shown: number[]; done: Promise<unknown> } {
  const shown: number[] = [];
  const link = new RunLink(master, storage, 'run-1');
  const { driver } = destinationOf({ providerId: 'p', providerName: 'P', kind: 's3' }, link);
  const onProgress = (bytes: number): unknown => shown.push(bytes);
  const { path, size, sha256 } = source;
  const done = driver.put('a/key', { path, size, sha256 }, { onProgress, ...(signal === undefined ? {} : { signal }) });
  done.catch(() => undefined);
  return { shown, done };
}

const isRising = (all: readonly number[]): boolean => all.every((bytes, index) => bytes >= (all[index - 1] ?? 0));

it.each(['signed', 'master'] as const)(
  'sends all parts and has them made one (%s), no more at once than it may',
  async (via) => {
    Object.assign(server, { via, atOnce: via === 'signed' ? 3 : 1 });
    const source = fileOf(12 * PART + 5);
    const { shown, done } = put(source);
    expect(await done).toMatchObject({ key: 'a/key', size: source.size, sha256: source.sha256 });
    expect(server.whole?.equals(source.bytes)).toBe(true);
    expect(server.most).toBeLessThanOrEqual(server.atOnce);
    // Through the master they come in turn.
    const inTurn = via === 'master' ? server.sent : server.sent.toSorted((a, b) => a - b);
    expect(inTurn).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect([isRising(shown), shown.at(-1)]).toEqual([true, source.size]);
    const keys = server.seen.map(({ path, headers }) => [path.startsWith('/bucket'), headers.authorization]);
    expect(keys.every(([isStorage, key]) => (key === undefined) === isStorage)).toBe(true);
  },
);

it('what is there is not sent again, unless it is another one', async () => {
  const source = fileOf(4 * PART);
  server.parts.set(1, source.bytes.subarray(0, PART));
  server.parts.set(2, randomBytes(PART));
  await put(source).done;
  expect(server.sent.toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
  expect(server.whole?.equals(source.bytes)).toBe(true);
});

it('a part whose connection breaks, or that arrives broken, is sent again; progress never goes back', async () => {
  const broken = new Set<number>();
  server.onPart = (number, bytes) => {
    if (broken.has(number)) return bytes;
    broken.add(number);
    if (number === 2) return Buffer.concat([bytes.subarray(1), Buffer.of(0)]);
    if (number === 3)
      throw new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'Away.', retry: 'later' });
    return bytes;
  };
  const source = fileOf(5 * PART);
  const { shown, done } = put(source);
  await done;
  expect(server.sent.toSorted((a, b) => a - b)).toEqual([1, 2, 2, 3, 3, 4, 5]);
  expect(server.whole?.equals(source.bytes)).toBe(true);
  expect([isRising(shown), shown.at(-1)]).toEqual([true, source.size]);
});

it.each([
  ['grown or replaced', (path: string) => writeFileSync(path, randomBytes(3 * PART))],
  ['shorter', (path: string) => truncateSync(path, 2 * PART + 1)],
])('a file that is %s by now is never made whole, and nothing of it is still on its way', async (_how, change) => {
  const source = fileOf(3 * PART);
  change(source.path);
  await expect(put(source).done).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM_MISMATCH' });
  expect([server.count('/uploads/complete'), server.now]).toEqual([0, 0]);
});

it('bytes that come after the announced ones are not sent', async () => {
  const source = fileOf(2 * PART);
  appendFileSync(source.path, 'more');
  await put(source).done;
  expect(server.whole?.equals(source.bytes)).toBe(true);
});

it('begins anew where what it began is gone, as at another master, and gives up in the end', async () => {
  server.via = 'master';
  server.atOnce = 1;
  const source = fileOf(4 * PART);
  let times = 0;
  server.onPart = (number, bytes) => {
    if (number !== 3 || times++ > 0) return bytes;
    server.parts.clear();
    throw gone();
  };
  const { shown, done } = put(source);
  await done;
  expect(server.sent).toEqual([1, 2, 3, 1, 2, 3, 4]);
  expect(server.whole?.equals(source.bytes)).toBe(true);
  expect(isRising(shown)).toBe(true);
  server.onComplete = () => {
    throw gone();
  };
  server.seen.length = 0;
  await expect(put(source).done).rejects.toMatchObject({ code: 'STORAGE_UPLOAD_GONE' });
  expect(server.count('/uploads')).toBe(5);
}, 30_000);

it('a refusal ends it, and the parts that were on their way', async () => {
  const held = Promise.withResolvers<Buffer>();
  server.onPart = (number, bytes) => {
    if (number === 2)
      throw new AppError({ code: 'NODE_KEY_FORBIDDEN', kind: 'forbidden', message: 'No.', retry: 'never' });
    return number === 1 ? held.promise : bytes;
  };
  server.via = 'master';
  server.atOnce = 2;
  await expect(put(fileOf(6 * PART)).done).rejects.toMatchObject({ code: 'NODE_KEY_FORBIDDEN' });
  held.resolve(Buffer.of());
  expect(server.sent.every((number) => number < 4)).toBe(true);
  expect(server.count('/uploads/complete')).toBe(0);
});

it('a cancel ends it at once', async () => {
  const stop = new AbortController();
  const held = Promise.withResolvers<Buffer>();
  server.onPart = () => {
    stop.abort();
    return held.promise;
  };
  await expect(put(fileOf(3 * PART), stop.signal).done).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  held.resolve(Buffer.of());
});

it('an object of nothing is one part of nothing', async () => {
  const source = fileOf(0);
  await put(source).done;
  expect([server.sent, server.whole?.length]).toEqual([[1], 0]);
});
