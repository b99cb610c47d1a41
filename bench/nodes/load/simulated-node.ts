import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  CollectAnswer,
  HeldRun,
  Heartbeat,
  HeartbeatAnswer,
  JoinRequest,
  JoinRequestAnswer,
  Work,
  WorkRequest,
} from '../../../src/modules/node-protocol/index.js';
import type { LoadSetup } from './messages.js';
import { NodeClient, Refused } from './node-client.js';
import { SimulatedBackup } from './simulated-backup.js';
import type { Tally } from './tally.js';

const GIB = 1024 ** 3;
/** As the agent waits (AgentTimings). */
const POLL_SECONDS = 50;
const BUSY_POLL_SECONDS = 5;
const MOST_TASKS = 4;
const AGAIN_MS = 1000;

/** A node as the master sees it: it joins, sends heartbeats, asks for work and reports. What it works on is made up. */
export class SimulatedNode {
  private readonly client: NodeClient;
  private readonly name: string;
  private readonly held = new Set<HeldRun>();
  private nodeId = '';

  constructor(
    index: number,
    private readonly setup: LoadSetup,
    private readonly tally: Tally,
    private readonly master: () => string,
  ) {
    this.name = `web${String(index).padStart(5, '0')}`;
    const headers = { 'backupd-version': setup.version, 'backupd-boot': randomUUID() };
    this.client = new NodeClient(master, headers, addressOf(index), tally);
  }

  /** Becomes a node with a one-time token; its id. */
  async join(token: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const { name, setup } = this;
    const asked: JoinRequest = { name, hostname: name, version: setup.version, secret, token };
    const { requestId } = await this.client.ask<JoinRequestAnswer>('/node/join-requests', { body: asked });
    const path = `/node/join-requests/${requestId}/collect`;
    const { key, nodeId } = await this.client.ask<CollectAnswer>(path, { body: { secret } });
    if (key === undefined || nodeId === undefined) throw new Error(`${name} got no key`);
    this.client.useKey(key);
    this.nodeId = nodeId;
    return nodeId;
  }

  /** Heartbeats and asking for work, until the process ends. */
  begin(): void {
    void this.beat();
    void this.work();
  }

  private async beat(): Promise<void> {
    // Nodes are not started in the same moment.
    let waitMs = Math.random() * 15_000;
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) await pause(waitMs);
      const asked = performance.now();
      try {
        const answer = await this.client.ask<HeartbeatAnswer>('/node/heartbeat', { body: this.heartbeat(isFirst) });
        this.tally.heartbeat(performance.now() - asked);
        if (!isFirst) waitMs = answer.everySeconds * 1000;
      } catch {
        // It is counted; the next one follows.
      }
    }
  }

  private async work(): Promise<void> {
    for (;;) {
      const jobs = this.setup.jobsAtOnce - this.held.size;
      const request: WorkRequest = {
        jobs,
        tasks: MOST_TASKS,
        waitSeconds: jobs > 0 ? POLL_SECONDS : BUSY_POLL_SECONDS,
      };
      try {
        const work = await this.client.ask<Work | null>('/node/work', { body: request });
        if (work?.type === 'job') void this.run(work);
      } catch {
        await pause(AGAIN_MS);
      }
    }
  }

  private async run({ job }: Extract<Work, { type: 'job' }>): Promise<void> {
    const { jobId, runId, attempt, plan } = job;
    this.tally.taken({ jobId, runId, attempt, nodeId: this.nodeId });
    const run = { jobId, runId };
    this.held.add(run);
    try {
      if (plan.kind !== 'backup') throw new Refused(plan.kind, 'not simulated');
      await new SimulatedBackup(this.client, job, plan, this.setup.stageMs, this.master(), this.tally).run();
      this.tally.ended();
    } catch (error) {
      this.tally.fault(`run: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.held.delete(run);
    }
  }

  private heartbeat(isFirst: boolean): Heartbeat {
    const bytes = Math.round(performance.now() * 1000);
    return {
      isFirst,
      facts: {
        hostname: this.name,
        platform: 'linux x64',
        cpus: 8,
        memoryBytes: 32 * GIB,
        scanRoots: ['/var/www'],
        modules: ['wordpress'],
        limits: { io: this.setup.jobsAtOnce, network: 1, cpu: 4, bandwidthMbps: 50 },
      },
      load: {
        load1: Math.random() * 4,
        memoryFreeBytes: Math.round(Math.random() * 16 * GIB),
        rssBytes: 60_000_000,
        disks: [
          { path: '/', freeBytes: 20 * GIB, totalBytes: 40 * GIB },
          { path: '/var/www', freeBytes: 200 * GIB, totalBytes: 500 * GIB },
        ],
        network: { sentBytes: bytes, receivedBytes: bytes },
        uploadBytesPerSecond: 0,
      },
      runs: [...this.held],
      workOf: [...this.held].map(({ jobId }) => jobId),
      cleared: [],
    };
  }
}

/** Each node comes from an address of its own: the limits of the master are for each. */
function addressOf(index: number): string {
  return `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
}
