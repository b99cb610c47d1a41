import { type FilterQuery, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { lockInTransaction } from '../../database/index.js';
import { EventLog } from '../events/index.js';
import { eventOf } from './alarm-book.js';
import { Alarm, AlarmKind, type Severity } from './alarm.entity.js';
import { alarmCleared, alarmNotFound } from './alarms.errors.js';

export interface AlarmFilter {
  open?: boolean | undefined;
  kind?: AlarmKind | undefined;
  severity?: Severity | undefined;
  siteId?: string | undefined;
  /** Only of these sites; null or absent = all there are. */
  within?: ReadonlySet<string> | null | undefined;
}

/** So long cleared ones are kept. */
const KEPT_MS = 365 * 86_400_000;

/** Alarms as they are shown and seen by people. */
@Injectable()
export class AlarmsService {
  constructor(
    private readonly orm: MikroORM,
    private readonly log: EventLog,
  ) {}

  /** The open ones first, the newest of them first. */
  async list(filter: AlarmFilter, { limit, offset }: PageQueryDto): Promise<Page<Alarm>> {
    const where: FilterQuery<Alarm> = {
      ...(filter.open === undefined ? {} : { clearedAt: filter.open ? null : { $ne: null } }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...(filter.severity === undefined ? {} : { severity: filter.severity }),
      ...(filter.siteId === undefined ? {} : { siteId: filter.siteId }),
      ...((filter.within ?? null) === null ? {} : { $and: [{ siteId: { $in: [...(filter.within ?? [])] } }] }),
    };
    const [items, total] = await this.orm.em.fork().findAndCount(Alarm, where, {
      limit,
      offset,
      orderBy: { clearedAt: 'desc nulls first', raisedAt: 'desc', id: 'desc' },
    });
    return { items, total, limit, offset };
  }

  /** Removes those that were cleared a year ago. Idempotent. */
  async prune(now: Date): Promise<void> {
    await this.orm.em.fork().nativeDelete(Alarm, { clearedAt: { $lt: new Date(now.getTime() - KEPT_MS) } });
  }

  /** The site that the alarm is about; null when it is about none, or there is no such alarm. */
  async siteOf(id: string): Promise<string | null> {
    const alarm = await this.orm.em.fork().findOne(Alarm, { id }, { fields: ['siteId'] });
    return alarm?.siteId ?? null;
  }

  /** Error: ALARM_NOT_FOUND. */
  async get(id: string): Promise<Alarm> {
    const alarm = await this.orm.em.fork().findOne(Alarm, { id });
    if (alarm === null) throw alarmNotFound(id);
    return alarm;
  }

  /**
   * Somebody has seen it. It stays open until it is well again, but for `backup.shrunk`: that is cleared, as a person says that the new
   * level is meant. Again: nothing changes. Errors: ALARM_NOT_FOUND, ALARM_CLEARED.
   */
  async acknowledge(id: string, by: string): Promise<Alarm> {
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, 'backupd:alarms', 'exclusive');
      const alarm = await em.findOne(Alarm, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (alarm === null) throw alarmNotFound(id);
      const isAcknowledged = (alarm.acknowledgedAt ?? null) !== null;
      if (isAcknowledged) return alarm;
      if ((alarm.clearedAt ?? null) !== null) throw alarmCleared(alarm);
      const now = new Date();
      alarm.acknowledgedAt = now;
      alarm.acknowledgedBy = by;
      if (alarm.kind !== AlarmKind.BackupShrunk) return alarm;
      alarm.clearedAt = now;
      await em.flush();
      await this.log.append(em, [eventOf('alarm.cleared', alarm)], now);
      return alarm;
    });
  }
}
