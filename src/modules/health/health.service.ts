import { setTimeout as sleep } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { schemaIsCurrent } from '../../database/index.js';
import { JobQueue } from '../jobs/index.js';

/** What does not answer in this time counts as failed. */
const PATIENCE_MS = 3000;
/** What work needs, each as it was when asked. */
export interface Readiness {
  database: boolean;
  queue: boolean;
  /** The schema is the one that this build knows. */
  schema: boolean;
  /** Started, and not about to stop. */
  running: boolean;
}

@Injectable()
export class HealthService implements OnApplicationBootstrap, OnModuleDestroy {
  /** An answer holds for so long, so that whoever asks often costs little. */
  freshMs = 1000;
  private running = false;
  private last: { at: number; answer: Promise<Readiness> } | null = null;

  constructor(
    private readonly orm: MikroORM,
    private readonly queue: JobQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.running = true;
  }

  onModuleDestroy(): void {
    this.running = false;
  }

  /** Whether the database answers. */
  async databaseAnswers(): Promise<boolean> {
    return (await this.readiness()).database;
  }

  /** Whether work can be taken and done. */
  async isReady(): Promise<boolean> {
    return Object.values(await this.readiness()).every(Boolean);
  }

  /** Asked anew once a second at most; `running` is always of this moment. */
  async readiness(): Promise<Readiness> {
    const now = performance.now();
    if (this.last === null || now - this.last.at > this.freshMs) this.last = { at: now, answer: this.ask() };
    return { ...(await this.last.answer), running: this.running };
  }

  private async ask(): Promise<Readiness> {
    const em = this.orm.em.fork();
    const [database, queue, schema] = await Promise.all([
      holds(async () => em.execute('select 1')),
      holds(async () => this.queue.ask()),
      holds(async () => schemaIsCurrent(em)),
    ]);
    return { database, queue, schema, running: this.running };
  }
}

/** False when it throws, says false, or takes too long. */
async function holds(what: () => Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const answer = what().then(
    (said) => said !== false,
    () => false,
  );
  const patience = sleep(PATIENCE_MS, false, { signal: late.signal }).catch(() => false);
  const held = await Promise.race([answer, patience]);
  late.abort();
  return held;
}
