import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError, type ErrorKind } from '../../common/errors/index.js';
import { parseFingerprint } from '../../common/fingerprint.js';
import { version } from '../../common/version.js';
import { MasterClient } from './master-client.js';
import {
  answering,
  type Certificate,
  endServers,
  makeCertificate,
  refuse,
  type SeenRequest,
  serve,
} from '../../common/http/tiny-server.spec-support.js';
import type { MasterPlace } from './trust.js';

/** A busy machine is slow. */
vi.setConfig({ testTimeout: 60_000 });

const clients: MasterClient[] = [];
let seen: SeenRequest[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  endServers();
  seen = [];
});

function clientOf(url: string, trust: Partial<MasterPlace> = {}): MasterClient {
  const client = new MasterClient({ url, ca: null, fingerprint: null, allowHttp: false, ...trust }, () => 'bkn_key');
  clients.push(client);
  return client;
}

async function failed(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
}

const problem = (kind: ErrorKind, code = 'SOME_CODE'): AppError =>
  new AppError({ code, kind, message: 'It is so.', hint: 'Do this.', retry: 'later', context: { a: 1, list: ['x'] } });

describe('calls', () => {
  it('go with key, version and process below the path of the URL; 204 is null', async () => {
    const { port } = await serve(answering(seen, ({ path }) => (path.endsWith('/none') ? null : { ok: true })));
    const client = clientOf(`http://localhost:${port}/backup/`);
    expect(await client.call('/node/x', { a: 1 })).toEqual({ ok: true });
    expect(await client.call('/node/none')).toBeNull();
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/backup/node/x',
      headers: {
        authorization: 'Bearer bkn_key',
        'backupd-version': version,
        'backupd-boot': client.bootId,
        'content-type': 'application/json',
      },
    });
    expect(seen[0]?.body.toString()).toBe('{"a":1}');
  });

  it.each<ErrorKind>([
    'usage',
    'forbidden',
    'not-found',
    'conflict',
    'too-many',
    'precondition',
    'source',
    'storage',
    'damaged',
    'internal',
  ])('a refusal of kind %s is the error that the master threw', async (kind) => {
    const { port } = await serve(answering(seen, () => Promise.reject(problem(kind))));
    const { code, message, hint, retry, context, ...error } = await failed(
      clientOf(`http://127.0.0.1:${port}`).call('/x'),
    );
    expect({ code, hint, retry, context }).toEqual({
      code: 'SOME_CODE',
      hint: 'Do this.',
      retry: 'later',
      context: { a: 1, list: ['x'] },
    });
    expect(error.kind).toBe(kind);
    // Of a fault of its own the master tells nothing.
    expect(message).toBe(kind === 'internal' ? 'Something went wrong inside backupd.' : 'It is so.');
  });

  it('a refused key, another program and a redirect are told as such; no key goes where a redirect leads', async () => {
    const other = await serve(answering(seen, () => ({})));
    const { port } = await serve((request, response) => {
      if (request.url === '/401') refuse(response, problem('unauthenticated', 'TOKEN_INVALID'));
      else if (request.url === '/away') response.writeHead(307, { Location: `http://127.0.0.1:${other.port}/` }).end();
      else if (request.url === '/long') response.writeHead(404).end(Buffer.alloc(300_000));
      else response.writeHead(200).end('<html>');
    });
    const client = clientOf(`http://127.0.0.1:${port}`);
    expect((await failed(client.call('/401'))).code).toBe('NODE_KEY_REFUSED');
    for (const path of ['/away', '/long', '/html'])
      expect((await failed(client.call(path))).code, path).toBe('MASTER_ANSWER_UNKNOWN');
    expect(seen).toEqual([]);
  });

  it('wait for a master that is away, as long as they may', async () => {
    let answers = 0;
    const { port, server } = await serve((_, response) => {
      answers += 1;
      if (answers === 1) response.writeHead(503).end('<html>');
      else if (answers === 2) response.destroy();
      else if (answers === 3) refuse(response, problem('precondition', 'CATALOGUE_AWAY'));
      else response.writeHead(200).end('{"ok":true}');
    });
    const client = clientOf(`http://127.0.0.1:${port}`);
    expect(await client.call('/x', {}, { patienceMs: 30_000 })).toEqual({ ok: true });
    expect(answers).toBe(4);
    server.close();
    server.closeAllConnections();
    const stop = new AbortController();
    const waiting = failed(client.call('/x', {}, { patienceMs: 30_000, signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    expect((await waiting).code).toBe('JOB_CANCELLED');
    expect(await failed(client.call('/x', {}, { patienceMs: 100 }))).toMatchObject({
      code: 'MASTER_UNREACHABLE',
      retry: 'later',
    });
  });

  it("do not wait for what the master's own refusal says", async () => {
    const { port } = await serve(answering(seen, () => Promise.reject(problem('precondition', 'DISK_FULL'))));
    expect((await failed(clientOf(`http://127.0.0.1:${port}`).call('/x', {}, { patienceMs: 60_000 }))).code).toBe(
      'DISK_FULL',
    );
    expect(seen).toHaveLength(1);
  });

  it('end when nothing is answered', async () => {
    const { port } = await serve(() => undefined);
    expect((await failed(clientOf(`http://127.0.0.1:${port}`).call('/x', {}, { answerMs: 100 }))).message).toContain(
      'no answer came in time',
    );
  });
});

describe('bytes', () => {
  it('are put as they come; a refusal ends the sending, a fault of the source is told', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/full?n=1') refuse(response, problem('conflict'));
      else answering(seen, () => ({ number: 1 }))(request, response);
    });
    const client = clientOf(`http://127.0.0.1:${port}`);
    const bytes = Buffer.alloc(300_000, 7);
    expect(
      await client.put('/parts', { stream: Readable.from([bytes, bytes]), length: 600_000 }, { query: { n: 1 } }),
    ).toEqual({ number: 1 });
    expect(seen[0]).toMatchObject({ method: 'PUT', path: '/parts?n=1', headers: { 'content-length': '600000' } });
    expect(seen[0]?.body.length).toBe(600_000);
    const endless = Readable.from(endlessly(bytes));
    expect((await failed(client.put('/full', { stream: endless, length: 1e12 }, { query: { n: 1 } }))).code).toBe(
      'SOME_CODE',
    );
    expect(endless.destroyed).toBe(true);
    const broken = Readable.from(breaking(bytes));
    expect((await failed(client.put('/parts', { stream: broken, length: 900_000 }))).code).toBe('SOME_CODE');
  });

  it('are got in ranges; a slow reader is no standstill, a cut is told', async () => {
    const whole = Buffer.alloc(2_000_000, 1);
    const { port } = await serve((request, response) => {
      const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '');
      if (request.url === '/ignores') response.end(whole);
      else if (request.url === '/cut') {
        response.writeHead(200, { 'Content-Length': '5000' });
        response.write(Buffer.alloc(1000), () => response.destroy());
      } else {
        const part = whole.subarray(Number(range?.[1] ?? 0), range?.[2] ? Number(range[2]) + 1 : undefined);
        response.writeHead(range === null ? 200 : 206).end(part);
      }
    });
    const client = clientOf(`http://127.0.0.1:${port}`);
    expect((await buffer(await client.get('/o', { range: { offset: 10, length: 5 } }))).length).toBe(5);
    expect((await buffer(await client.get('/o', { range: { offset: 10, length: 0 } }))).length).toBe(0);
    const slow = await client.get('/o', { range: { offset: 10 }, answerMs: 1000 });
    slow.once('readable', () => undefined);
    await pause(2500);
    expect((await buffer(slow)).length).toBe(1_999_990);
    expect((await failed(buffer(await client.get('/cut')))).code).toBe('MASTER_UNREACHABLE');
    expect((await failed(client.get('/ignores', { range: { offset: 10 } }))).code).toBe('MASTER_ANSWER_UNKNOWN');
  });
});

const pin = ({ cert }: Certificate): string => parseFingerprint(new X509Certificate(cert).fingerprint256) ?? '';

/** What a call to a server with this certificate gives, or its error's code and what the server was sent inside the encryption. */
async function reach(certificate: Certificate, trust: Partial<MasterPlace>): Promise<unknown> {
  const { port, server } = await serve(
    answering(seen, () => ({ ok: true })),
    certificate,
  );
  let sent = 0;
  server.on('secureConnection', (socket) => socket.on('data', (data: Buffer) => (sent += data.length)));
  const fault = ({ code }: AppError): unknown => ({ code, sent, requests: seen.length });
  return clientOf(`https://localhost:${port}`, trust).call('/x').catch(fault);
}
const UNTRUSTED = { code: 'MASTER_UNTRUSTED', sent: 0, requests: 0 };

describe('trust', () => {
  let folder: string;
  let authority: Certificate & { path: string };
  let signed: Certificate;
  let own: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'backupd-tls-'));
    authority = makeCertificate(folder, 'authority.example');
    signed = makeCertificate(folder, 'localhost', authority);
    own = makeCertificate(folder, 'elsewhere.example');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the host does not know the authority', async () => {
    expect(await reach(signed, {})).toEqual(UNTRUSTED);
    expect(await reach(own, {})).toEqual(UNTRUSTED);
  });

  it('a custom authority is trusted for its own names only', async () => {
    expect(await reach(signed, { ca: authority.cert })).toEqual({ ok: true });
    seen = [];
    expect(await reach(makeCertificate(folder, 'other.example', authority), { ca: authority.cert })).toEqual(UNTRUSTED);
    expect(await reach(own, { ca: authority.cert })).toEqual(UNTRUSTED);
  });

  it('a pinned certificate is trusted, self-signed and for another name, and no other is', async () => {
    expect(await reach(own, { fingerprint: pin(own) })).toEqual({ ok: true });
    seen = [];
    expect(await reach(signed, { fingerprint: pin(own) })).toEqual(UNTRUSTED);
  });

  it('a pinned connection is used again and again', async () => {
    const { port, server } = await serve(
      answering(seen, () => ({})),
      own,
    );
    let connections = 0;
    server.on('secureConnection', () => (connections += 1));
    const client = clientOf(`https://localhost:${port}`, { fingerprint: pin(own) });
    for (let n = 0; n < 3; n += 1) await client.call('/x');
    expect([seen.length, connections]).toEqual([3, 1]);
  });

  it.each(['http://backup.example.com', 'http://10.0.0.1:8000', 'http://[2001:db8::1]'])(
    '%s is refused unless allowed',
    (url) => {
      expect(() => clientOf(url)).toThrow(expect.objectContaining({ code: 'MASTER_NOT_SECURE' }));
      expect(clientOf(url, { allowHttp: true }).host).toContain(new URL(url).host);
    },
  );

  it.each(['http://localhost:1', 'http://127.9.9.9', 'http://[::1]:8000', 'https://backup.example.com/path'])(
    '%s is fine',
    (url) => {
      expect(clientOf(url).host).toBe(new URL(url).host);
    },
  );

  it.each(['ftp://x', 'backup.example.com', 'https://me:secret@x', 'https://x?y=1', 'https://x#y'])(
    '%s is no URL of a master',
    (url) => {
      expect(() => clientOf(url)).toThrow(expect.objectContaining({ code: 'MASTER_URL_INVALID' }));
    },
  );

  it('https to a plain port says so', async () => {
    const { port, server } = await serve(answering(seen, () => ({})));
    expect((await failed(clientOf(`https://localhost:${port}`).call('/x'))).code).toBe('MASTER_UNREACHABLE');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
});

function* endlessly(bytes: Buffer): Generator<Buffer> {
  for (;;) yield bytes;
}

function* breaking(bytes: Buffer): Generator<Buffer> {
  yield bytes;
  throw problem('source');
}
