import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { StorageService } from '../storage/index.js';
import { CatalogueBackup } from './catalogue-backup.js';
import { CatalogueRebuild } from './catalogue-rebuild.js';
import { CatalogueRecovery } from './catalogue-recovery.js';
import { CatalogueShelf, type ShelvedCatalogue } from './catalogue-shelf.js';
import { catalogueState, type CatalogueState } from './catalogue-state.js';
import type { CatalogueTask } from './catalogue-task.js';
import { CatalogueTasks } from './catalogue-tasks.js';

/** What the API does with the catalogue as a whole. Tasks run in the background, one at a time. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly tasks: CatalogueTasks,
    private readonly shelf: CatalogueShelf,
    private readonly backup: CatalogueBackup,
    private readonly rebuilding: CatalogueRebuild,
    private readonly recovery: CatalogueRecovery,
  ) {}

  async state(): Promise<CatalogueState & { empty: boolean; lastBackupAt: string | null; task: CatalogueTask | null }> {
    const state = await catalogueState(this.orm.em.fork());
    const last = await this.backup.last();
    return {
      ...state,
      empty: state.sites === 0 && state.backups === 0,
      lastBackupAt: last?.at.toISOString() ?? null,
      task: this.tasks.latest(),
    };
  }

  /** Error: CATALOGUE_TASK_NOT_FOUND. */
  task(id: string): CatalogueTask {
    return this.tasks.get(id);
  }

  /** Errors: STORAGE_NOT_FOUND and the storage's. */
  backups(providerId: string, signal?: AbortSignal): Promise<ShelvedCatalogue[]> {
    return this.shelf.list(providerId, signal);
  }

  /** Error: CATALOGUE_BUSY. */
  backUp(): Promise<CatalogueTask> {
    return this.tasks.start('backup', async (context) => ({ ...(await this.backup.run(context)) }));
  }

  /** Errors: STORAGE_NOT_FOUND, CATALOGUE_BUSY. */
  async rebuild(providerId: string): Promise<CatalogueTask> {
    await this.storage.get(providerId);
    return this.tasks.start('rebuild', async (context) => ({ ...(await this.rebuilding.run(providerId, context)) }));
  }

  /** Errors: STORAGE_NOT_FOUND, SECRET_KEY_MALFORMED, CATALOGUE_NOT_EMPTY, CATALOGUE_BUSY; others are the task's. */
  async recover(request: { providerId: string; key?: string; secretKey?: string }): Promise<CatalogueTask> {
    const { providerId, key = null, secretKey = null } = request;
    await this.storage.get(providerId);
    CatalogueRecovery.keyOf(secretKey);
    await this.recovery.requireEmpty();
    return this.tasks.start('recover', async (context) => ({
      ...(await this.recovery.run({ providerId, key, secretKey }, context)),
    }));
  }
}
