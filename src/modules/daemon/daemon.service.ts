import { realpath } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { isId } from '../../common/ids.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { BackupsService } from '../backups/index.js';
import { type Job, JobKind, JobsService, JobStatus } from '../jobs/index.js';
import { ScannerService } from '../scanner/index.js';
import { type Site, SitesService } from '../sites/index.js';
import { daemonStatus } from './daemon-status.js';
import { nothingToStop, sitePathDiffers, unknownSite } from './daemon.errors.js';
import type {
  DaemonScanDto,
  DaemonStartDto,
  DaemonStatusDto,
  DaemonStoppedDto,
  DaemonVerifiedSiteDto,
} from './dto/daemon.dto.js';

/** The original system's interface on top of sites and jobs. */
@Injectable()
export class DaemonService {
  constructor(
    private readonly scanner: ScannerService,
    private readonly modules: BackupModuleRegistry,
    private readonly sites: SitesService,
    private readonly backups: BackupsService,
    private readonly jobs: JobsService,
  ) {}

  async scan(basePath: string | undefined, signal: AbortSignal): Promise<DaemonScanDto> {
    const result: DaemonScanDto = { success: true, sites: [], count: 0, problems: [] };
    for await (const event of this.scanner.scan({ roots: basePath === undefined ? undefined : [basePath], signal })) {
      if (event.type === 'problem') result.problems.push({ path: event.path, message: event.message });
      if (event.type !== 'found') continue;
      const { path, module, isInstall, reason, description } = event.site;
      result.sites.push({
        site_path: path,
        site_name: description?.name ?? null,
        site_url: description?.url ?? null,
        module,
        is_valid: isInstall,
        reason,
      });
    }
    result.count = result.sites.filter((site) => site.is_valid).length;
    return result;
  }

  /** Whether a module finds its kind of site in the folder; why not is an answer, not an error. */
  async verifySite(path: string): Promise<DaemonVerifiedSiteDto> {
    let reason = 'No backup module of this build can look at folders.';
    for (const module of this.modules.discovering()) {
      try {
        const { name, url, facts, unknown, warnings } = await module.describe({ path, overrides: {} });
        const details = { ...facts, unknown, warnings };
        return { success: true, path, valid: true, reason: null, site_name: name, site_url: url, details };
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'internal') throw error;
        reason = error.message;
      }
    }
    return { success: true, path, valid: false, reason, site_name: null, site_url: null, details: {} };
  }

  /** Errors: those of registering and of starting a backup, SITE_PATH_DIFFERS. */
  async start(request: DaemonStartDto): Promise<Job> {
    const site = await this.findOrRegister(request);
    return this.backups.start(site.id);
  }

  /** Errors: SITE_NOT_FOUND, JOB_NOT_ACTIVE. */
  async stop(siteId: string): Promise<DaemonStoppedDto> {
    const site = await this.find(siteId);
    const active = await this.jobs.activeJob(site.id);
    if (active === null) throw nothingToStop(siteId);
    const job = await this.jobs.cancel(active.id);
    const status = job.status === JobStatus.Running ? 'stopping' : job.status;
    return { success: true, status, job_id: job.id, site_id: siteId };
  }

  /** Error: SITE_NOT_FOUND. */
  async status(siteId: string): Promise<DaemonStatusDto> {
    const site = await this.find(siteId);
    return daemonStatus(siteId, await this.jobs.latestJob(site.id, JobKind.Backup));
  }

  /** Stops what is under way and forgets how the last backup ended. Idempotent. Error: SITE_NOT_FOUND. */
  async reset(siteId: string): Promise<void> {
    const site = await this.find(siteId);
    const latest = await this.jobs.latestJob(site.id, JobKind.Backup);
    if (latest === null) return;
    await this.jobs.acknowledge(latest.id);
    if (latest.isActive()) await this.cancelIfActive(latest.id);
  }

  private async cancelIfActive(jobId: string): Promise<void> {
    try {
      await this.jobs.cancel(jobId);
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof AppError) || error.code !== 'JOB_NOT_ACTIVE') throw error;
    }
  }

  private async find(siteId: string): Promise<Site> {
    const site = await this.lookUp(siteId);
    if (site === null) throw unknownSite(siteId);
    return site;
  }

  private async lookUp(siteId: string): Promise<Site | null> {
    const external = await this.sites.findByExternalId(siteId);
    if (external !== null || !isId(siteId)) return external;
    try {
      return await this.sites.get(siteId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'SITE_NOT_FOUND') return null;
      throw error;
    }
  }

  private async findOrRegister({ site_id: id, site_path: path, site_name: name }: DaemonStartDto): Promise<Site> {
    const known = await this.lookUp(id);
    if (known !== null) {
      if (path !== undefined && !(await isSameFolder(path, known.path))) throw sitePathDiffers(path, known.path);
      return known;
    }
    if (path === undefined) throw unknownSite(id);
    const there = await this.sites.findByPath(await realpath(path).catch(() => path));
    if (there !== null) return this.callIt(there.id, id);
    try {
      return await this.sites.register({ path, externalId: id, ...(name ? { name } : {}) });
    } catch (error) {
      const existing = error instanceof AppError && error.code === 'SITE_EXISTS' ? error.context['id'] : undefined;
      if (typeof existing !== 'string') throw error;
      return this.callIt(existing, id);
    }
  }

  private async callIt(siteId: string, externalId: string): Promise<Site> {
    await this.sites.setExternalId(siteId, externalId);
    return this.sites.get(siteId);
  }
}

/** The registered path is real, or the folder of a release that the given one leads to. */
async function isSameFolder(given: string, registered: string): Promise<boolean> {
  const real = await realpath(given).catch(() => given);
  return real === registered || real.startsWith(`${registered}/`);
}
