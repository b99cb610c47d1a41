import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AppConfig } from '../../../src/config/index.js';
import { holdDataDir } from '../../../src/data-dir.js';
import { AgentTimings } from '../../../src/modules/node-agent/index.js';
import { NodeModule } from '../../../src/node.module.js';
import type { StreamedEvent } from '../../support/api.js';
import type { TestApp } from '../core/test-app.js';
import { PlainFeature } from '../jobs/jobs-app.js';
import { TestNode } from '../nodes/support.js';

@Module({})
class AgentRoot {}

/** A node in this process: the real agent on a data dir of its own, with the tests' backup module, over HTTP. */
export class TestAgent {
  private constructor(
    readonly node: TestNode,
    readonly config: AppConfig,
    private ref: TestingModule | null,
    private readonly url: string,
  ) {}

  /** Joins the master and starts. `url`: where it finds the master, when not directly. */
  static async join(test: TestApp, name: string, url = test.anyone.url): Promise<TestAgent> {
    const node = await TestNode.join(test, name);
    const limits = { io: 2, network: 2, cpu: 2, bandwidthMbps: 0 };
    const config = AppConfig.of({ dataDir: join(test.folder, `node-${name}`), limits });
    const agent = new TestAgent(node, config, null, url);
    await agent.start();
    return agent;
  }

  get id(): string {
    return this.node.id;
  }

  async start(): Promise<void> {
    const held = holdDataDir(this.config.paths);
    held.release();
    const { id, key } = this.node;
    const master = { url: this.url, ca: null, fingerprint: null, allowHttp: true };
    const identity = { master, key, nodeId: id, name: null, isKeyConfigured: true };
    const imports = [AgentRoot, NodeModule.with(this.config, identity), PlainFeature];
    const ref = await Test.createTestingModule({ imports }).compile();
    Object.assign(ref.get(AgentTimings, { strict: false }), quick);
    await ref.init();
    this.ref = ref;
  }

  /** The jobs with a work folder here. */
  workFolders(): string[] {
    return readdirSync(this.config.paths.work);
  }

  get<T>(type: Type<T>): T {
    if (this.ref === null) throw new Error('The agent does not run.');
    return this.ref.get(type, { strict: false });
  }

  /** As a stop of the process. */
  async stop(): Promise<void> {
    const { ref } = this;
    this.ref = null;
    await ref?.close();
  }
}

const quick: Partial<AgentTimings> = {
  heartbeatMs: 300,
  retry: { firstMs: 50, longestMs: 200 },
  refusedMs: 300,
  busyPollMs: 500,
  roomMs: 50,
};

/** Beginnings and ends of job and stages, in order, as text. */
export function milestones(events: readonly StreamedEvent[]): string[] {
  return events.flatMap(({ type, data: { stage } }) => {
    if (!/^(job\.(started|completed)|stage\.(started|completed))$/.test(type)) return [];
    return [typeof stage === 'string' ? `${type} ${stage}` : type];
  });
}

/** The milestones of a job that went through at once. */
export function straight(stages: readonly { name: string }[]): string[] {
  const each = stages.flatMap(({ name }) => [`stage.started ${name}`, `stage.completed ${name}`]);
  return ['job.started', ...each, 'job.completed'];
}
