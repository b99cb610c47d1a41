import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { RetentionRunner } from './retention-runner.js';

/** Applies all policies every hour. */
@Injectable()
export class RetentionSchedule {
  private readonly logger = new Logger('retention');

  constructor(private readonly runner: RetentionRunner) {}

  @Cron('0 17 * * * *', { name: 'retention', waitForCompletion: true })
  async run(): Promise<void> {
    try {
      await this.runner.applyAll();
    } catch (error) {
      this.logger.warn(`Retention could not be applied: ${String(error)}`);
    }
  }
}
