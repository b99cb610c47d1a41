import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from './session.js';
import { type Onlooker, withSignsOfLife } from './signs-of-life.js';

let server: Server | null = null;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
});

/** A server that accepts and never says anything. */
async function silent(): Promise<number> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.resume().on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a database server that accepts and never answers', () => {
  it('is given up after the time for connecting: it may pass', async () => {
    const credentials = {
      host: '127.0.0.1',
      port: await silent(),
      socketPath: null,
      user: 'u',
      password: 'p',
      database: 'd',
    };
    await expect(connect(credentials, { connectTimeoutMs: 100 })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      retry: 'later',
    });
  });

  it('holds up no cancel', async () => {
    const credentials = {
      host: '127.0.0.1',
      port: await silent(),
      socketPath: null,
      user: 'u',
      password: 'p',
      database: 'd',
    };
    const began = performance.now();
    const opening = connect(credentials, { signal: AbortSignal.timeout(100), connectTimeoutMs: 2000 });
    await expect(opening).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(performance.now() - began).toBeLessThan(1500);
  });
});

/** How often it gave a sign of life, with the server's list of processes showing that. */
async function signs(shown: { command: string; state: string } | null | Error): Promise<number> {
  let count = 0;
  const onlooker: Onlooker = {
    row: <Row>() => (shown instanceof Error ? Promise.reject(shown) : Promise.resolve(shown as Row | null)),
    close: () => Promise.resolve(),
  };
  const statement = new Promise<string>((resolve) => setTimeout(resolve, 120, 'done'));
  const options = { threadId: 7, open: () => Promise.resolve(onlooker), alive: () => void count++, everyMs: 10 };
  expect(await withSignsOfLife(statement, options)).toBe('done');
  return count;
}

describe('a statement that takes long', () => {
  it('is alive while the server works on it', async () => {
    expect(await signs({ command: 'Query', state: 'copy to tmp table' })).toBeGreaterThan(3);
  });

  it.each([
    { command: 'Query', state: 'Waiting for table metadata lock' },
    { command: 'Sleep', state: '' },
    null,
    new Error('away'),
  ])('is not while it waits, or nobody answers: %j', async (shown) => {
    expect(await signs(shown)).toBe(0);
  });
});
