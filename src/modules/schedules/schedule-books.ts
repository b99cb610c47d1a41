import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isTimeZone } from '../../common/time-zones.js';
import { SettingsService } from '../settings/index.js';
import { ScheduleBook, type ScheduledSite } from './book.js';
import { Schedule } from './schedule.entity.js';

const SETTING = 'schedules';

interface SiteRow {
  id: string;
  name: string;
  labels: string[];
  time_zone: string | null;
  node_id: string | null;
  paused: boolean;
}

/** A site as schedules see it, and what it is called. */
export type NamedSite = ScheduledSite & { name: string };

/** Reads what decides about schedules: they themselves, the sites and the installation's time zone. */
@Injectable()
export class ScheduleBooks {
  constructor(
    private readonly orm: MikroORM,
    private readonly settings: SettingsService,
  ) {}

  async load(em: EntityManager = this.orm.em.fork()): Promise<ScheduleBook> {
    return new ScheduleBook(await em.find(Schedule, {}, { disableIdentityMap: true }), await this.timeZone());
  }

  /** The installation's: the one that was set or kept; before any schedule, that of this host. */
  async timeZone(): Promise<string> {
    const { timeZone } = (await this.settings.get(SETTING)) ?? {};
    return typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : hostTimeZone();
  }

  /** Keeps this host's, unless there is one: from the first schedule on it is the same for all masters, wherever they are. */
  async keepTimeZone(): Promise<void> {
    await this.orm.em
      .fork()
      .execute(
        `insert into setting (key, value, updated_at) values (?, ?::jsonb, now()) on conflict (key) do nothing`,
        [SETTING, JSON.stringify({ timeZone: hostTimeZone() })],
      );
  }

  async setTimeZone(timeZone: string): Promise<void> {
    await this.settings.set(SETTING, { timeZone });
  }

  /** Changes when anything does that decides about slots. */
  async version(em: EntityManager = this.orm.em.fork()): Promise<string> {
    const [row] = await em.execute<{ version: string }[]>(
      `select concat_ws('/',
          (select concat(count(*), ':', sum(extract(epoch from updated_at))) from site),
          (select concat(count(*), ':', sum(extract(epoch from updated_at))) from schedule),
          (select updated_at from setting where key = ?)) as version`,
      [SETTING],
    );
    return row?.version ?? '';
  }

  /** So many sites in the order of their ids, from after the given one on. */
  async sites(em: EntityManager, after: string, limit: number): Promise<NamedSite[]> {
    const rows = await em.execute<SiteRow[]>(
      'select id, name, labels, time_zone, node_id, paused from site where id > ? order by id limit ?',
      [after, limit],
    );
    return rows.map(siteOf);
  }

  /** Null when it is not registered (any more). */
  async site(id: string, em: EntityManager = this.orm.em.fork()): Promise<NamedSite | null> {
    const [row] = await em.execute<SiteRow[]>(
      'select id, name, labels, time_zone, node_id, paused from site where id = ?',
      [id],
    );
    return row === undefined ? null : siteOf(row);
  }
}

function siteOf(row: SiteRow): NamedSite {
  const { id, name, labels, paused } = row;
  return { id, name, labels, paused, timeZone: row.time_zone, nodeId: row.node_id };
}

function hostTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}
