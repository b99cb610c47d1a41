import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AppError } from '../../common/errors/index.js';
import {
  BACKUP_MODULE,
  type BackupModule,
  canCompare,
  canDiscover,
  canRestore,
  type ComparingModule,
  type DiscoveringModule,
  type RestoringModule,
} from '../../engine/ports/index.js';

/** The backup modules of this build: every provider that carries `@BackupModuleProvider()`. */
@Injectable()
export class BackupModuleRegistry implements OnModuleInit {
  private readonly modules = new Map<string, BackupModule>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function' || Reflect.getMetadata(BACKUP_MODULE, metatype) !== true) continue;
      const module: unknown = instance;
      if (!isBackupModule(module)) throw new Error(`${metatype.name} is no backup module`);
      const other = this.modules.get(module.name);
      if (other === module) continue;
      if (other !== undefined) throw new Error(`two backup modules are named "${module.name}"`);
      this.modules.set(module.name, module);
    }
  }

  /** All of them, by name. */
  all(): BackupModule[] {
    return [...this.modules.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Error: MODULE_UNKNOWN. */
  get(name: string): BackupModule {
    const module = this.modules.get(name);
    if (module !== undefined) return module;
    throw new AppError({
      code: 'MODULE_UNKNOWN',
      kind: 'usage',
      message: `There is no backup module "${name}".`,
      hint: `There are: ${
        this.all()
          .map((known) => known.name)
          .join(', ') || 'none'
      }.`,
      retry: 'never',
      context: { module: name },
    });
  }

  /** The modules that can find sites on disk. */
  discovering(): DiscoveringModule[] {
    return this.all().filter(canDiscover);
  }

  /** Errors: MODULE_UNKNOWN, RESTORE_UNSUPPORTED. */
  restoring(name: string): RestoringModule {
    const module = this.get(name);
    if (canRestore(module)) return module;
    throw new AppError({
      code: 'RESTORE_UNSUPPORTED',
      kind: 'usage',
      message: `The backup module "${name}" can't restore by itself.`,
      hint: 'Download the backup and restore it by hand: docs/restore-by-hand.md.',
      retry: 'never',
      context: { module: name },
    });
  }

  /** Errors: MODULE_UNKNOWN, DIFF_UNSUPPORTED. */
  comparing(name: string): ComparingModule {
    const module = this.get(name);
    if (canCompare(module)) return module;
    throw new AppError({
      code: 'DIFF_UNSUPPORTED',
      kind: 'usage',
      message: `The backup module "${name}" can't compare databases.`,
      hint: 'Compare the files alone: "backupd diff <backup> --only files".',
      retry: 'never',
      context: { module: name },
    });
  }
}

function isBackupModule(value: unknown): value is BackupModule {
  return typeof value === 'object' && value !== null && 'name' in value && 'stages' in value && 'executeStage' in value;
}
