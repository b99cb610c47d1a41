import { type EntityManager, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { InvalidRequestError, type Page, type PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import type { NewsSeverity } from './news/news.js';
import {
  DeliveryState,
  NotificationChannel,
  NotificationDelivery,
  NotificationRule,
  type QuietHours,
} from './notification.entity.js';
import { ruleNameTaken, ruleNotFound } from './notifications.errors.js';
import { NotificationTimings } from './notification-timings.js';
import type { Digest } from './rules/digest.js';

/** What can be said of a rule; see NotificationRuleDto. */
export interface RuleValues {
  name: string;
  events: string[];
  minSeverity?: NewsSeverity;
  siteIds?: string[] | null;
  labels?: string[] | null;
  channelIds: string[];
  quietHours?: QuietHours | null;
  digest?: Digest | null;
  recovered?: boolean;
  remindHours?: number | null;
  enabled?: boolean;
}

/** What of the news goes where. */
@Injectable()
export class RulesService {
  constructor(
    private readonly orm: MikroORM,
    private readonly timings: NotificationTimings,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<NotificationRule>> {
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(NotificationRule, {}, { limit, offset, orderBy: { createdAt: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: NOTIFICATION_RULE_NOT_FOUND. */
  get(id: string): Promise<NotificationRule> {
    return find(this.orm.em.fork(), id);
  }

  /** Counts from the next event on. Errors: NOTIFICATION_RULE_NAME_TAKEN, REQUEST_INVALID (unknown channels or sites). */
  async create(values: RuleValues): Promise<NotificationRule> {
    const now = this.timings.now();
    return this.save(values.name, async (em) => {
      await requireKnown(em, values);
      const rule = em.create(NotificationRule, {
        id: newId(),
        name: values.name,
        events: values.events,
        minSeverity: values.minSeverity ?? 'info',
        sites: sitesOf({}, values),
        channelIds: values.channelIds,
        quietHours: values.quietHours ?? null,
        digest: values.digest ?? null,
        recovered: values.recovered ?? true,
        remindHours: values.remindHours ?? null,
        enabled: values.enabled ?? true,
        createdAt: now,
        updatedAt: now,
      });
      em.persist(rule);
      return rule;
    });
  }

  /** What waits is looked at again under the new terms. Errors: as `create`, NOTIFICATION_RULE_NOT_FOUND. */
  async update(id: string, changes: Partial<RuleValues>): Promise<NotificationRule> {
    return this.save(changes.name ?? '', async (em) => {
      await requireKnown(em, changes);
      const rule = await find(em, id);
      const { siteIds, labels, ...rest } = changes;
      Object.assign(rule, Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)));
      rule.sites = sitesOf(rule.sites, { siteIds, labels });
      rule.updatedAt = this.timings.now();
      if (rest.quietHours !== undefined || rest.digest !== undefined)
        await em.nativeUpdate(
          NotificationDelivery,
          { ruleId: id, state: DeliveryState.Waiting, attempts: 0 },
          { nextAttemptAt: this.timings.now() },
        );
      return rule;
    });
  }

  /** What waits by it is dropped. Error: NOTIFICATION_RULE_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      em.remove(await find(em, id));
    });
  }

  private async save<T>(name: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.orm.em.fork().transactional(work);
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw ruleNameTaken(name);
      throw error;
    }
  }
}

type SiteChoice = { siteIds?: string[] | null | undefined; labels?: string[] | null | undefined };

/** Null takes a filter away; what is left out stays. */
function sitesOf(before: NotificationRule['sites'], { siteIds, labels }: SiteChoice): NotificationRule['sites'] {
  const ids = siteIds === undefined ? before.siteIds : (siteIds ?? undefined);
  const words = labels === undefined ? before.labels : (labels ?? undefined);
  return { ...(ids === undefined ? {} : { siteIds: ids }), ...(words === undefined ? {} : { labels: words }) };
}

async function requireKnown(em: EntityManager, { channelIds = [], siteIds }: Partial<RuleValues>): Promise<void> {
  const channels = new Set(
    (await em.find(NotificationChannel, { id: { $in: channelIds } }, { fields: ['id'] })).map(({ id }) => id),
  );
  const sites = new Set(
    siteIds === undefined || siteIds === null || siteIds.length === 0
      ? []
      : (
          await em.execute<{ id: string }[]>('select id from site where id = any(?::uuid[])', [
            `{${siteIds.join(',')}}`,
          ])
        ).map(({ id }) => id),
  );
  const faults = [
    ...channelIds
      .filter((id) => !channels.has(id))
      .map((id) => ({ field: 'channelIds', message: `channelIds: there is no notification channel ${id}` })),
    ...(siteIds ?? [])
      .filter((id) => !sites.has(id))
      .map((id) => ({ field: 'siteIds', message: `siteIds: there is no site ${id}` })),
  ];
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

async function find(em: EntityManager, id: string): Promise<NotificationRule> {
  const rule = await em.findOne(NotificationRule, { id });
  if (rule === null) throw ruleNotFound(id);
  return rule;
}
