export { BackupsModule } from './backups.module.js';
export { BackupsService } from './backups.service.js';
export { BackupReader } from './backup-reader.js';
export { Catalogue, type CataloguedBackup } from './catalogue.js';
export { OwnFolders } from './own-folders.js';
export { CopyState } from './backup.entity.js';
export { backupPath } from './backup-path.js';
export { BundleReferences } from './bundle-references.js';
