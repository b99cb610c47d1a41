import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import { AppConfig } from '../../config/index.js';
import type { JobJournal, SiteSpec } from '../../engine/ports/index.js';
import { type RunnableStage, type RunningStage, secretsOf, WorkFolder } from '../../engine/runner/index.js';
import { AppError } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { EventLog, type NewEvent } from '../events/index.js';
import { type Job, JobExtensions, type JobExtension } from '../jobs/index.js';
import { SitesService } from '../sites/index.js';
import type { HookFacts } from './hook-facts.js';
import { type HookEnd, HookRunner, type HookRunOptions } from './hook-runner.js';
import { Hook, HookFailure } from './hook.entity.js';

type Facts = Omit<HookFacts, 'hook' | 'moment'>;

/** Runs the hooks of a job's moments: around its stages within the run, and after its end. */
@Injectable()
export class JobHooks implements JobExtension, OnModuleInit {
  constructor(
    private readonly orm: MikroORM,
    private readonly extensions: JobExtensions,
    private readonly sites: SitesService,
    private readonly events: EventLog,
    private readonly runner: HookRunner,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.extensions.register(this);
  }

  /**
   * A stage that runs (also again, in a later attempt) runs with its hooks; one that is done does not, and neither do its hooks. Those
   * after a stage belong to it: it counts as done once they are.
   */
  async around(job: Job, plan: PreparedPlan, context: RunContext): Promise<readonly RunnableStage[]> {
    const hooks = await this.hooksOf(this.orm.em.fork(), job);
    if (hooks.length === 0) return plan.stages;
    const { site, nodeId } = await this.siteOf(job);
    return plan.stages.map((stage) => {
      const at = (moment: string): Hook[] => hooks.filter((hook) => hook.moment === `${moment}:${stage.name}`);
      const [before, after] = [at('before'), at('after')];
      if (before.length + after.length === 0) return stage;
      const facts = (outcome: string): Facts => ({ ...aboutJob(job), site, stage: stage.name, outcome });
      return Object.assign({}, stage, {
        run: async (signal: AbortSignal, running: RunningStage) => {
          const options = { nodeId, workDir: context.workDir, secrets: secretsOf(site), signal };
          for (const hook of before) await this.within(hook, facts('running'), options, running);
          const outcome = await stage.run(signal, running);
          for (const hook of after) await this.within(hook, facts('completed'), options, running);
          return outcome;
        },
      });
    });
  }

  async moments(job: Job): Promise<string[]> {
    const hooks = await this.hooksOf(this.orm.em.fork(), job);
    return hooks.map(({ moment }) => moment).filter((moment) => moment.includes(':'));
  }

  /** The same hooks for a job that a node runs: requests go out from here, commands run on that node. */
  async atMoment(job: Job, moment: string, journal: JobJournal, signal: AbortSignal): Promise<void> {
    const { site } = await this.siteOf(job);
    const [when, stage = null] = moment.split(':');
    const facts = { ...aboutJob(job), site, stage, outcome: when === 'before' ? 'running' : 'completed' };
    const options = { nodeId: job.nodeId ?? null, workDir: '', secrets: secretsOf(site), signal };
    for (const hook of await this.hooksOf(this.orm.em.fork(), job))
      if (hook.moment === moment) await this.within(hook, facts, options, { journal, waits: (work) => work() });
  }

  async wantsFollowUp(job: Job, em: EntityManager): Promise<boolean> {
    return (await this.hooksOf(em, job)).some((hook) => hook.moment === momentOf(job));
  }

  /** Runs the hooks of the job's end. Those that ran before a kill run again. */
  async followUp(job: Job, signal: AbortSignal): Promise<void> {
    const hooks = await this.hooksOf(this.orm.em.fork(), job);
    const known = await unlessGone(this.siteOf(job));
    if (known === null) return;
    const { site, nodeId } = known;
    const outcome = momentOf(job) === 'partial' ? 'partial' : job.status;
    // The job's own is gone by now. Named as one, so that the next start ends what a killed one left running.
    const folder = new WorkFolder(`${this.config.paths.work}/${newId()}`);
    try {
      for (const hook of hooks.filter(({ moment }) => moment === momentOf(job))) {
        await folder.open();
        const facts = { ...aboutJob(job), site, stage: null, outcome, hook: hook.name, moment: hook.moment };
        const options = { nodeId, workDir: folder.path, secrets: secretsOf(site), signal };
        const end = await this.runner.run(hook, facts, options);
        await this.log(job, hook, end);
      }
    } finally {
      await folder.remove();
    }
  }

  private async siteOf(job: Job): Promise<{ site: SiteSpec; nodeId: string | null }> {
    const site = await this.sites.get(job.siteId);
    return { site: this.sites.specOf(site), nodeId: site.nodeId ?? null };
  }

  /** Within the run: its journal has the output, its policy decides. Errors: HOOK_FAILED, JOB_CANCELLED. */
  private async within(
    hook: Hook,
    facts: Facts,
    options: HookRunOptions,
    { journal, waits }: Pick<RunningStage, 'journal' | 'waits'>,
  ): Promise<void> {
    const all = { ...facts, hook: hook.name, moment: hook.moment };
    const end = await waits(() => this.runner.run(hook, all, options));
    tell(journal, hook, end);
    if (end.error === null || hook.onFailure === HookFailure.Ignore) return;
    if (hook.onFailure !== HookFailure.Warn) throw end.error;
    journal.warn({
      code: 'HOOK_FAILED',
      message: end.error.message,
      context: { hook: hook.name, moment: hook.moment },
    });
  }

  /** After the end there is no journal: its lines go right into the job's events. */
  private async log(job: Job, hook: Hook, end: HookEnd): Promise<void> {
    const event = (type: NewEvent['type'], data: Record<string, unknown>): NewEvent => ({
      jobId: job.id,
      siteId: job.siteId,
      type,
      data: { stage: null, ...data },
    });
    const events = [event('job.note', { message: clean(noteOf(hook, end)), context: { hook: hook.name } })];
    if (end.error !== null && hook.onFailure !== HookFailure.Ignore)
      events.push(event('job.warning', { code: 'HOOK_FAILED', message: clean(end.error.message), context: {} }));
    await this.orm.em.fork().transactional((em) => this.events.append(em, events, new Date()));
  }

  /** The hooks that are for this job, in the order in which they run. */
  private async hooksOf(em: EntityManager, job: Job): Promise<Hook[]> {
    const hooks = await em.find(
      Hook,
      { enabled: true, $or: [{ siteId: null }, { siteId: job.siteId }] },
      { orderBy: { position: 'asc', createdAt: 'asc' }, disableIdentityMap: true },
    );
    const mine = hooks.filter(({ jobs }) => jobs.includes(job.kind));
    if (!mine.some(({ label }) => typeof label === 'string')) return mine;
    const labels = (await unlessGone(this.sites.get(job.siteId)))?.labels ?? [];
    return mine.filter(({ label }) => typeof label !== 'string' || labels.includes(label));
  }
}

/** Null when the site was removed. Whatever else is wrong passes, and must not leave hooks out. */
async function unlessGone<T>(site: Promise<T>): Promise<T | null> {
  try {
    return await site;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SITE_NOT_FOUND') return null;
    throw error;
  }
}

function aboutJob(job: Job): Pick<Facts, 'job' | 'backupId'> {
  return { job: { id: job.id, kind: job.kind }, backupId: job.backupId };
}

function momentOf(job: Job): 'success' | 'partial' | 'failure' {
  if (job.status !== 'completed') return 'failure';
  return job.warningCount > 0 ? 'partial' : 'success';
}

function tell(journal: JobJournal, hook: Hook, end: HookEnd): void {
  journal.note(noteOf(hook, end), { hook: hook.name, moment: hook.moment, tries: end.tries });
}

function noteOf({ name, moment }: Hook, { end, seconds, output, tries }: HookEnd): string {
  const often = tries > 1 ? ` at try ${tries}` : '';
  return `Hook "${name}" (${moment}): ${end}${often} in ${seconds} s.${output === '' ? '' : ` It said: ${output.split('\n').join(' / ')}`}`;
}

/** As PostgreSQL's jsonb can hold it. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
