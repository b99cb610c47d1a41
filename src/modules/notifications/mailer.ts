import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { ChannelsStore } from './channels-store.js';
import type { Message } from './news/message.js';
import { ChannelKind, NotificationChannel } from './notification.entity.js';
import { NotificationTimings } from './notification-timings.js';

/** A mail to one person. */
export interface Letter {
  title: string;
  text: string;
  hint: string;
  url: string;
}

/** Sends mail to a single person by the first enabled e-mail channel: its server, its sender, but not its addressees. */
@Injectable()
export class Mailer {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: ChannelsStore,
    private readonly timings: NotificationTimings,
  ) {}

  /** Whether there is such a channel. */
  async isReady(): Promise<boolean> {
    return (await this.channel()) !== null;
  }

  /** Sends once; not kept among the deliveries, as a letter may hold a secret. Errors: NOTIFICATION_REFUSED, NOTIFICATION_DEFERRED, OUTGOING_*. */
  async send(to: string, { title, text, hint, url }: Letter): Promise<void> {
    const channel = await this.channel();
    if (channel === null) return;
    const opened = this.store.opened(channel, { ...this.store.settingsOf(channel), to });
    const message: Message = {
      id: newId(),
      title,
      severity: 'info',
      good: true,
      sections: [{ heading: null, severity: 'info', text, hint, facts: [], url }],
      more: null,
      items: [],
      total: 1,
      ping: 'success',
      at: this.timings.now().toISOString(),
    };
    await opened.send(message);
  }

  private channel(): Promise<NotificationChannel | null> {
    return this.orm.em
      .fork()
      .findOne(NotificationChannel, { kind: ChannelKind.Email, enabled: true }, { orderBy: { createdAt: 'asc' } });
  }
}
