import { isAbsolute, normalize } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import {
  folderPlaces,
  StorageDriverProvider,
  type JsonSchema,
  type StorageDriverFactory,
} from '../../engine/ports/index.js';
import { LocalStorageDriver } from './local-storage.driver.js';

/** Storage in a folder of this host, or of anything mounted here. Settings: `{path}`. */
@Injectable()
@StorageDriverProvider()
export class LocalStorageDriverFactory implements StorageDriverFactory {
  readonly kind = 'local';
  readonly title = 'Folder on this host';
  readonly secretSettings: readonly string[] = [];
  readonly settingsSchema: JsonSchema = {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: {
        type: 'string',
        title: 'Folder',
        description: 'Absolute path. Made when the storage is added; its disk must be mounted by then.',
        pattern: '^/.+',
        examples: ['/var/lib/backupd/storage', '/mnt/backup-disk/backupd'],
      },
    },
  };

  /** Throws STORAGE_SETTINGS_INVALID when the path is not absolute. */
  create(settings: Readonly<Record<string, unknown>>): LocalStorageDriver {
    return new LocalStorageDriver(this.folderOf(settings));
  }

  async places(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
    return folderPlaces(this.folderOf(settings));
  }

  private folderOf(settings: Readonly<Record<string, unknown>>): string {
    const path = settings['path'];
    if (typeof path !== 'string' || !isAbsolute(path) || path.includes('\0') || normalize(path) === '/') {
      throw new AppError({
        code: 'STORAGE_SETTINGS_INVALID',
        kind: 'usage',
        message: 'A local storage needs the absolute path of a folder (not /).',
        hint: 'For example {"path": "/mnt/backup-disk/backupd"}.',
        retry: 'never',
      });
    }
    return normalize(path);
  }
}
