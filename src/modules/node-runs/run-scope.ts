import { Injectable } from '@nestjs/common';
import type { NodePrincipal } from '../../common/http/index.js';
import type { Destination } from '../../engine/ports/index.js';
import { type BackupKeys, keysFor } from '../../engine/runner/index.js';
import { ObjectOwners } from '../backups/index.js';
import { Job, JobKind, NodeRuns } from '../jobs/index.js';
import { TaskKind } from '../node-protocol/index.js';
import { NodeTasks } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';
import { StorageService } from '../storage/index.js';
import { keyForbidden, kindForbidden, storageForbidden } from './node-runs.errors.js';

/** The kinds of jobs that read a backup. */
const READING: ReadonlySet<JobKind> = new Set([JobKind.Restore, JobKind.Verify]);

/** Where a job's site goes now. */
export interface RunPlaces {
  candidates: readonly Destination[];
  /** Disabled storages that are to have a copy later. */
  absent: readonly string[];
}

/** What a run of a node may touch: nothing but its own. */
@Injectable()
export class RunScope {
  constructor(
    private readonly runs: NodeRuns,
    private readonly sites: SitesService,
    private readonly storage: StorageService,
    private readonly owners: ObjectOwners,
    private readonly tasks: NodeTasks,
  ) {}

  /** The job that this run of the node holds. Error: JOB_LOST, the same for another node's run and for none. */
  async held({ nodeId }: NodePrincipal, runId: string): Promise<Job> {
    return this.runs.held(nodeId, runId);
  }

  /**
   * Of what only reads: the job, or, where the id is that of the preview of a restore, what stands for the job that the restore would be.
   * Error: JOB_LOST.
   */
  async reading(node: NodePrincipal, runId: string): Promise<Job> {
    try {
      return await this.held(node, runId);
    } catch (error) {
      const preview = await this.tasks.taken(node.nodeId, runId, TaskKind.PreviewRestore);
      const { backupId, site } = preview ?? {};
      const siteId = typeof site === 'object' && site !== null && 'id' in site ? site.id : null;
      if (typeof backupId !== 'string' || typeof siteId !== 'string') throw error;
      return Object.assign(new Job(), { kind: JobKind.Restore, backupId, siteId });
    }
  }

  /** The same for backups only. Errors: JOB_LOST, NODE_JOB_KIND_FORBIDDEN. */
  async backup(node: NodePrincipal, runId: string): Promise<Job> {
    const job = await this.held(node, runId);
    if (job.kind !== JobKind.Backup) throw kindForbidden(job.kind);
    return job;
  }

  /** Error: NO_STORAGE. */
  async places(job: Job): Promise<RunPlaces> {
    return this.storage.choiceFor(await this.sites.get(job.siteId));
  }

  /** One of the storages to which the backup goes. Error: NODE_STORAGE_FORBIDDEN. */
  async candidate(job: Job, providerId: string): Promise<Destination> {
    const [found] = await this.candidates(job, [providerId]);
    if (found === undefined) throw storageForbidden(providerId);
    return found;
  }

  /** The same for several, in their order. */
  async candidates(job: Job, providerIds: readonly string[]): Promise<Destination[]> {
    const { candidates } = await this.places(job);
    return providerIds.map((id) => {
      const found = candidates.find(({ providerId }) => providerId === id);
      if (found === undefined) throw storageForbidden(id);
      return found;
    });
  }

  /** A storage that the run may read from: one of its own for a backup, any for what reads one. Error: NODE_STORAGE_FORBIDDEN. */
  async source(job: Job, providerId: string): Promise<Destination> {
    if (!READING.has(job.kind)) return this.candidate(job, providerId);
    const found = (await this.storage.allDestinations()).find((each) => each.providerId === providerId);
    if (found === undefined) throw storageForbidden(providerId);
    return found;
  }

  /** Throws NODE_KEY_FORBIDDEN unless the run may know what a storage has of each of the keys. */
  async requireKnown(job: Job, keys: readonly string[]): Promise<void> {
    const own: readonly string[] = job.kind === JobKind.Backup ? Object.values(ownKeys(job)) : [];
    const others = keys.filter((key) => !own.includes(key));
    const known = await this.owned(job, others);
    for (const key of others) if (!known.has(key)) throw keyForbidden(key);
  }

  /** Throws NODE_KEY_FORBIDDEN unless the run may read the object: a manifest to compare with, or any object of what is restored. */
  async requireReadable(job: Job, key: string): Promise<void> {
    const object = (await this.owned(job, [key])).get(key);
    if (object === undefined) throw keyForbidden(key);
    if (!READING.has(job.kind) && object.kind !== 'manifest') throw keyForbidden(key);
  }

  private owned(job: Job, keys: readonly string[]): ReturnType<ObjectOwners['ofSite']> {
    if (READING.has(job.kind)) return this.owners.ofBackup(job.backupId, keys);
    return job.kind === JobKind.Backup ? this.owners.ofSite(job.siteId, keys) : Promise.resolve(new Map());
  }
}

/** The keys of the job's own backup. */
export function ownKeys(job: Job): BackupKeys {
  return keysFor(job.siteId, job.startedAt ?? job.createdAt, job.backupId);
}
