import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { RetentionRunner } from './retention-runner.js';

/** Applies all policies every hour, unless the administrator's own schedule does. */
@Injectable()
export class RetentionSchedule {
  private readonly logger = new Logger('retention');
  private isReplaced: () => Promise<boolean> = () => Promise.resolve(false);

  constructor(private readonly runner: RetentionRunner) {}

  /** Asked each time whether a schedule takes the place of this one. */
  replaceWhen(isReplaced: () => Promise<boolean>): void {
    this.isReplaced = isReplaced;
  }

  @Cron('0 17 * * * *', { name: 'retention', waitForCompletion: true })
  async run(): Promise<void> {
    try {
      if (!(await this.isReplaced())) await this.runner.applyAll();
    } catch (error) {
      this.logger.warn(`Retention could not be applied: ${String(error)}`);
    }
  }

  /** Applies all policies now; ends with the last one, or when the signal is raised. */
  async applyAll(signal: AbortSignal): Promise<void> {
    await this.runner.applyAll(signal);
  }
}
