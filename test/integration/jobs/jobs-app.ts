import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Module, type Type } from '@nestjs/common';
import type { JobDto, SiteDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';
import type { AppConfigValues } from '../../../src/config/index.js';
import { BackupModuleProvider } from '../../../src/engine/ports/index.js';
import { cleanupWork, keysFor, uploadBackup } from '../../../src/engine/runner/index.js';
import { packBundle, planFiles } from '../../../src/engine/snapshot/pack/index.js';
import { JobTimings } from '../../../src/modules/jobs/index.js';
import { until } from '../../support/scratch.js';
import { startTestApp, type TestApp, useApp } from '../core/test-app.js';
import { plainModule } from './plain-module.mjs';

@Injectable()
@BackupModuleProvider()
class PlainModule extends plainModule({ AppError, planFiles, packBundle, uploadBackup, cleanupWork, keysFor }) {}

/** The same with its first two stages at the same time. */
@Injectable()
@BackupModuleProvider()
class SideModule extends PlainModule {
  override name = 'side';
  override readonly needs = { backup_files: [] };
}

/** The tests' own backup modules. */
@Module({ providers: [PlainModule, SideModule] })
export class PlainFeature {}

/** The application with the tests' own backup module. */
export async function startJobsApp(settings: Partial<AppConfigValues> = {}, extra: Type[] = []): Promise<TestApp> {
  const test = await startTestApp([PlainFeature, ...extra], settings);
  const timings = test.app.get(JobTimings);
  timings.retrySeconds = 1;
  // Stages that are held at a gate do not come to an end of their own.
  timings.graceMs = 0;
  return test;
}

/** As `startJobsApp`, for all tests of a file. */
export const useJobsApp = (...how: Parameters<typeof startJobsApp>): TestApp => useApp(() => startJobsApp(...how));

/** A site of the plain module, with a gate at which its stages can be held. */
export class GatedSite {
  private constructor(
    readonly test: Pick<TestApp, 'admin'>,
    readonly path: string,
    readonly gate: string,
    readonly dto: SiteDto,
  ) {}

  get id(): string {
    return this.dto.id;
  }

  static async make(test: TestApp, name: string, more: Record<string, unknown> = {}): Promise<GatedSite> {
    const path = join(test.folder, 'www', name);
    const gate = join(test.folder, 'gates', name);
    mkdirSync(path, { recursive: true });
    mkdirSync(gate, { recursive: true });
    writeFileSync(join(path, 'index.html'), `<h1>${name}</h1>`);
    writeFileSync(join(path, 'ü & "odd" (1).txt'), 'odd');
    mkdirSync(join(path, 'sub'));
    writeFileSync(join(path, 'sub', 'big.bin'), Buffer.alloc(300_000, name));
    const { settings, ...rest } = more;
    const dto = await test.admin.addSite(path, {
      module: 'plain',
      name,
      settings: { gate, ...(typeof settings === 'object' ? settings : {}) },
      ...rest,
    });
    return new GatedSite(test, path, gate, dto);
  }

  /** The stage will wait until it is released. */
  hold(stage: string): void {
    rmSync(join(this.gate, `${stage}.reached`), { force: true });
    writeFileSync(join(this.gate, `${stage}.hold`), '');
  }

  release(stage: string): void {
    rmSync(join(this.gate, `${stage}.hold`), { force: true });
  }

  /** As `hold`, and nothing else ends the waiting. */
  deafen(stage: string): void {
    writeFileSync(join(this.gate, `${stage}.deaf`), '');
    this.hold(stage);
  }

  /** The stage will fail once. */
  fail(stage: string, options: { code: string; kind: string; retry: string; message: string }): void {
    writeFileSync(join(this.gate, `${stage}.fail`), JSON.stringify(options));
  }

  async reached(stage: string): Promise<void> {
    await until(`${stage} to be reached`, () => existsSync(join(this.gate, `${stage}.reached`)));
    rmSync(join(this.gate, `${stage}.reached`));
  }

  start(): Promise<JobDto> {
    return this.test.admin.post<JobDto>(`/sites/${this.id}/backups`);
  }

  backUp(): Promise<JobDto> {
    return this.test.admin.backUp(this.id);
  }
}

/** Names of the objects that the default storage has for the site. */
export function storedNames(test: Pick<TestApp, 'config'>, siteId: string): string[] {
  const folder = join(test.config.paths.storage, 'sites', siteId);
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

/** Job folders that are left. */
export function workFolders(test: Pick<TestApp, 'config'>): string[] {
  return readdirSync(test.config.paths.work);
}
