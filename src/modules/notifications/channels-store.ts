import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { SecretBox } from '../secrets/index.js';
import type { Transport } from './channels/channel-kind.js';
import { senders, type ChannelSender, type Settings } from './channels/index.js';
import type { Message } from './news/message.js';
import { NotificationChannel } from './notification.entity.js';
import { NotificationTimings } from './notification-timings.js';

// oxlint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f]+/g;

/** A channel with all that is needed to send. Holds secrets: never log it. */
export class OpenChannel {
  readonly sender: ChannelSender;

  constructor(
    readonly channel: NotificationChannel,
    readonly settings: Settings,
    private readonly transport: Omit<Transport, 'signal'>,
  ) {
    this.sender = senders[channel.kind];
  }

  /** Errors: as `ChannelSender.send`; they may quote an answer, so show them through `safe` only. */
  send(message: Message, signal?: AbortSignal): Promise<string> {
    return this.sender.send(message, this.settings, {
      ...this.transport,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Text of the other side without this channel's secrets, which it may have echoed, in one line of a bounded length. */
  safe(text: string): string {
    let safe = text;
    for (const secret of this.secrets()) safe = safe.replaceAll(secret, '***');
    return safe.replaceAll(CONTROLS, ' ').trim().slice(0, 500);
  }

  /** Each secret, and the parts of secret URLs that make them secret, the longest first. */
  private secrets(): string[] {
    const values = this.sender.secretSettings.map((name) => this.settings[name]);
    const texts = values.filter((value): value is string => typeof value === 'string' && value !== '');
    const parts = texts.flatMap((value) => {
      if (!URL.canParse(value)) return [];
      const { pathname, search, password } = new URL(value);
      return [pathname + search, ...pathname.split('/'), search.slice(1), password].filter((part) => part.length >= 6);
    });
    return [...new Set([...texts, ...parts, ...texts.map(encodeURIComponent)])].toSorted((a, b) => b.length - a.length);
  }
}

/** Opens the sealed settings of channels. */
@Injectable()
export class ChannelsStore {
  constructor(
    private readonly orm: MikroORM,
    private readonly box: SecretBox,
    private readonly config: AppConfig,
    private readonly timings: NotificationTimings,
  ) {}

  /** Null when there is none with this id. Error: SECRET_UNREADABLE. */
  async open(id: string): Promise<OpenChannel | null> {
    const channel = await this.orm.em.fork().findOne(NotificationChannel, { id });
    return channel === null ? null : this.opened(channel, this.settingsOf(channel));
  }

  opened(channel: NotificationChannel, settings: Settings): OpenChannel {
    return new OpenChannel(channel, settings, {
      allow: this.config.outgoingAllow,
      timeoutMs: this.timings.timeoutMs,
    });
  }

  /** All settings, secrets too. Error: SECRET_UNREADABLE. */
  settingsOf({ settings, sealed }: Pick<NotificationChannel, 'settings' | 'sealed'>): Record<string, unknown> {
    const secrets: unknown = sealed === null || sealed === undefined ? {} : JSON.parse(this.box.reveal(sealed));
    return Object.assign({}, settings, secrets);
  }

  seal(secrets: Settings): string | null {
    return Object.keys(secrets).length === 0 ? null : this.box.seal(JSON.stringify(secrets));
  }
}
