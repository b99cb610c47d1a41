import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Discovery tokens: providers that carry them are found at start through Nest's DiscoveryService. */
export const BACKUP_MODULE = 'backupd:backup-module';
export const STORAGE_DRIVER = 'backupd:storage-driver';

/** Marks an injectable class as a BackupModule. */
export const BackupModuleProvider = (): CustomDecorator => SetMetadata(BACKUP_MODULE, true);

/** Marks an injectable class as a StorageDriverFactory. */
export const StorageDriverProvider = (): CustomDecorator => SetMetadata(STORAGE_DRIVER, true);
