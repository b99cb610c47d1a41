import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { invalidField, type Page, type PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { checkLiteral } from '../../common/outgoing/index.js';
import { AppConfig } from '../../config/index.js';
import { WorkFolder } from '../../engine/runner/index.js';
import { secretsOf } from '../../engine/runner/index.js';
import { SecretBox } from '../secrets/index.js';
import { SitesService } from '../sites/index.js';
import type { CreateHookDto, UpdateHookDto } from './dto/hook.dto.js';
import { type HookEnd, HookRunner } from './hook-runner.js';
import { Hook, HookFailure } from './hook.entity.js';
import { hookNotFound } from './hooks.errors.js';
import { StageNames } from './stage-names.js';
import { originOf, secretPartOf } from './secret-part.js';

/** The hooks: kept, changed, tried. */
@Injectable()
export class HooksService {
  constructor(
    private readonly em: EntityManager,
    private readonly box: SecretBox,
    private readonly sites: SitesService,
    private readonly stages: StageNames,
    private readonly runner: HookRunner,
    private readonly config: AppConfig,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<Hook>> {
    const [items, total] = await this.em
      .fork()
      .findAndCount(Hook, {}, { limit, offset, orderBy: { moment: 'asc', position: 'asc', createdAt: 'asc' } });
    return { items, total, limit, offset };
  }

  /** Error: HOOK_NOT_FOUND. */
  async get(id: string): Promise<Hook> {
    return this.find(this.em.fork(), id);
  }

  /** Errors: REQUEST_INVALID, SITE_NOT_FOUND, OUTGOING_REFUSED. */
  async create(input: CreateHookDto): Promise<Hook> {
    const em = this.em.fork();
    const now = new Date();
    const hook = em.create(Hook, {
      id: newId(),
      name: input.name,
      siteId: null,
      label: null,
      jobs: ['backup'],
      moment: input.moment,
      position: 0,
      action: { type: 'command', command: [] },
      sealed: null,
      timeLimitSeconds: 60,
      onFailure: HookFailure.Warn,
      enabled: true,
      createdAt: now,
      updatedAt: now,
    });
    await this.apply(hook, input);
    if (hook.action.type === 'command' && hook.action.command.length === 0)
      throw invalidField('command', 'A hook needs a command or a url');
    await em.persist(hook).flush();
    return hook;
  }

  /** Errors: HOOK_NOT_FOUND, and as `create`. */
  async update(id: string, changes: UpdateHookDto): Promise<Hook> {
    const em = this.em.fork();
    const hook = await this.find(em, id);
    await this.apply(hook, changes);
    hook.updatedAt = new Date();
    await em.flush();
    return hook;
  }

  /** Error: HOOK_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    if ((await this.em.fork().nativeDelete(Hook, { id })) === 0) throw hookNotFound(id);
  }

  /** Runs it now, for the site, outside of any job. Errors: HOOK_NOT_FOUND, SITE_NOT_FOUND, REQUEST_INVALID without a site. */
  async test(id: string, siteId: string | undefined, signal: AbortSignal): Promise<HookEnd> {
    const hook = await this.get(id);
    const forSite = siteId ?? hook.siteId;
    if (typeof forSite !== 'string')
      throw invalidField(
        'siteId',
        'The hook is for several sites: name the one to try it for (siteId, on the command line --site)',
      );
    const known = await this.sites.get(forSite);
    const site = this.sites.specOf(known);
    // Named as a job's, so that a child is ended by the next start when this process is killed.
    const folder = new WorkFolder(`${this.config.paths.work}/${newId()}`);
    await folder.open();
    try {
      const { moment } = hook;
      const stage = moment.split(':')[1] ?? null;
      const job = { id: '', kind: hook.jobs[0] ?? 'backup' };
      const facts = { hook: hook.name, moment, job, site, stage, outcome: 'test', backupId: '' };
      const options = { nodeId: known.nodeId ?? null, workDir: folder.path, secrets: secretsOf(site), signal };
      return await this.runner.run(hook, facts, options);
    } finally {
      await folder.remove();
    }
  }

  private async apply(hook: Hook, changes: UpdateHookDto): Promise<void> {
    if (changes.name !== undefined) hook.name = changes.name;
    if (changes.siteId !== undefined) hook.siteId = changes.siteId;
    if (changes.label !== undefined) hook.label = changes.label?.trim().toLowerCase() ?? null;
    if (changes.jobs !== undefined) hook.jobs = [...changes.jobs];
    if (changes.moment !== undefined) hook.moment = changes.moment;
    if (changes.position !== undefined) hook.position = changes.position;
    if (changes.timeLimitSeconds !== undefined) hook.timeLimitSeconds = changes.timeLimitSeconds;
    if (changes.onFailure !== undefined) hook.onFailure = changes.onFailure;
    if (changes.enabled !== undefined) hook.enabled = changes.enabled;
    this.setAction(hook, changes);
    await this.check(hook);
  }

  private setAction(hook: Hook, { command, url, method, headers }: UpdateHookDto): void {
    const http = url !== undefined || method !== undefined || headers !== undefined;
    if (command !== undefined && http)
      throw invalidField('command', 'A hook is a command or a request (url, method, headers), not both');
    if (command !== undefined) {
      hook.action = { type: 'command', command };
      hook.sealed = null;
    }
    if (!http) return;
    // What is replaced as a whole needs no key, which may be gone.
    const isWhole = url !== undefined && headers !== undefined;
    const before = hook.action.type === 'http' && !isWhole ? secretPartOf(hook, this.box) : { url: '', headers: {} };
    const part = { url: url ?? before.url, headers: { ...(headers ?? before.headers) } };
    if (!URL.canParse(part.url)) throw invalidField('url', 'url must be a URL that starts with https:// or http://');
    checkHeaders(part.headers);
    checkLiteral(new URL(part.url).hostname, this.config.outgoingAllow);
    const known = hook.action.type === 'http' ? hook.action.method : 'POST';
    hook.action = { type: 'http', method: method ?? known, url: originOf(part.url) };
    hook.sealed = this.box.seal(JSON.stringify(part));
  }

  private async check({ siteId, label, moment, jobs, onFailure }: Hook): Promise<void> {
    if (typeof siteId === 'string' && typeof label === 'string')
      throw invalidField('label', 'A hook is for one site, for a label or for all: give siteId or label, not both');
    if (typeof siteId === 'string') await this.sites.get(siteId);
    const stage = moment.split(':')[1];
    if (stage === undefined) {
      if (onFailure === HookFailure.Fail)
        throw invalidField('onFailure', 'onFailure can not be "fail" after the run: the job has ended by then');
      return;
    }
    const known = this.stages.of(jobs);
    if (!known.has(stage))
      throw invalidField('moment', `There is no stage "${stage}" in these jobs; there are: ${[...known].join(', ')}`);
  }

  private async find(em: EntityManager, id: string): Promise<Hook> {
    const hook = await em.findOne(Hook, { id });
    if (hook === null) throw hookNotFound(id);
    return hook;
  }
}

function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  const fits = Object.entries(headers).every(
    ([name, value]) =>
      /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) &&
      typeof value === 'string' &&
      /^[\x20-\x7e\t]{0,4000}$/.test(value),
  );
  if (!fits || Object.keys(headers).length > 30)
    throw invalidField('headers', 'headers must be names with texts of printable ASCII, 30 at most');
}
