import { MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';
import { isSiteKind } from './book.js';
import type { CreateScheduleDto, ScheduleInputDto, UpdateScheduleDto } from './dto/schedule-input.dto.js';
import type { ScheduleRunDto } from './dto/schedule.dto.js';
import { InstallationTasks } from './installation-tasks.js';
import { JobStarter } from './job-starter.js';
import { ScheduleBooks } from './schedule-books.js';
import { blackoutsOf, checkLimits, optionsOf, rhythmOf, scopeValueOf } from './schedule-input.js';
import { ScheduleSync } from './schedule-sync.js';
import { MissedPolicy, Schedule, type ScheduleKind, ScheduleScope } from './schedule.entity.js';
import { scheduleExists, scheduleNotFound, scheduleRunning } from './schedules.errors.js';

const ONE_PER_SCOPE = 'schedule_one_per_scope';
const PAGE = 500;

/** Schedules: made, changed, run at once. What changes takes effect before the answer. */
@Injectable()
export class SchedulesService {
  private readonly logger = new Logger('schedules');

  constructor(
    private readonly orm: MikroORM,
    private readonly books: ScheduleBooks,
    private readonly sync: ScheduleSync,
    private readonly starter: JobStarter,
    private readonly tasks: InstallationTasks,
    private readonly sites: SitesService,
    private readonly nodes: NodeDirectory,
  ) {}

  /** By kind, then from the widest scope to the closest. */
  async list(kind: ScheduleKind | undefined, { limit, offset }: PageQueryDto): Promise<Page<Schedule>> {
    const where = kind === undefined ? {} : { kind };
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(Schedule, where, { limit, offset, orderBy: { kind: 'asc', scope: 'asc', name: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: SCHEDULE_NOT_FOUND. */
  async get(id: string): Promise<Schedule> {
    const schedule = await this.orm.em.fork().findOne(Schedule, { id });
    if (schedule === null) throw scheduleNotFound(id);
    return schedule;
  }

  /** Errors: REQUEST_INVALID, SITE_NOT_FOUND, NODE_NOT_FOUND, SCHEDULE_EXISTS. */
  async create(input: CreateScheduleDto): Promise<Schedule> {
    const { kind, scope } = input;
    const scopeValue = scopeValueOf(kind, scope, input.scopeValue ?? null);
    checkLimits(kind, input);
    const site = scope === ScheduleScope.Site && scopeValue !== null ? await this.sites.get(scopeValue) : null;
    const node = scope === ScheduleScope.Node && scopeValue !== null ? await this.nodes.get(scopeValue) : null;
    await this.books.keepTimeZone();
    const now = new Date();
    const schedule = Object.assign(new Schedule(), {
      id: newId(),
      name: input.name ?? nameOf(kind, scope, site?.name ?? node?.name ?? scopeValue),
      kind,
      scope,
      scopeValue,
      rhythm: rhythmOf(input.rhythm),
      timeZone: null,
      jitterSeconds: 0,
      blackouts: [],
      missed: MissedPolicy.RunOnce,
      maxPerNode: null,
      options: {},
      paused: false,
      createdAt: now,
      updatedAt: now,
    });
    applyTo(schedule, input);
    const em = this.orm.em.fork();
    try {
      await em.persist(schedule).flush();
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException) || !error.message.includes(ONE_PER_SCOPE)) throw error;
      const other = await this.orm.em.fork().findOneOrFail(Schedule, { kind, scope, scopeValue });
      throw scheduleExists(other.id, other.name);
    }
    await this.sync.bringUp(new Date(), 'wait');
    return schedule;
  }

  /** Errors: SCHEDULE_NOT_FOUND, REQUEST_INVALID. */
  async update(id: string, changes: UpdateScheduleDto): Promise<Schedule> {
    const em = this.orm.em.fork();
    const schedule = await em.findOne(Schedule, { id });
    if (schedule === null) throw scheduleNotFound(id);
    checkLimits(schedule.kind, changes);
    if (changes.rhythm !== undefined) schedule.rhythm = rhythmOf(changes.rhythm);
    applyTo(schedule, changes);
    schedule.updatedAt = new Date();
    await em.flush();
    await this.sync.bringUp(new Date(), 'wait');
    return schedule;
  }

  /** Error: SCHEDULE_NOT_FOUND. Jobs that it has started go on. */
  async remove(id: string): Promise<void> {
    if ((await this.orm.em.fork().nativeDelete(Schedule, { id })) === 0) throw scheduleNotFound(id);
    await this.sync.bringUp(new Date(), 'wait');
  }

  /**
   * Starts it now for all its sites, once, also while it is paused; its slots stay as they are. Sites for which no job can be made
   * (one is active, it is paused, a fault) are named. Errors: SCHEDULE_NOT_FOUND, SCHEDULE_RUNNING.
   */
  async runNow(id: string): Promise<ScheduleRunDto> {
    const schedule = await this.get(id);
    const done: ScheduleRunDto = { jobIds: [], begun: false, refused: [] };
    if (!isSiteKind(schedule.kind)) {
      if (!(await this.tasks.runNow(schedule))) throw scheduleRunning(id, schedule.kind);
      return Object.assign(done, { begun: true });
    }
    const book = await this.books.load();
    for (let after = FIRST; ;) {
      const page = await this.books.sites(this.orm.em.fork(), after, PAGE);
      for (const site of page) {
        after = site.id;
        if (book.of(schedule.kind, site)?.schedule.id !== id) continue;
        const refuse = (reason: string): void =>
          void done.refused.push({ siteId: site.id, siteName: site.name, reason });
        try {
          if (site.paused) {
            refuse('The site is paused.');
            continue;
          }
          const started = await this.starter.startNow(schedule, site);
          if ('jobId' in started) done.jobIds.push(started.jobId);
          else refuse(started.skipped);
        } catch (error) {
          const { kind, message } = asAppError(error);
          // One fault must not keep the others waiting.
          if (kind === 'internal')
            this.logger.error(`The ${schedule.kind} of site ${site.id} could not be started: ${String(error)}`);
          refuse(kind === 'internal' ? 'A fault of backupd kept it from starting (see the log).' : message);
        }
      }
      if (page.length < PAGE) return done;
    }
  }

  timeZone(): Promise<string> {
    return this.books.timeZone();
  }

  async setTimeZone(timeZone: string): Promise<void> {
    await this.books.setTimeZone(timeZone);
    await this.sync.bringUp(new Date(), 'wait');
  }
}

const FIRST = '00000000-0000-0000-0000-000000000000';

function applyTo(schedule: Schedule, changes: ScheduleInputDto): void {
  if (changes.name !== undefined) schedule.name = changes.name;
  if (changes.timeZone !== undefined) schedule.timeZone = changes.timeZone;
  if (changes.jitterSeconds !== undefined) schedule.jitterSeconds = changes.jitterSeconds;
  if (changes.blackouts !== undefined) schedule.blackouts = blackoutsOf(changes.blackouts);
  if (changes.missed !== undefined) schedule.missed = changes.missed;
  if (changes.maxPerNode !== undefined) schedule.maxPerNode = changes.maxPerNode;
  if (changes.options !== undefined) schedule.options = optionsOf(schedule.kind, changes.options);
  if (changes.paused !== undefined) schedule.paused = changes.paused;
}

function nameOf(kind: ScheduleKind, scope: ScheduleScope, value: string | null): string {
  if (!isSiteKind(kind)) return kind;
  if (scope === ScheduleScope.All) return `${kind} of all sites`;
  if (scope === ScheduleScope.Node) return `${kind} of the host ${value ?? 'self'}`;
  return `${kind} of ${scope === ScheduleScope.Label ? `the label ${value ?? ''}` : (value ?? '')}`.slice(0, 200);
}
