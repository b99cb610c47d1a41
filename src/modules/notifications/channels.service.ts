import { type EntityManager, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { InvalidRequestError, type Page, type PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { schemaFaults } from '../../common/json-schema.js';
import { AppConfig } from '../../config/index.js';
import { ChannelsStore } from './channels-store.js';
import { senders, type Settings } from './channels/index.js';
import { messageOf } from './news/message.js';
import { testNews } from './news/test-news.js';
import {
  ChannelKind,
  DeliveryState,
  NotificationChannel,
  NotificationDelivery,
  NotificationRule,
} from './notification.entity.js';
import { channelInUse, channelKindUnknown, channelNameTaken, channelNotFound } from './notifications.errors.js';
import { NotificationTimings } from './notification-timings.js';

/** Stands for a secret in answers; sent back it leaves the secret as it is. */
export const MASK = '***';

export interface ChannelChanges {
  name?: string;
  settings?: Settings;
  enabled?: boolean;
}

/** What came of a test. */
export interface ChannelTest {
  ok: boolean;
  durationMs: number;
  /** HTTP or SMTP answer; null when there was none. */
  response: string | null;
  error: { code: string; message: string; hint: string | null } | null;
}

/** The ways to reach people. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: ChannelsStore,
    private readonly timings: NotificationTimings,
    private readonly config: AppConfig,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<NotificationChannel>> {
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(NotificationChannel, {}, { limit, offset, orderBy: { createdAt: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: NOTIFICATION_CHANNEL_NOT_FOUND. */
  get(id: string): Promise<NotificationChannel> {
    return find(this.orm.em.fork(), id);
  }

  /** The settings for answers: secrets as `***`. */
  shown(channel: NotificationChannel): Record<string, unknown> {
    const { secretSettings } = senders[channel.kind];
    // A key that is gone must not hide the channel.
    const all = Object.keys(this.settingsOrOpen(channel)).filter((name) => secretSettings.includes(name));
    return { ...channel.settings, ...Object.fromEntries(all.map((name) => [name, MASK])) };
  }

  /** Errors: NOTIFICATION_CHANNEL_KIND_UNKNOWN, NOTIFICATION_CHANNEL_NAME_TAKEN, REQUEST_INVALID. Sends nothing. */
  async create({
    name,
    kind,
    settings,
  }: {
    name: string;
    kind: string;
    settings: Settings;
  }): Promise<NotificationChannel> {
    const known = kindOf(kind);
    const parts = this.split(known, settings);
    const now = this.timings.now();
    return this.save(name, async (em) => {
      const channel = em.create(NotificationChannel, {
        id: newId(),
        name,
        kind: known,
        ...parts,
        enabled: true,
        createdAt: now,
        updatedAt: now,
      });
      em.persist(channel);
      return channel;
    });
  }

  /** New settings are merged over the old ones; null removes one, `***` keeps a secret. Errors: as `create`, NOTIFICATION_CHANNEL_NOT_FOUND. */
  async update(id: string, { name, settings, enabled }: ChannelChanges): Promise<NotificationChannel> {
    return this.save(name ?? '', async (em) => {
      const channel = await find(em, id);
      if (name !== undefined) channel.name = name;
      if (enabled !== undefined) channel.enabled = enabled;
      if (settings !== undefined) {
        const { secretSettings } = senders[channel.kind];
        const given = Object.entries(settings).filter(
          ([key, value]) => value !== MASK || !secretSettings.includes(key),
        );
        const merged = Object.entries({ ...this.store.settingsOf(channel), ...Object.fromEntries(given) });
        Object.assign(
          channel,
          this.split(channel.kind, Object.fromEntries(merged.filter(([, value]) => value !== null))),
        );
      }
      channel.updatedAt = this.timings.now();
      return channel;
    });
  }

  /** Forgets it; what waited for it is dropped. Errors: NOTIFICATION_CHANNEL_NOT_FOUND, NOTIFICATION_CHANNEL_IN_USE. */
  async remove(id: string): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      const channel = await find(em, id);
      const rules = (await em.find(NotificationRule, {})).filter(({ channelIds }) => channelIds.includes(id));
      if (rules.length > 0) throw channelInUse(rules.map(({ name }) => name));
      em.remove(channel);
    });
  }

  /** Sends a test message now, enabled or not, and says what came of it. Never tried again. Error: NOTIFICATION_CHANNEL_NOT_FOUND. */
  async test(id: string): Promise<ChannelTest> {
    const opened = await this.store.open(id);
    if (opened === null) throw channelNotFound(id);
    const now = this.timings.now();
    const news = testNews(opened.channel.name, now);
    const deliveryId = newId();
    const begun = performance.now();
    let result: Pick<ChannelTest, 'response' | 'error'>;
    try {
      const response = await opened.send(messageOf(deliveryId, [news], this.config.publicUrl));
      result = { response: opened.safe(response), error: null };
    } catch (thrown) {
      const { code, message, hint, context } = asAppError(thrown);
      const answer =
        typeof context['answer'] === 'string' && context['answer'] !== '' ? opened.safe(context['answer']) : null;
      const error = { code, message: opened.safe(message), hint: hint === undefined ? null : opened.safe(hint) };
      result = { response: answer, error };
    }
    const ok = result.error === null;
    await this.orm.em.fork().insert(NotificationDelivery, {
      id: deliveryId,
      channelId: id,
      topic: news.topic,
      message: { ...news },
      state: ok ? DeliveryState.Sent : DeliveryState.Failed,
      attempts: 1,
      error: result.error?.message ?? null,
      response: result.response,
      createdAt: now,
      sentAt: ok ? this.timings.now() : null,
    });
    return { ok, durationMs: Math.round(performance.now() - begun), ...result };
  }

  private settingsOrOpen(channel: NotificationChannel): Settings {
    try {
      return this.store.settingsOf(channel);
    } catch {
      return channel.settings;
    }
  }

  /** Checks the settings and parts the secret ones from the rest. */
  private split(kind: ChannelKind, settings: Settings): { settings: Record<string, unknown>; sealed: string | null } {
    const sender = senders[kind];
    const faults = schemaFaults(sender.settingsSchema, settings, 'settings');
    if (faults.length === 0) faults.push(...(sender.faults?.(settings) ?? []));
    if (faults.length > 0) throw new InvalidRequestError(faults);
    const entries = Object.entries(settings);
    const secret = entries.filter(([name]) => sender.secretSettings.includes(name));
    const open = entries.filter(([name]) => !sender.secretSettings.includes(name));
    return { settings: Object.fromEntries(open), sealed: this.store.seal(Object.fromEntries(secret)) };
  }

  private async save<T>(name: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.orm.em.fork().transactional(work);
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw channelNameTaken(name);
      throw error;
    }
  }
}

function kindOf(kind: string): ChannelKind {
  const known = Object.values(ChannelKind).find((each) => each === kind);
  if (known === undefined) throw channelKindUnknown(kind);
  return known;
}

async function find(em: EntityManager, id: string): Promise<NotificationChannel> {
  const channel = await em.findOne(NotificationChannel, { id });
  if (channel === null) throw channelNotFound(id);
  return channel;
}
