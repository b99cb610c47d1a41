import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EventLog } from './event-log.js';

const EVERY_MS = 600_000;

/** Keeps the event log small. */
@Injectable()
export class EventPruner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('events');
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly log: EventLog) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.prune(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private async prune(): Promise<void> {
    try {
      await this.log.prune(new Date());
    } catch (error) {
      this.logger.warn(`Old events could not be removed: ${String(error)}`);
    }
  }
}
