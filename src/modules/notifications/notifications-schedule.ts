import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { asAppError } from '../../common/errors/index.js';
import { DeliverySender } from './delivery/delivery-sender.js';
import { Notifier } from './delivery/notifier.js';
import { DeliveryState, NotificationDelivery } from './notification.entity.js';
import { NotificationTimings } from './notification-timings.js';

const HOUR_MS = 3_600_000;

/** Drives the notifier: what happened becomes deliveries, what is due is sent. */
@Injectable()
export class NotificationsSchedule {
  private readonly logger = new Logger('notifications');
  private prunedAt = 0;

  constructor(
    private readonly orm: MikroORM,
    private readonly notifier: Notifier,
    private readonly sender: DeliverySender,
    private readonly timings: NotificationTimings,
  ) {}

  @Cron(CronExpression.EVERY_10_SECONDS, { name: 'notifications', waitForCompletion: true })
  async tick(): Promise<void> {
    for (const step of [() => this.notifier.run(), () => this.sender.start(), () => this.prune()])
      try {
        await step();
      } catch (error) {
        this.logger.warn(`Notifications are late: ${asAppError(error).message}`);
      }
  }

  /** Removes what is older than 90 days, once an hour. How many went. */
  async prune(): Promise<number> {
    const now = this.timings.now();
    if (now.getTime() < this.prunedAt + HOUR_MS) return 0;
    this.prunedAt = now.getTime();
    return this.orm.em.fork().nativeDelete(NotificationDelivery, {
      state: { $ne: DeliveryState.Waiting },
      createdAt: { $lt: new Date(now.getTime() - this.timings.keepMs) },
    });
  }
}
