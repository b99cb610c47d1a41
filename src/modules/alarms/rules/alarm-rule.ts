import type { EntityManager } from '@mikro-orm/postgresql';
import type { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmLimits } from '../alarm-settings.js';

/** Something that is not as it must be, now. */
export interface Finding {
  /** What it is about within its kind: the id of a site or storage, or a path. One finding for each. */
  subject: string;
  severity: Severity;
  siteId?: string;
  providerId?: string;
  /** A sentence for a person. It says no running time, or it would change with every look. */
  message: string;
  /** What a person can do. */
  hint: string;
  /** Safe figures. */
  context: Record<string, unknown>;
}

/** What a look is about. */
export interface Look {
  em: EntityManager;
  now: Date;
  limits: AlarmLimits;
  /** Only these sites; null = everything. */
  siteIds: readonly string[] | null;
}

/** Which alarms are open that a rule would know of. */
export interface OpenAlarm {
  subject: string;
  lastSeenAt: Date;
}

/** Finds all that is wrong of one kind. Holds no state; the same on every master. */
export interface AlarmRule {
  readonly kind: AlarmKind;
  /** The rounds look at most so often, in minutes. */
  readonly everyMinutes: number;
  /** When a job ends: look at its `site`, at `everything`, or wait for the round. */
  readonly afterJob: 'site' | 'everything' | 'nothing';
  /** Asks disks or other machines: it is asked outside of the transaction that enters what it found. */
  readonly slow?: boolean;
  /** Called before `find`, outside of the transaction. */
  prepare?(now: Date): Promise<void>;
  find(look: Look): Promise<Finding[]>;
  /** Whether an open alarm that was not found is for this master to clear; absent = always. */
  clears?(alarm: OpenAlarm, now: Date): boolean;
}

/** `and …` that keeps a query to the sites that are looked at, and its values. */
export function onlySites({ siteIds }: Look): { sql: string; values: unknown[] } {
  if (siteIds === null) return { sql: '', values: [] };
  return {
    sql: 'and s.id in (select value::uuid from jsonb_array_elements_text(?::jsonb))',
    values: [JSON.stringify(siteIds)],
  };
}

/** A time for a person, in a message. */
export const minuteOf = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
