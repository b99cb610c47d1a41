import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { lockInTransaction } from '../../database/index.js';
import { EventLog, type NewEvent } from '../events/index.js';
import { AlarmSettings } from './alarm-settings.js';
import { Alarm, Severity } from './alarm.entity.js';
import type { AlarmRule, Finding } from './rules/alarm-rule.js';

/** What one look changed. */
export interface Settled {
  raised: number;
  cleared: number;
}

/**
 * Raises, updates and clears alarms by the difference between what is open and what is wrong now, together with their events, in one
 * transaction. Masters take turns, so that there is one open alarm of a subject.
 */
@Injectable()
export class AlarmBook {
  constructor(
    private readonly orm: MikroORM,
    private readonly log: EventLog,
    private readonly settings: AlarmSettings,
  ) {}

  /** Looks once by one rule, at these sites or at everything. */
  async settle(rule: AlarmRule, now: Date, siteIds: readonly string[] | null = null): Promise<Settled> {
    const limits = await this.settings.get();
    const look = { now, limits, siteIds };
    await rule.prepare?.(now);
    const before = rule.slow === true ? await rule.find({ ...look, em: this.orm.em.fork() }) : null;
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, 'backupd:alarms', 'exclusive');
      const findings = before ?? (await rule.find({ ...look, em }));
      const where = {
        kind: rule.kind,
        clearedAt: null,
        ...(siteIds === null ? {} : { siteId: { $in: [...siteIds] } }),
      };
      const open = await em.find(Alarm, where);
      return this.enter(em, rule, new Map(findings.map((each) => [each.subject, each])), open, now);
    });
  }

  private async enter(
    em: EntityManager,
    rule: AlarmRule,
    found: ReadonlyMap<string, Finding>,
    open: readonly Alarm[],
    now: Date,
  ): Promise<Settled> {
    const events: NewEvent[] = [];
    const seen: string[] = [];
    let raised = 0;
    let cleared = 0;
    for (const alarm of open) {
      const finding = found.get(alarm.subject);
      if (finding !== undefined) {
        seen.push(alarm.id);
        if (update(alarm, finding)) events.push(eventOf('alarm.raised', alarm));
      } else if (rule.clears?.(alarm, now) ?? true) {
        alarm.clearedAt = now;
        cleared += 1;
        events.push(eventOf('alarm.cleared', alarm));
      }
    }
    const known = new Set(open.map(({ subject }) => subject));
    for (const finding of found.values()) {
      if (known.has(finding.subject)) continue;
      const alarm = em.create(Alarm, {
        id: newId(),
        kind: rule.kind,
        ...finding,
        siteId: finding.siteId ?? null,
        providerId: finding.providerId ?? null,
        raisedAt: now,
        lastSeenAt: now,
        clearedAt: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
      });
      em.persist(alarm);
      raised += 1;
      events.push(eventOf('alarm.raised', alarm));
    }
    await em.flush();
    if (seen.length > 0) await em.nativeUpdate(Alarm, { id: { $in: seen } }, { lastSeenAt: now });
    await this.log.append(em, events, now);
    return { raised, cleared };
  }
}

/** Brings the open alarm up to date; true when it has become critical, which is news again. */
function update(alarm: Alarm, { severity, message, hint, context }: Finding): boolean {
  const isWorse = severity === Severity.Critical && alarm.severity === Severity.Warning;
  alarm.severity = severity;
  if (alarm.message !== message) alarm.message = message;
  if (alarm.hint !== hint) alarm.hint = hint;
  alarm.context = context;
  if (isWorse) {
    alarm.acknowledgedAt = null;
    alarm.acknowledgedBy = null;
  }
  return isWorse;
}

/** The event that tells of it. */
export function eventOf(type: 'alarm.raised' | 'alarm.cleared', alarm: Alarm): NewEvent {
  const { id, kind, subject, severity, siteId, message, hint, context } = alarm;
  return {
    jobId: null,
    siteId: siteId ?? null,
    type,
    data: { alarmId: id, kind, subject, severity, message, hint, context },
  };
}
