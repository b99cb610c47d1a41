import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { StopRequest } from '../../engine/ports/index.js';
import { parseS3Settings, S3StorageDriver } from './index.js';

let server: Server | null = null;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

it.each(['cancel', 'stall'] as const)('a bucket that accepts and never answers holds up no %s', async (why) => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.resume().on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const driver = new S3StorageDriver(
    parseS3Settings({ endpoint: `http://127.0.0.1:${port}`, bucket: 'b', accessKeyId: 'a', secretAccessKey: 's' }),
  );
  const stop = new AbortController();
  setTimeout(() => stop.abort(new StopRequest(why)), 100);
  const began = performance.now();
  const { signal } = stop;
  const bytes = Buffer.from('x');
  await expect(driver.put('sites/x/y', { bytes }, { signal })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  await expect(driver.stat('sites/x/y', signal)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  expect(performance.now() - began).toBeLessThan(3000);
});
