import { Injectable } from '@nestjs/common';
import {
  BackupModuleProvider,
  type BackupSource,
  type BackupStageContext,
  type ComparingModule,
  type DatabaseDifference,
  type DescribableSite,
  type DiagnosableModule,
  type DiagnosticCheck,
  type DiscoveredSite,
  type DiscoverOptions,
  type DiscoveringModule,
  type RestorePreview,
  type RestoreStageContext,
  type RollBackEnd,
  type RestoringModule,
  type SiteDescription,
  type StageOutcome,
} from '../../engine/ports/index.js';
import { CLEANUP_STAGE, cleanupWork } from '../../engine/runner/index.js';
import { backupDatabase, isDatabaseDumped } from './backup/backup-db.js';
import { isPlanned, planSiteFiles } from './backup/backup-files.js';
import { inspectSite } from './backup/inspect-site.js';
import { createBundle, isBundled, uploadBundle } from './backup/create-bundle.js';
import { diffDatabase } from './compare/index.js';
import { diagnoseClients } from './diagnose.js';
import { describeWordPress, discoverWordPress } from './discovery/index.js';
import { RESTORE_STAGES, WordPressRestore } from './restore/wordpress-restore.js';
import { Maintenance } from './maintenance/maintenance.js';
import { SETTINGS_SCHEMA, type WordPressSettings, wordPressSettings } from './settings.js';

interface BackupStage {
  run(context: BackupStageContext): Promise<StageOutcome>;
  isDone(context: BackupStageContext): Promise<boolean>;
}

const STAGES: Readonly<Record<string, BackupStage>> = {
  // Once the dump is in the bundle, its own frames are gone.
  backup_db: {
    run: backupDatabase,
    isDone: async (context) => (await isDatabaseDumped(context)) || (await isBundled(context)),
  },
  backup_files: { run: planSiteFiles, isDone: isPlanned },
  create_bundle: { run: createBundle, isDone: isBundled },
  // Storing and cleaning up are idempotent and cheap when done: they run on every attempt.
  upload_remote: { run: uploadBundle, isDone: async () => false },
  cleanup: { run: cleanupWork, isDone: async () => false },
};

/** The stages of which maintenance mode is on, from the beginning of the first to the end of the last one named. */
const MAINTAINED: Readonly<Record<WordPressSettings['maintenance'], { stages: readonly string[] }>> = {
  off: { stages: [] },
  database: { stages: ['backup_db'] },
  backup: { stages: ['backup_db', 'backup_files', 'create_bundle'] },
};

/** Backs up and restores WordPress sites on MySQL, MariaDB or SQLite. */
@Injectable()
@BackupModuleProvider()
export class WordPressBackupModule implements DiscoveringModule, RestoringModule, DiagnosableModule, ComparingModule {
  readonly name = 'wordpress';
  readonly title = 'WordPress';
  readonly stages = Object.keys(STAGES);
  /** The dump waits for the server, the packing for disk and processor: both at once. */
  readonly needs = { backup_files: [], create_bundle: ['backup_files'] };
  readonly restoreStages = RESTORE_STAGES;
  readonly settingsSchema = SETTINGS_SCHEMA;
  private readonly maintenance = new Maintenance();
  private readonly restores = new WordPressRestore(this.maintenance);

  async executeStage(stage: string, context: BackupStageContext): Promise<StageOutcome> {
    const { maintenance } = wordPressSettings(context.site.settings);
    const within = MAINTAINED[maintenance];
    // The work folder, and what is noted in it, is about to be emptied.
    if (stage === CLEANUP_STAGE) await this.release(context);
    if (!within.stages.includes(stage)) return stageOf(stage).run(context);
    await this.maintenance.begin(context, (await inspectSite(context.site)).abspath);
    let well = false;
    try {
      const outcome = await stageOf(stage).run(context);
      well = true;
      return outcome;
    } finally {
      if (!well || stage === within.stages.at(-1)) await this.release(context);
    }
  }

  async release(context: Pick<BackupStageContext, 'jobId' | 'workDir'>): Promise<void> {
    await this.maintenance.end(context);
  }

  checkStage(stage: string, context: BackupStageContext): Promise<boolean> {
    return stageOf(stage).isDone(context);
  }

  discover(options: DiscoverOptions): AsyncIterable<DiscoveredSite> {
    return discoverWordPress(options);
  }

  describe(site: DescribableSite): Promise<SiteDescription> {
    return describeWordPress(site);
  }

  diagnose(): Promise<DiagnosticCheck[]> {
    return diagnoseClients();
  }

  diffDatabase(before: BackupSource, after: BackupSource, signal: AbortSignal): Promise<DatabaseDifference> {
    return diffDatabase(before, after, signal);
  }

  previewRestore(context: RestoreStageContext): Promise<RestorePreview> {
    return this.restores.preview(context);
  }

  executeRestoreStage(stage: string, context: RestoreStageContext): Promise<StageOutcome> {
    return this.restores.run(stage, context);
  }

  rollBackRestore(context: Omit<RestoreStageContext, 'source'>): Promise<RollBackEnd> {
    return this.restores.rollBack(context);
  }
}

function stageOf(name: string): BackupStage {
  const stage = STAGES[name];
  if (stage === undefined) throw new Error(`the wordpress module has no stage "${name}"`);
  return stage;
}
