export { findEntry, openBackup, StoredBackup, type OpenBackupOptions } from './open-backup.js';
export { listFolder, type FolderItem, type FolderListing, type ListFolderOptions } from './list-folder.js';
export { manifestText, streamManifest } from './manifest-stream.js';
export { storedSize } from './entry-content.js';
export { bundleDamaged, entryNotAFile, entryNotFound } from './errors.js';
export { openWholeFrames } from './healed-frames.js';
