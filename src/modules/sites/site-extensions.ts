import { Injectable } from '@nestjs/common';

/** A site's newest backup as it is shown with the site. */
export interface LastBackup {
  id: string;
  createdAt: Date;
  /** `completed`, or `partial` when it has warnings. */
  status: string;
  /** When a copy of it was last read back whole; null = not yet. */
  provenAt: Date | null;
}

/** What other features add to sites. Every part is optional. */
export interface SiteExtension {
  /** The newest good backup of each of these sites, where there is one. */
  lastBackups?(siteIds: readonly string[]): Promise<ReadonlyMap<string, LastBackup>>;
  /** When each of these sites is backed up next by its schedule, where it has one. */
  nextRuns?(siteIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Throws when the site may not be removed now (a job of it is active). Called in order, before anything is changed. */
  beforeRemove?(siteId: string): Promise<void>;
  /** Throws when the site may not move to another host now. Called in order, before anything is changed. */
  beforeMove?(siteId: string): Promise<void>;
}

/**
 * Where features that know sites (jobs, backups) tie themselves in, as sites know nobody: inject this and call `add` in
 * `onModuleInit`.
 */
@Injectable()
export class SiteExtensions {
  private readonly added: SiteExtension[] = [];

  add(extension: SiteExtension): void {
    this.added.push(extension);
  }

  async lastBackups(siteIds: readonly string[]): Promise<Map<string, LastBackup>> {
    const found = new Map<string, LastBackup>();
    if (siteIds.length === 0) return found;
    for (const extension of this.added)
      for (const [id, backup] of (await extension.lastBackups?.(siteIds)) ?? []) found.set(id, backup);
    return found;
  }

  async nextRuns(siteIds: readonly string[]): Promise<Map<string, Date>> {
    const found = new Map<string, Date>();
    if (siteIds.length === 0) return found;
    for (const extension of this.added)
      for (const [id, at] of (await extension.nextRuns?.(siteIds)) ?? []) found.set(id, at);
    return found;
  }

  async beforeMove(siteId: string): Promise<void> {
    for (const extension of this.added) await extension.beforeMove?.(siteId);
  }

  async beforeRemove(siteId: string): Promise<void> {
    for (const extension of this.added) await extension.beforeRemove?.(siteId);
  }
}
