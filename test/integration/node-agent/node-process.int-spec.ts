import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { nodeFlags } from '../../../scripts/lib/node-flags.mjs';
import { type CliResult, runCli } from '../../../src/cli/program.js';
import { testTerminal } from '../../../src/cli/testing.js';
import { endWithTest, makeScratch, until } from '../../support/scratch.js';

/** Whole processes on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '../../..');
const scratch = makeScratch('node');
const dataDir = join(scratch.path, 'data');
let url: string;
/** What the master of this test was asked, and how it answers. */
const seen: { path: string; key: string | undefined; body: Record<string, unknown> }[] = [];
let isRevoked = false;

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    const path = request.url ?? '';
    const body = (await json(request)) as Record<string, unknown>;
    seen.push({ path, key: request.headers.authorization, body });
    const [status, value] = answerTo(path, body, request);
    if (value !== undefined)
      response
        .writeHead(status, { 'Content-Type': status < 300 ? 'application/json' : 'application/problem+json' })
        .end(JSON.stringify(value));
  };
  answer().catch(() => response.destroy());
});

/** The protocol's answers; nothing for work, which waits. */
function answerTo(path: string, body: Record<string, unknown>, { headers }: IncomingMessage): [number, unknown] {
  if (path === '/node/join-requests')
    return [200, { requestId: 'r', code: body['token'] === undefined ? 'ABCD-EFGH' : null, expiresInSeconds: 60 }];
  if (path.endsWith('/collect')) return [200, { status: 'approved', nodeId: 'n1', name: 'web-1', key: 'bkn_secret' }];
  if (isRevoked || headers.authorization !== 'Bearer bkn_secret')
    return [401, { code: 'TOKEN_INVALID', title: '', status: 401, detail: 'no' }];
  if (path === '/node/heartbeat')
    return [200, { nodeId: 'n1', name: 'web-1', cancel: [], lost: [], drop: [], limits: null, everySeconds: 1 }];
  return [204, undefined];
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  scratch.remove();
});

async function cli(...args: string[]): Promise<{ code: CliResult; stdout: string; stderr: string }> {
  const terminal = testTerminal({ env: { NO_COLOR: '1', BACKUPD_CONFIG: '/dev/null', BACKUPD_DATA_DIR: dataDir } });
  const code = await runCli(['node', ...args], terminal, { serve: () => Promise.reject(new Error('not here')) });
  return { code, ...terminal.written() };
}

function startNode(
  more: Record<string, string> = {},
  flags: string[] = [],
): { child: ChildProcess; text: () => string } {
  const child = spawn(process.execPath, [...nodeFlags, ...flags, join(root, 'dist/src/main.js')], {
    env: {
      PATH: '/usr/bin:/bin',
      BACKUPD_CONFIG: '/dev/null',
      BACKUPD_MODE: 'node',
      BACKUPD_DATA_DIR: dataDir,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithTest(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  return { child, text: () => text };
}

it('what can be refused is refused before anything is sent or written', async () => {
  const file = join(scratch.path, 'no.pem');
  writeFileSync(file, 'none');
  for (const [args, said] of [
    [['http://192.0.2.1'], 'MASTER_NOT_SECURE'],
    [['https://x', '--ca', file], 'MASTER_CA_INVALID'],
    [['https://x', '--fingerprint', 'ab'], 'COMMAND_USAGE'],
    [[url, '--token', 'a', '--token-file', file], 'COMMAND_USAGE'],
    [[url, '--data-dir', join(file, 'data')], 'DATA_DIR_NOT_WRITABLE'],
  ] as const)
    expect((await cli('join', ...args)).stderr, args.join(' ')).toContain(said);
  expect(seen).toEqual([]);
  expect(await cli('status')).toMatchObject({ code: 1, stderr: expect.stringContaining('NODE_NOT_RUNNING') as string });
});

it('joins by a code, once, and by a token from a file with --replace', async () => {
  const first = await cli('join', url);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('the node "web-1"') as string });
  expect(first.stderr).toContain('backupd nodes approve ABCD-EFGH');
  expect(first.stdout + first.stderr).not.toContain('bkn_secret');
  expect(statSync(join(dataDir, 'node.json')).mode & 0o777).toBe(0o600);
  const asked = seen.length;
  expect((await cli('join', url)).stderr).toContain('NODE_ALREADY_JOINED');
  expect(seen).toHaveLength(asked);
  const token = join(scratch.path, 'token');
  writeFileSync(token, 'bkj_once\n');
  const again = await cli('join', url, '--replace', '--token-file', token, '--name', 'web-1', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ nodeId: 'n1', name: 'web-1' });
  expect(again.stderr).not.toContain('approve');
  expect(seen[asked]?.body).toMatchObject({ token: 'bkj_once', name: 'web-1' });
});

it('runs without database, HTTP server and S3 in its memory; says how it is; stops in order', async () => {
  const modules = join(scratch.path, 'modules');
  const list = ['--import', join(root, 'test/support/list-modules.mjs')];
  const { child, text } = startNode({ LIST_MODULES_TO: modules }, list);
  await until('a heartbeat', () => seen.some(({ path }) => path === '/node/heartbeat'), { timeoutMs: 60_000 });
  await until('the status', async () => (await cli('status')).code === 0, { timeoutMs: 30_000, everyMs: 200 });
  expect((await cli('status')).stdout).toMatch(/state +connected\n +node +web-1/);
  expect(seen.find(({ path }) => path === '/node/heartbeat')?.body).toMatchObject({
    isFirst: true,
    facts: { modules: ['wordpress'] },
  });
  const dist = join(root, 'dist');
  const inside = JSON.parse(readFileSync(join(dist, 'chunks/modules.json'), 'utf8')) as Record<string, string[]>;
  // A file of the bundle stands for the modules that were joined in it.
  const loaded = readFileSync(modules, 'utf8')
    .split('\n')
    .flatMap((name) => inside[name.startsWith('file:') ? relative(dist, fileURLToPath(name)) : ''] ?? [name]);
  expect(loaded).toContain('dist/src/backup-modules/wordpress/wordpress-backup-module.js');
  const unwanted =
    /node_modules\/(@mikro-orm|pg|pg-boss|kysely|@aws-sdk|@smithy|express|@nestjs\/(swagger|platform-express|schedule)|prom-client|nodemailer|class-validator|class-transformer|ws)\//;
  expect(loaded.filter((name) => unwanted.test(name))).toEqual([]);
  // A second one is refused, while the first goes on.
  const second = startNode();
  await once(second.child, 'close');
  expect([second.child.exitCode, second.text()]).toEqual([1, expect.stringContaining('ALREADY_RUNNING')]);
  isRevoked = true;
  await until('the refusal', async () => (await cli('status')).stdout.includes('NODE_KEY_REFUSED'), { everyMs: 200 });
  expect(await cli('status')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('the master refuses this node') as string,
  });
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(child.exitCode).toBe(0);
  expect(await cli('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('not running') as string });
  expect(text()).not.toContain('bkn_secret');
});
