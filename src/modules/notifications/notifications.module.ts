import { Module } from '@nestjs/common';
import { ChannelsController } from './channels.controller.js';
import { ChannelsService } from './channels.service.js';
import { ChannelsStore } from './channels-store.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryClaims } from './delivery/delivery-claims.js';
import { DeliverySender } from './delivery/delivery-sender.js';
import { DeliveryWriter } from './delivery/delivery-writer.js';
import { Heartbeats } from './delivery/heartbeats.js';
import { Notifier } from './delivery/notifier.js';
import { Reminders } from './delivery/reminders.js';
import { Mailer } from './mailer.js';
import { NotificationTimings } from './notification-timings.js';
import { NotificationsSchedule } from './notifications-schedule.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';

/** News that arrives: channels, rules, deliveries; see docs/notifications.md. */
@Module({
  controllers: [ChannelsController, RulesController, DeliveriesController],
  providers: [
    NotificationTimings,
    ChannelsStore,
    ChannelsService,
    RulesService,
    DeliveriesService,
    DeliveryWriter,
    Reminders,
    Heartbeats,
    Notifier,
    DeliveryClaims,
    DeliverySender,
    NotificationsSchedule,
    Mailer,
  ],
  exports: [Mailer],
})
export class NotificationsModule {}
