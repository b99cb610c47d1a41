import { mkdirSync } from 'node:fs';
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppError } from '../../../src/common/errors/index.js';
import { newId } from '../../../src/common/ids.js';
import { AppConfig } from '../../../src/config/index.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { BackupModulesModule } from '../../../src/modules/backup-modules/index.js';
import { NodeAccess } from '../../../src/modules/auth/index.js';
import { AgentTasks, NodeAgentTasksModule } from '../../../src/modules/node-agent-tasks/index.js';
import { nodeJobsProviders } from '../../../src/modules/node-jobs/index.js';
import { MasterClient, SignedClient } from '../../../src/modules/node-link/index.js';
import type { TaskAnswer, TaskOrder } from '../../../src/modules/node-protocol/index.js';
import { NodeTasks } from '../../../src/modules/node-tasks/index.js';
import { ResourcesModule } from '../../../src/modules/resources/index.js';
import { SecretBoxModule } from '../../../src/modules/secrets/box/index.js';
import { runSql } from '../../support/postgres.js';
import type { Answer, TestApi } from '../../support/api.js';
import type { TestApp } from '../core/test-app.js';

@Module({})
class AgentModule {
  readonly name = 'agent';
}

const names = new Map<string, { nodeId: string; nodeName: string }>();

/** A host on this disk that does tasks: its rows and its requests are real, its agent lives in this process. */
export class FakeNode {
  readonly id = newId();
  private readonly key = `key-of-${this.id}`;
  private agent: INestApplicationContext | null = null;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  private constructor(
    private readonly test: TestApp,
    readonly name: string,
  ) {}

  /** A node that is known and does nothing. */
  static async add(test: TestApp, name: string, modules: readonly string[] = ['notes']): Promise<FakeNode> {
    const node = new FakeNode(test, name);
    names.set(node.key, { nodeId: node.id, nodeName: name });
    test.app
      .get(NodeAccess)
      .register((key) =>
        Promise.resolve(
          names.has(key) ? { nodeId: '', nodeName: '', ...names.get(key), bootId: 'boot', version: '1.0.0' } : null,
        ),
      );
    const facts = JSON.stringify({ hostname: name, modules, scanRoots: [`${test.folder}/www`] });
    await runSql(
      String(test.config.databaseUrl),
      `insert into node (id, name, hostname, key_hash, health, health_since, last_seen_at, created_at, facts)
        values ('${node.id}', '${name}', '${name}', '${node.id}', 'online', now(), now(), now(), '${facts}')`,
    );
    return node;
  }

  get api(): TestApi {
    return this.test.anyone.as(this.key);
  }

  take(): Promise<TaskOrder | null> {
    return this.test.app.get(NodeTasks).takeNext(this.id);
  }

  answer(id: string, answer: Partial<TaskAnswer>): Promise<Answer> {
    return this.api.call('POST', `/node/tasks/${id}/answer`, { parts: [], isLast: false, ...answer });
  }

  /** Lets an agent with these backup modules do what is asked, until `stop`. */
  async start(modules: (Type | DynamicModule)[]): Promise<void> {
    const config = AppConfig.of({
      dataDir: `${this.test.folder}/${this.name}`,
      scanRoots: [`${this.test.folder}/www`],
    });
    mkdirSync(config.paths.work, { recursive: true });
    const imports = [ConfigModule.with(config), SecretBoxModule, ResourcesModule, BackupModulesModule];
    const place = { url: this.test.anyone.url, ca: null, fingerprint: null, allowHttp: false };
    const providers = [
      { provide: MasterClient, useFactory: () => new MasterClient(place, () => this.key) },
      SignedClient,
      ...nodeJobsProviders,
    ];
    this.agent = await NestFactory.createApplicationContext(
      { module: AgentModule, imports: [...imports, NodeAgentTasksModule, ...modules], providers },
      { logger: ['error', 'fatal'], abortOnError: false },
    );
    this.loop = this.work(this.agent.get(AgentTasks, { strict: false }));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.agent?.close();
  }

  private async work(tasks: AgentTasks): Promise<void> {
    const { signal } = this.stopping;
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      const { status, body } = await this.api.call('POST', '/node/work', { jobs: 0, tasks: 1, waitSeconds: 1 });
      if (status !== 200 || body['type'] !== 'task') continue;
      const order = body['task'] as TaskOrder;
      const run = tasks.run(order, (answer) => this.tell(order.id, answer), signal);
      running.add(run);
      void run.then(() => running.delete(run));
    }
    await Promise.all(running);
  }

  private async tell(id: string, answer: TaskAnswer): Promise<void> {
    const { status, body } = await this.answer(id, answer);
    if (status >= 300)
      throw new AppError({
        code: String(body['code']),
        kind: 'internal',
        message: JSON.stringify(body),
        retry: status === 429 ? 'later' : 'never',
      });
  }
}
