import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { AppError } from '../../../src/common/errors/index.js';
import {
  BackupModuleProvider,
  type DescribableSite,
  type DiagnosableModule,
  type DiagnosticCheck,
  type DiscoveredSite,
  type DiscoveringModule,
  type DiscoverOptions,
  type SiteDescription,
  type StageOutcome,
} from '../../../src/engine/ports/index.js';

/** A backup module of a test's own: a site is a folder with a `notes.txt`. Shows what adding a module takes. */
@Injectable()
@BackupModuleProvider()
export class NotesBackupModule implements DiscoveringModule, DiagnosableModule {
  readonly name = 'notes';
  readonly title = 'Notes';
  readonly stages = ['pack'];
  readonly settingsSchema = {
    type: 'object',
    additionalProperties: false,
    properties: { level: { type: 'integer', minimum: 1, maximum: 9 }, scope: { enum: ['all', 'some'] } },
  };

  async executeStage(): Promise<StageOutcome> {
    return { message: 'nothing to do' };
  }

  async checkStage(): Promise<boolean> {
    return false;
  }

  async *discover({ roots, signal, onProblem, onProgress }: DiscoverOptions): AsyncGenerator<DiscoveredSite> {
    for (const root of roots) {
      if (!existsSync(root)) {
        onProblem(root, 'does not exist');
        continue;
      }
      let folders = 1;
      for (const name of readdirSync(root).toSorted()) {
        if (signal.aborted) return;
        folders += 1;
        const path = join(root, name);
        const isInstall = existsSync(join(path, 'notes.txt'));
        const reason = isInstall ? 'has notes.txt' : 'has no notes.txt';
        const description = isInstall ? await this.describe({ path, overrides: {} }) : null;
        yield { path, module: this.name, isInstall, reason, description };
        // As a real scan: it takes time, and others get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
      onProgress?.(folders);
    }
  }

  async describe({ path, overrides }: DescribableSite): Promise<SiteDescription> {
    const file = join(path, 'notes.txt');
    if (!existsSync(file))
      throw new AppError({ code: 'NOT_A_SITE', kind: 'source', message: `${path} has no notes.txt.`, retry: 'never' });
    return {
      name: readFileSync(file, 'utf8').trim(),
      url: null,
      path,
      facts: { overrides: Object.keys(overrides), password: overrides['DB_PASSWORD'] === 'hunter2' },
      unknown: [],
      warnings: [],
    };
  }

  async diagnose(): Promise<DiagnosticCheck[]> {
    return [{ name: 'notes reader', status: 'warning', message: 'The notes reader is old.', hint: 'Get a newer one.' }];
  }
}

@Module({ providers: [NotesBackupModule] })
export class NotesModule {}
