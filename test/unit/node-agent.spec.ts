import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../../src/common/errors/index.js';
import { AppConfig } from '../../src/config/index.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { type NodeIdentity, type NodeStatusFile, readIdentity } from '../../src/modules/node-link/index.js';
import { answering, endServers, type SeenRequest, serve } from '../../src/common/http/tiny-server.spec-support.js';
import type { Heartbeat, HeartbeatAnswer, Work } from '../../src/modules/node-protocol/index.js';
import { SecretBoxModule } from '../../src/modules/secrets/box/index.js';
import { ResourceService } from '../../src/modules/resources/index.js';
import { AgentTimings } from '../../src/modules/node-agent/agent-timings.js';
import { AgentWork, type Room } from '../../src/modules/node-agent/agent-work.js';
import { networkIn } from '../../src/modules/node-agent/host-facts.js';
import { NodeAgentModule } from '../../src/modules/node-agent/node-agent.module.js';

/** A busy machine is slow. */
vi.setConfig({ testTimeout: 60_000 });
const eventually = async (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** Room for two; remembers what it was told. */
class RememberingWork extends AgentWork {
  workOf(): Promise<string[]> {
    return Promise.resolve([]);
  }
  cleared(): string[] {
    return [];
  }
  readonly log: string[] = [];
  readonly taken: Work[] = [];
  readonly answers: HeartbeatAnswer[] = [];
  override start(): Promise<void> {
    this.log.push('start');
    return Promise.resolve();
  }
  override held(): { jobId: string; runId: string }[] {
    return this.taken.map((_, index) => ({ jobId: `j${index}`, runId: `r${index}` }));
  }
  override room(): Room {
    return { jobs: 2 - this.taken.length, tasks: 0 };
  }
  override take(work?: Work): void {
    if (work !== undefined) this.taken.push(work);
  }
  override onAnswer(answer?: HeartbeatAnswer): void {
    if (answer !== undefined) this.answers.push(answer);
  }
  override stopAll(): Promise<void> {
    this.log.push('stop');
    return Promise.resolve();
  }
}

const answer: HeartbeatAnswer = {
  nodeId: 'n1',
  name: 'web-1',
  cancel: [],
  lost: [],
  drop: [],
  limits: { io: 1, network: 8, cpu: 2, bandwidthMbps: 20 },
  everySeconds: 0.01,
};

let dataDir: string;
let seen: SeenRequest[];
let closes: (() => Promise<void>)[];
let warned: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'backupd-agent-'));
  [seen, closes, warned] = [[], [], []];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((text: string) => void warned.push(text));
  vi.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  for (const close of closes) await close();
  endServers();
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true });
});

interface Agent {
  work: RememberingWork;
  resources: ResourceService;
  close: () => Promise<void>;
}

/** The agent as it runs, against a server of which `reply` gives the answers. */
async function start(
  reply: (path: string, request: SeenRequest) => unknown,
  { port: fixed = 0, timings = {} }: { port?: number; timings?: Partial<AgentTimings> } = {},
): Promise<Agent & { port: number }> {
  const { port } =
    fixed === 0 ? await serve(answering(seen, (request) => reply(request.path, request))) : { port: fixed };
  const master = { url: `http://127.0.0.1:${port}`, ca: null, fingerprint: null, allowHttp: false };
  const identity: NodeIdentity = { master, key: 'bkn_1', nodeId: null, name: null };
  const config = AppConfig.of({ dataDir, mode: 'node', scanRoots: ['/nowhere', '/'] });
  const work = new RememberingWork();
  const fast = { heartbeatMs: 10, retry: { firstMs: 5, longestMs: 10 }, refusedMs: 60_000, roomMs: 5 };
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config),
      SecretBoxModule,
      NodeAgentModule.with({ ...identity, isKeyConfigured: false }),
    ],
  })
    .overrideProvider(AgentWork)
    .useValue(work)
    .overrideProvider(AgentTimings)
    .useValue(Object.assign(new AgentTimings(), fast, timings))
    .compile();
  module.useLogger(false);
  await module.init();
  const close = async (): Promise<void> => module.close();
  closes.push(close);
  return { work, resources: module.get(ResourceService), close, port };
}

const beats = (): Heartbeat[] =>
  seen.filter(({ path }) => path === '/node/heartbeat').map(({ body }) => JSON.parse(body.toString()) as Heartbeat);
const status = (): NodeStatusFile =>
  JSON.parse(readFileSync(join(dataDir, 'node-status.json'), 'utf8')) as NodeStatusFile;
const never = (): Promise<never> => new Promise(() => undefined);
const job = { type: 'job', job: {} } as unknown as Work;

it('says first what it has lost, is bounded by the master, and then asks for what it has room for', async () => {
  let given = 0;
  const agent = await start((path) => {
    if (path === '/node/heartbeat') return answer;
    given += 1;
    return given <= 2 ? job : never();
  });
  await eventually(() => expect(beats().length).toBeGreaterThan(3));
  await eventually(() => expect(agent.work.taken).toHaveLength(2));
  expect(seen[0]?.path).toBe('/node/heartbeat');
  expect(
    beats()
      .slice(0, 3)
      .map(({ isFirst }) => isFirst),
  ).toEqual([true, false, false]);
  expect(beats()[0]).toMatchObject({
    facts: { scanRoots: ['/nowhere', '/'], limits: { io: 2, network: 1, cpu: 4, bandwidthMbps: 50 }, modules: [] },
    runs: [],
    workOf: [],
    cleared: [],
  });
  expect(beats()[0]?.load.disks.some(({ freeBytes, totalBytes }) => freeBytes > 0 && totalBytes >= freeBytes)).toBe(
    true,
  );
  expect(beats()[0]?.load.rssBytes).toBeGreaterThan(1e6);
  const asked = seen
    .filter(({ path }) => path === '/node/work')
    .map(({ body }) => JSON.parse(body.toString()) as unknown);
  // Without room it does not ask.
  expect(asked).toEqual([
    { jobs: 2, tasks: 0, waitSeconds: 5 },
    { jobs: 1, tasks: 0, waitSeconds: 5 },
  ]);
  const { resources } = agent;
  expect([resources.capacity('io'), resources.capacity('network'), resources.capacity('cpu')]).toEqual([1, 1, 2]);
  expect(resources.bandwidth.limitMbps).toBe(20);
  await eventually(() => expect(beats().at(-1)?.runs).toHaveLength(2));
  expect(status()).toMatchObject({ state: 'online', name: 'web-1', nodeId: 'n1', lastError: null, pid: process.pid });
  await agent.close();
  expect(agent.work.log).toEqual(['start', 'stop']);
});

it('a new key is stored before it is used', async () => {
  let asked = false;
  await start((path, { headers }) => {
    if (path === '/node/work') return never();
    if (path === '/node/key/rotate') return { key: 'bkn_2' };
    const rotateKey = headers.authorization === 'Bearer bkn_1';
    asked ||= rotateKey;
    return { ...answer, rotateKey };
  });
  await eventually(() => expect(seen.at(-1)?.headers.authorization).toBe('Bearer bkn_2'));
  expect(asked).toBe(true);
  const config = AppConfig.of({ dataDir });
  expect(await readIdentity(config.paths)).toMatchObject({ key: 'bkn_2', nodeId: null });
  expect(seen.filter(({ path }) => path === '/node/key/rotate')).toHaveLength(1);
});

it('a refusal is said once and not asked again at once', async () => {
  const blocked = new AppError({ code: 'NODE_BLOCKED', kind: 'forbidden', message: 'Blocked.', hint: 'Ask.' });
  const { work } = await start(() => Promise.reject(blocked), { timings: { refusedMs: 20 } });
  await eventually(() => expect(seen.length).toBeGreaterThan(4));
  expect(warned).toEqual(['Blocked. Ask. [NODE_BLOCKED]']);
  expect(seen.every(({ path }) => path === '/node/heartbeat')).toBe(true);
  expect(status()).toMatchObject({ state: 'refused', lastError: { code: 'NODE_BLOCKED' } });
  expect(work.log).toEqual(['start']);
});

it('a master that is away is found again; the first heartbeat stays the first one until it is answered', async () => {
  const { port, server } = await serve(() => undefined);
  server.closeAllConnections();
  server.close();
  const agent = await start(() => answer, { port });
  await eventually(() => expect(status()).toMatchObject({ state: 'away', lastError: { code: 'MASTER_UNREACHABLE' } }));
  await serve(
    answering(seen, ({ path }) => (path === '/node/work' ? never() : answer)),
    undefined,
    port,
  );
  await eventually(() => expect(status().state).toBe('online'));
  expect(beats()[0]?.isFirst).toBe(true);
  expect(beats().filter(({ isFirst }) => isFirst)).toHaveLength(1);
  expect(warned).toHaveLength(1);
  expect(agent.work.answers.length).toBeGreaterThan(0);
});

it('a master that gives nothing at once is not asked without end', async () => {
  await start((path) => (path === '/node/work' ? null : { ...answer, everySeconds: 60 }), { timings: { roomMs: 200 } });
  await eventually(() => expect(seen.filter(({ path }) => path === '/node/work').length).toBeGreaterThan(1));
  expect(seen.length).toBeLessThan(10);
});

it('counts the bytes of all interfaces but loopback', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 900       9    0    0    0     0          0         0      900       9    0    0    0     0       0          0
  eth0: 1000      9    0    0    0     0          0         0      200       9    0    0    0     0       0          0
wlan0:1           9    0    0    0     0          0         0        2       9    0    0    0     0       0          0
`;
  expect(networkIn(text)).toEqual({ receivedBytes: 1001, sentBytes: 202 });
  expect(networkIn('')).toEqual({ receivedBytes: 0, sentBytes: 0 });
});
