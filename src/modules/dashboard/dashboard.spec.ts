import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ExpressAdapter } from '@nestjs/platform-express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtClient, type ClientFile } from './client-files.js';
import { dashboard } from './dashboard.js';

const SCRIPT = 'console.log("backupd");';

function serverOf(files: ReadonlyMap<string, ClientFile>) {
  const adapter = new ExpressAdapter();
  adapter.use(dashboard(files));
  adapter.use((_request: unknown, response: { status: (code: number) => { json: (body: object) => void } }) =>
    response.status(404).json({ code: 'ROUTE_NOT_FOUND' }),
  );
  return supertest(adapter.getInstance());
}

describe('dashboard', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backupd-client-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>backupd</title>');
    await writeFile(join(folder, 'assets/main-abc.js'), SCRIPT);
    await writeFile(join(folder, 'assets/main-abc.js.gz'), gzipSync(SCRIPT));
    await writeFile(join(folder, 'secret.txt'), 'no');
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('is at /, asked for anew each time, and allows no script but its own', async () => {
    const { status, headers, text } = await serverOf(builtClient(folder)).get('/?from=mail');
    expect(status).toBe(200);
    expect(text).toContain('<title>backupd</title>');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('hands out what was compressed before, for ever', async () => {
    const server = serverOf(builtClient(folder));
    // The client unpacks it.
    const packed = await server.get('/assets/main-abc.js').set('Accept-Encoding', 'gzip, br');
    expect(packed.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.text).toBe(SCRIPT);
    const plain = await server.get('/assets/main-abc.js').set('Accept-Encoding', 'identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it('answers with nothing when the browser has it', async () => {
    const server = serverOf(builtClient(folder));
    const { headers } = await server.get('/');
    const again = await server.get('/').set('If-None-Match', String(headers['etag']));
    expect(again.status).toBe(304);
    expect((await server.head('/')).text ?? '').toBe('');
  });

  it('leaves every other path and method to the API', async () => {
    const server = serverOf(builtClient(folder));
    const others = [
      server.get('/sites'),
      server.get('/secret.txt'),
      server.get('/assets/../secret.txt'),
      server.get('/assets/gone.js'),
      server.post('/'),
    ];
    for (const answer of await Promise.all(others)) expect(answer.body).toEqual({ code: 'ROUTE_NOT_FOUND' });
  });

  it('says how to get it where it is not built', async () => {
    const { status, text } = await serverOf(new Map()).get('/');
    expect(status).toBe(503);
    expect(text).toContain('npm run build');
  });
});
