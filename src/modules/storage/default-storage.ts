import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { StorageDriverRegistry } from './storage-driver.registry.js';
import { StorageService } from './storage.service.js';

/** Gives a fresh backupd a place to store to: a folder in the data dir. Never again once there is any provider. */
@Injectable()
export class DefaultStorage implements OnApplicationBootstrap {
  private readonly logger = new Logger('storage');

  constructor(
    private readonly config: AppConfig,
    private readonly storage: StorageService,
    private readonly registry: StorageDriverRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.registry.kinds().includes('local')) return;
    const { total } = await this.storage.list({ limit: 1, offset: 0 });
    if (total > 0) return;
    const path = this.config.paths.storage;
    await this.storage.create({ name: 'local', kind: 'local', settings: { path }, isDefault: true });
    this.logger.log(`backups go to ${path} until another storage is added`);
  }
}
