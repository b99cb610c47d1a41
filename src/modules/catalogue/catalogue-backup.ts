import { Injectable, Logger } from '@nestjs/common';
import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import type { Destination, StorageDriver } from '../../engine/ports/index.js';
import { putChecked } from '../../engine/storage/index.js';
import { InstanceId } from '../jobs/index.js';
import { ResourceService } from '../resources/index.js';
import { SecretBox } from '../secrets/index.js';
import { SettingsService } from '../settings/index.js';
import { StorageService } from '../storage/index.js';
import { dumpCatalogue } from './catalogue-dump.js';
import { catalogueNotStored } from './catalogue.errors.js';
import { type SealedFile, sealToFile } from './catalogue-file.js';
import { CatalogueFolder } from './catalogue-folder.js';
import { CATALOGUE_PREFIX, catalogueKey, parseCatalogueKey } from './catalogue-keys.js';
import { writePlace } from './catalogue-place.js';
import type { TaskContext } from './catalogue-task.js';

/** Catalogue backups of one master that are kept on each provider. */
export const KEPT_BACKUPS = 14;
const SETTING = 'catalogue.backup';

/** When the catalogue was last backed up, and under which key. */
export interface LastCatalogueBackup {
  at: Date;
  keyId: string;
}

/** What a backup of the catalogue came to. */
export interface CatalogueBackupReport {
  key: string;
  keyId: string;
  size: number;
  /** By table. */
  rows: Record<string, number>;
  stored: string[];
  failed: { provider: string; code: string; message: string }[];
}

/** What the backup needs of the host. */
@Injectable()
export class CatalogueBackupParts {
  constructor(
    readonly folder: CatalogueFolder,
    readonly instance: InstanceId,
    readonly resources: ResourceService,
    readonly settings: SettingsService,
  ) {}
}

/** Backs backupd's own catalogue and configuration up, sealed, to every enabled storage. */
@Injectable()
export class CatalogueBackup {
  private readonly logger = new Logger('catalogue');

  constructor(
    private readonly config: AppConfig,
    private readonly storage: StorageService,
    private readonly secrets: SecretBox,
    private readonly parts: CatalogueBackupParts,
  ) {}

  /**
   * One consistent snapshot of all portable tables, the same on every storage; the answers are compared. Older ones of this master
   * beyond the kept ones are then deleted. Error: CATALOGUE_NOT_STORED when no storage took it; one of several failing is reported.
   */
  async run({ signal, count }: TaskContext): Promise<CatalogueBackupReport> {
    const { folder, instance, settings } = this.parts;
    const id = await instance.get();
    const at = new Date();
    const about = { instance: id, createdAt: at.toISOString(), keyId: this.secrets.keyId };
    const report: CatalogueBackupReport = {
      key: catalogueKey(at, id),
      keyId: about.keyId,
      size: 0,
      rows: {},
      stored: [],
      failed: [],
    };
    await folder.with(async (path) => {
      const content = dumpCatalogue(this.config.databaseUrl ?? '', about, report.rows);
      const file = await sealToFile(path, about, this.secrets.key(about.keyId), content);
      report.size = file.size;
      for (const destination of await this.storage.enabledDestinations()) {
        throwIfAborted(signal);
        try {
          await this.store(destination, report.key, file, signal);
          report.stored.push(destination.providerName);
          count('stored');
        } catch (error) {
          throwIfAborted(signal);
          const { code, message } = asAppError(error);
          report.failed.push({ provider: destination.providerName, code, message });
          count('failed');
        }
      }
    });
    if (report.stored.length === 0) throw catalogueNotStored(report.failed);
    await settings.set(SETTING, { at: about.createdAt, keyId: about.keyId });
    return report;
  }

  /** Null when there was none yet. */
  async last(): Promise<LastCatalogueBackup | null> {
    const known = await this.parts.settings.get(SETTING);
    const { at, keyId }: { at?: unknown; keyId?: unknown } = known ?? {};
    return typeof at === 'string' && typeof keyId === 'string' ? { at: new Date(at), keyId } : null;
  }

  private async store(destination: Destination, key: string, file: SealedFile, signal: AbortSignal): Promise<void> {
    const { providerId, providerName, driver } = destination;
    const { instance, resources } = this.parts;
    await resources.use(
      'network',
      async () => {
        await putChecked(destination, key, file, { signal, limiter: resources.bandwidth });
        await writePlace(driver, await instance.get(), { id: providerId, name: providerName });
      },
      { signal },
    );
    await this.prune(driver, providerName, await instance.get());
  }

  /** What is locked there, or can't be deleted now, is deleted by one of the next days' backups. */
  private async prune(driver: StorageDriver, provider: string, instance: string): Promise<void> {
    try {
      const keys: string[] = [];
      for await (const { key } of driver.list(CATALOGUE_PREFIX))
        if (parseCatalogueKey(key)?.instance === instance) keys.push(key);
      for (const key of keys.toSorted().slice(0, -KEPT_BACKUPS)) await driver.delete(key);
    } catch (error) {
      this.logger.warn(`Old catalogue backups on "${provider}" could not be deleted: ${asAppError(error).message}`);
    }
  }
}
