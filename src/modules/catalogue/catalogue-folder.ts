import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';

/** The folder for a catalogue backup on its way. One task works at a time, so what is there at its start is left over. */
@Injectable()
export class CatalogueFolder {
  constructor(private readonly config: AppConfig) {}

  /** Does the work with a path in an empty folder, 0700, that is gone afterwards. */
  async with<T>(work: (path: string) => Promise<T>): Promise<T> {
    const folder = join(this.config.paths.work, 'catalogue');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      return await work(join(folder, 'catalogue.backupd'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
