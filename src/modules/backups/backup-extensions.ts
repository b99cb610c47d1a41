import { Injectable } from '@nestjs/common';
import type { BackupRun } from '../../engine/plans/index.js';
import type { Destination } from '../../engine/ports/index.js';

/** What other features have to say about backups. Every part is optional. */
export interface BackupExtension {
  /** Throws when the backup need not begin. Called in every attempt, before the first stage. */
  beforeStages?(run: BackupRun): Promise<void>;
  /** Throws when the destination may not take so many bytes. Called before anything of the backup is put there. */
  admit?(run: BackupRun, destination: Destination, bytes: number): Promise<void>;
}

/** Where features that know backups tie themselves in (quota): inject this and call `add` in `onModuleInit`. */
@Injectable()
export class BackupExtensions {
  private readonly added: BackupExtension[] = [];

  add(extension: BackupExtension): void {
    this.added.push(extension);
  }

  async beforeStages(run: BackupRun): Promise<void> {
    for (const extension of this.added) await extension.beforeStages?.(run);
  }

  async admit(run: BackupRun, destination: Destination, bytes: number): Promise<void> {
    for (const extension of this.added) await extension.admit?.(run, destination, bytes);
  }
}
