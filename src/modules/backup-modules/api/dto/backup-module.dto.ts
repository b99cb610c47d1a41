/** What knows how to back up one kind of site. */
export class BackupModuleDto {
  /** @example 'wordpress' */
  name!: string;
  /** @example 'WordPress' */
  title!: string;
  /**
   * Stages of its backups, in order.
   * @example ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup']
   */
  stages!: string[];
  /** Stages of its restores; null when it can't restore. */
  restoreStages!: string[] | null;
  /** Whether it can find its sites on disk. */
  canDiscover!: boolean;
  /** JSON schema of a site's settings. */
  settingsSchema!: Record<string, unknown>;
}

export class BackupModuleListDto {
  items!: BackupModuleDto[];
}
