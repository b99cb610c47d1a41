import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayReach, outgoingRequest, outgoingSocket } from './index.js';

const LOOPBACK = ['127.0.0.0/8', '::1'];

describe('the addresses that outgoing requests may reach', () => {
  it.each([
    ['127.0.0.1'],
    ['127.255.0.9'],
    ['0.0.0.0'],
    ['0.1.2.3'],
    ['169.254.169.254'],
    ['169.254.0.1'],
    ['224.0.0.251'],
    ['239.1.1.1'],
    ['255.255.255.255'],
    ['100.100.100.200'],
    ['168.63.129.16'],
    ['::'],
    ['::1'],
    ['::7f00:1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['0:0:0:0:0:ffff:a9fe:a9fe'],
    ['::ffff:0:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['64:ff9b::169.254.169.254'],
    ['2002:7f00:1::'],
    ['2002:a9fe:a9fe::1'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['ff02::1'],
    ['fd00:ec2::254'],
    ['fd20:ce::254'],
    ['192.0.0.192'],
    ['not an address'],
  ])('refuses %s', (address) => {
    expect(mayReach(address, [])).toBe(false);
  });

  it.each([
    ['1.1.1.1'],
    ['10.0.0.8'],
    ['192.168.1.1'],
    ['172.16.0.1'],
    ['2606:4700::1111'],
    ['fd12:3456::1'],
    ['::ffff:8.8.8.8'],
  ])('lets %s through', (address) => {
    expect(mayReach(address, [])).toBe(true);
  });

  it('lets what is allowed through, in each form, and nothing beside it', () => {
    expect(mayReach('127.0.0.1', ['127.0.0.1'])).toBe(true);
    expect(mayReach('127.0.0.2', ['127.0.0.1'])).toBe(false);
    expect(mayReach('::ffff:127.0.0.1', ['127.0.0.0/8'])).toBe(true);
    expect(mayReach('::1', ['127.0.0.0/8'])).toBe(false);
    expect(mayReach('::1', ['::1/128'])).toBe(true);
    expect(mayReach('169.254.1.1', LOOPBACK)).toBe(false);
  });
});

describe('outgoing requests', () => {
  let server: Server;
  let port = 0;
  const routes: Record<string, RequestListener> = {
    '/echo': (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () =>
        response
          .setHeader('x-seen', String(request.headers['x-mark']))
          .end(`${request.method} ${Buffer.concat(parts).toString()}`),
      );
    },
    '/redirect': (_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end('moved'),
    '/huge': (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(32_768, 'x')));
      };
      response.on('drain', more);
      more();
    },
    '/reset': (request) => request.socket.resetAndDestroy(),
    '/slow': () => undefined,
    '/drip': (_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    },
  };
  const ask = (path: string, more: Partial<Parameters<typeof outgoingRequest>[1]> = {}) =>
    outgoingRequest(`http://localhost:${port}${path}?token=s3cret`, { timeoutMs: 5000, allow: LOOPBACK, ...more });

  beforeAll(async () => {
    server = createServer((request, response) => routes[(request.url ?? '').split('?')[0] ?? '']?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('sends and gives the answer', async () => {
    const answer = await ask('/echo', { method: 'POST', body: 'grüß', headers: { 'x-mark': '7' } });
    expect(answer).toMatchObject({ status: 200, body: 'POST grüß', truncated: false });
    expect(answer.headers['x-seen']).toBe('7');
  });

  it('follows no redirect', async () => {
    expect(await ask('/redirect')).toMatchObject({ status: 302, body: 'moved' });
  });

  it('reads 64 KiB of an answer without end', async () => {
    const answer = await ask('/huge');
    expect(answer.truncated).toBe(true);
    expect(answer.body.length).toBe(65_536);
  });

  it.each([
    ['/slow', 'OUTGOING_TIMEOUT'],
    ['/drip', 'OUTGOING_TIMEOUT'],
    ['/reset', 'OUTGOING_FAILED'],
  ])('%s ends in %s, without the URL', async (path, code) => {
    const error: unknown = await ask(path, { timeoutMs: 200 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, retry: 'later' });
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
  });

  it('ends at once when it is cancelled', async () => {
    await expect(ask('/slow', { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it.each([
    // A name that resolves to loopback: seen only when it is looked up.
    [() => `http://localhost:${port}/echo`],
    [() => `http://127.0.0.1:${port}/echo`],
    [() => `http://2130706433:${port}/echo`],
    [() => `http://0177.0.0.1:${port}/echo`],
    [() => `http://0x7f.1:${port}/echo`],
    [() => `http://127.1:${port}/echo`],
    [() => `http://0:${port}/echo`],
    [() => `http://[::ffff:127.0.0.1]:${port}/echo`],
    [() => `http://[::1]:${port}/echo`],
    [() => `http://user:pass@127.0.0.1:${port}/echo`],
    [() => 'http://169.254.169.254/latest/meta-data/'],
    [() => 'https://[fe80::1]/'],
  ])('refuses loopback and link-local: %s', async (url) => {
    const error: unknown = await outgoingRequest(url(), { timeoutMs: 2000, allow: [] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'OUTGOING_REFUSED', retry: 'never' });
    expect((error as { hint: string }).hint).toContain('BACKUPD_OUTGOING_ALLOW');
  });

  it.each([['file:///etc/passwd'], ['gopher://127.0.0.1/'], ['ftp://example.com'], ['not a url']])(
    'refuses %s',
    async (url) => {
      await expect(outgoingRequest(url, { timeoutMs: 1000, allow: LOOPBACK })).rejects.toMatchObject({
        code: 'OUTGOING_URL_INVALID',
      });
    },
  );

  it('holds for plain connections too', async () => {
    const tcp = createTcpServer((socket) => socket.on('error', () => undefined).end('220 hello'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const there = (tcp.address() as AddressInfo).port;
    for (const host of ['localhost', '127.0.0.1'])
      await expect(outgoingSocket(host, there, { timeoutMs: 1000, allow: [] })).rejects.toMatchObject({
        code: 'OUTGOING_REFUSED',
      });
    const socket = await outgoingSocket('localhost', there, { timeoutMs: 1000, allow: LOOPBACK });
    expect(socket.remotePort).toBe(there);
    socket.destroy();
    tcp.close();
    await expect(outgoingSocket('127.0.0.1', 1, { timeoutMs: 1000, allow: LOOPBACK })).rejects.toMatchObject({
      code: 'OUTGOING_FAILED',
    });
  });
});
