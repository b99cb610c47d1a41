import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MasterClient } from '../node-link/index.js';
import { AgentWork } from './agent-work.js';
import { Heartbeats } from './heartbeats.js';
import { NodeKey } from './node-key.js';
import { NodeStatus } from './node-status.js';
import { WorkLoop } from './work-loop.js';

/** The agent's life: work of before first, then heartbeats and the asking for work; at the end work first, then the link. */
@Injectable()
export class Agent implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly asking = new AbortController();
  private readonly beating = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: MasterClient,
    private readonly work: AgentWork,
    private readonly heartbeats: Heartbeats,
    private readonly loop: WorkLoop,
    private readonly key: NodeKey,
    private readonly status: NodeStatus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.status.is({ master: this.key.master, ...this.key.who });
    await this.work.start();
    await this.status.write();
    this.running = Promise.all([this.heartbeats.run(this.beating.signal), this.loop.run(this.asking.signal)]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.asking.abort();
    await this.work.stopAll();
    this.beating.abort();
    await this.running;
    this.client.close();
  }
}
