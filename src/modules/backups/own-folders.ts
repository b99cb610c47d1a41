import { realpath } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { StorageService } from '../storage/index.js';

/** Folders of backupd's own. */
@Injectable()
export class OwnFolders {
  constructor(
    private readonly config: AppConfig,
    private readonly storage: StorageService,
  ) {}

  /** The data folder and every local storage, as given and as they really are: never to be packed, never restored into. */
  async list(): Promise<string[]> {
    const items = await this.storage.all();
    const local = items.flatMap(({ kind, settings }) =>
      kind === 'local' && typeof settings['path'] === 'string' ? [settings['path']] : [],
    );
    const paths = [this.config.paths.root, ...local];
    const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
    return [...new Set([...paths, ...real])];
  }
}
