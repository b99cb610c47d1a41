import { Injectable } from '@nestjs/common';
import { AgentTasks } from '../node-agent-tasks/index.js';
import { NodeJobs } from '../node-jobs/index.js';
import { MasterClient } from '../node-link/index.js';
import type { HeartbeatAnswer, HeldRun, TaskOrder, Work } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { AgentWork, type Room } from './agent-work.js';

/** Someone waits for a task: some are done at a time, whatever jobs run. */
const MOST_TASKS = 4;

/** The jobs and tasks that the master gives this node. */
@Injectable()
export class NodeWork extends AgentWork {
  private readonly stopping = new AbortController();
  private tasksRunning = 0;

  constructor(
    private readonly jobs: NodeJobs,
    private readonly tasks: AgentTasks,
    private readonly master: MasterClient,
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
    return { jobs: this.resources.capacity('io') - this.jobs.running, tasks: MOST_TASKS - this.tasksRunning };
  }

  take(work: Work): void {
    if (work.type === 'job') this.jobs.take(work.job);
    else if (work.type === 'task') void this.doTask(work.task);
  }

  async stopAll(): Promise<void> {
    this.stopping.abort();
    await this.jobs.stopAll();
  }

  private async doTask(order: TaskOrder): Promise<void> {
    this.tasksRunning += 1;
    const tell = (answer: object): Promise<void> => this.master.call(`/node/tasks/${order.id}/answer`, answer);
    await this.tasks.run(order, tell, this.stopping.signal);
    this.tasksRunning -= 1;
  }
}
