import { IsBoolean, IsObject, IsString, Length } from 'class-validator';
import { MayBeAbsent, PageDto } from '../../../common/http/index.js';

/** A storage provider to add. */
export class CreateStorageDto {
  /** @example 'second disk' */
  @IsString()
  @Length(1, 100)
  name!: string;

  /**
   * The driver.
   * @example 'local'
   */
  @IsString()
  @Length(1, 50)
  kind!: string;

  /**
   * Settings of the driver; secret ones are sealed and never shown again.
   * @example { "path": "/mnt/backup-disk/backupd" }
   */
  @IsObject()
  settings!: Record<string, unknown>;

  /**
   * Whether sites without a list of their own store here; several may be, for as many copies.
   * After one was added the next backup of each such site is a full one, stored on each of its storages; earlier backups are not copied.
   */
  @MayBeAbsent()
  @IsBoolean()
  isDefault?: boolean;
}

/** What to change; absent fields stay. */
export class UpdateStorageDto {
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  name?: string;

  /** Settings to replace; others stay as they are. `null` removes one. */
  @MayBeAbsent()
  @IsObject()
  settings?: Record<string, unknown>;

  /** As when it is added: the next backup of each site that stores there by default is a full one. */
  @MayBeAbsent()
  @IsBoolean()
  isDefault?: boolean;

  /** A disabled provider gets no new backups; what it holds stays readable. */
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

/** A kind of storage and what it must be told. */
export class StorageKindDto {
  /** @example 's3' */
  kind!: string;
  title!: string;
  /** JSON schema of the settings. */
  settingsSchema!: Record<string, unknown>;
  /** Names of the settings that are sealed and never returned. */
  secretSettings!: string[];
}

export class StorageSpaceDto {
  freeBytes!: number;
  totalBytes!: number;
}

/** A storage provider, without its secrets. */
export class StorageDto {
  id!: string;
  name!: string;
  /** @example 'local' */
  kind!: string;
  settings!: Record<string, unknown>;
  isDefault!: boolean;
  enabled!: boolean;
  createdAt!: string;
  /** Null where the storage has no such notion or does not answer. */
  space!: StorageSpaceDto | null;
}

export class StoragePageDto extends PageDto {
  items!: StorageDto[];
}
