import { Injectable } from '@nestjs/common';
import { NodeJobs } from '../node-jobs/index.js';
import type { HeartbeatAnswer, HeldRun, Work } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { AgentWork, type Room } from './agent-work.js';

/** The jobs that the master gives this node. */
@Injectable()
export class NodeWork extends AgentWork {
  constructor(
    private readonly jobs: NodeJobs,
    private readonly resources: ResourceService,
  ) {
    super();
  }

  async start(): Promise<void> {
    await this.jobs.start();
  }

  held(): HeldRun[] {
    return this.jobs.held();
  }

  workOf(): Promise<string[]> {
    return this.jobs.workOf();
  }

  cleared(): string[] {
    return this.jobs.cleared();
  }

  onAnswer(answer: HeartbeatAnswer): void {
    this.jobs.onAnswer(answer);
  }

  /** As many jobs at a time as there are units for reading and writing. */
  room(): Room {
    return { jobs: this.resources.capacity('io') - this.jobs.running, tasks: 1 };
  }

  take(work: Work): void {
    if (work.type === 'job') this.jobs.take(work.job);
  }

  async stopAll(): Promise<void> {
    await this.jobs.stopAll();
  }
}
