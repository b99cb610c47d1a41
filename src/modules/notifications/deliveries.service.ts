import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/index.js';
import { DeliveryState, NotificationChannel, NotificationDelivery } from './notification.entity.js';
import { deliveryNotFound, deliveryNotOver } from './notifications.errors.js';
import { NotificationTimings } from './notification-timings.js';

export interface DeliveryQuery {
  limit: number;
  offset: number;
  channelId?: string;
  state?: DeliveryState;
  siteId?: string;
}

export interface NamedDelivery {
  delivery: NotificationDelivery;
  /** Null when the channel is gone. */
  channelName: string | null;
}

/** What was sent, and what came of it. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly orm: MikroORM,
    private readonly timings: NotificationTimings,
  ) {}

  /** The newest first. */
  async list({ limit, offset, channelId, state, siteId }: DeliveryQuery): Promise<Page<NamedDelivery>> {
    const em = this.orm.em.fork();
    const where = {
      ...(channelId === undefined ? {} : { channelId }),
      ...(state === undefined ? {} : { state }),
      ...(siteId === undefined ? {} : { siteId }),
    };
    const [items, total] = await em.findAndCount(NotificationDelivery, where, {
      limit,
      offset,
      orderBy: { createdAt: 'desc', id: 'desc' },
    });
    const channels = await em.find(NotificationChannel, {}, { fields: ['id', 'name'] });
    const names = new Map(channels.map(({ id, name }) => [id, name]));
    return {
      items: items.map((delivery) => ({ delivery, channelName: names.get(delivery.channelId) ?? null })),
      total,
      limit,
      offset,
    };
  }

  /** Sends one that was given up or dropped once more, with all its tries. Errors: NOTIFICATION_DELIVERY_NOT_FOUND, NOTIFICATION_DELIVERY_NOT_OVER. */
  async retry(id: string): Promise<NamedDelivery> {
    return this.orm.em.fork().transactional(async (em) => {
      const changed = await em.nativeUpdate(
        NotificationDelivery,
        { id, state: { $in: [DeliveryState.Failed, DeliveryState.Dropped] } },
        {
          state: DeliveryState.Waiting,
          attempts: 0,
          error: null,
          nextAttemptAt: this.timings.now(),
          claimedUntil: null,
        },
      );
      const delivery = await em.findOne(NotificationDelivery, { id });
      if (delivery === null) throw deliveryNotFound(id);
      if (changed === 0) throw deliveryNotOver(delivery.state);
      const channel = await em.findOne(NotificationChannel, { id: delivery.channelId });
      return { delivery, channelName: channel?.name ?? null };
    });
  }
}
