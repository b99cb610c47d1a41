import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BackupDto, Page } from '../../../src/cli/api-types.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { beforeAll } from 'vitest';
import type { TestApp } from '../core/test-app.js';
import { GatedSite } from '../jobs/jobs-app.js';

export interface ReportDto {
  id: string;
  status: 'running' | 'completed' | 'failed';
  counts: Record<string, number>;
  findings: { kind: string; key: string; action: string; note: string | null }[];
  error: { code: string } | null;
}

/** The default storage of a test's application, seen from both sides. */
export class Stored {
  private found: { providerId: string; driver: StorageDriver } | null = null;

  private constructor(readonly test: TestApp) {}

  static async of(test: TestApp): Promise<Stored> {
    const stored = new Stored(test);
    await stored.load();
    return stored;
  }

  /** Of the application that all tests of the file share. */
  static use(test: TestApp): Stored {
    const stored = new Stored(test);
    beforeAll(() => stored.load());
    return stored;
  }

  private async load(): Promise<void> {
    const { items } = await this.test.admin.get<Page<{ id: string }>>('/storage');
    const providerId = items[0]?.id ?? '';
    const driver = await this.test.app.get(StorageService, { strict: false }).driver(providerId);
    this.found = { providerId, driver };
  }

  get providerId(): string {
    return this.there().providerId;
  }

  get driver(): StorageDriver {
    return this.there().driver;
  }

  private there(): { providerId: string; driver: StorageDriver } {
    if (this.found === null) throw new Error('The storage is there only while the tests run.');
    return this.found;
  }

  path(key: string): string {
    return join(this.test.config.paths.storage, key);
  }

  /** Writes a file as someone else would; `days` old. */
  write(key: string, content: string | Buffer, days = 0): string {
    mkdirSync(dirname(this.path(key)), { recursive: true });
    // A new file: what the storage has may share its inode with another.
    rmSync(this.path(key), { force: true });
    writeFileSync(this.path(key), content);
    this.age(key, days);
    return key;
  }

  age(key: string, days: number): void {
    const at = Date.now() / 1000 - days * 86_400;
    utimesSync(this.path(key), at, at);
  }

  take(key: string): Buffer {
    const content = readFileSync(this.path(key));
    rmSync(this.path(key));
    return content;
  }

  sql(text: string): Promise<Record<string, unknown>[]> {
    return runSql(this.test.config.databaseUrl ?? '', text);
  }

  async state(key: string): Promise<unknown> {
    return (await this.sql(`select state from stored_object where key = '${key}'`))[0]?.['state'];
  }

  /** As if the catalogue had never known the backup. */
  async forget(backup: BackupDto): Promise<void> {
    await this.sql(`delete from stored_object where key like '%-${backup.id}.%'`);
    for (const table of ['backup_bundle', 'backup_copy'])
      await this.sql(`delete from ${table} where backup_id = '${backup.id}'`);
    await this.sql(`delete from backup where id = '${backup.id}'`);
    await this.sql(`delete from job where backup_id = '${backup.id}'`);
  }

  async newest(siteId: string): Promise<BackupDto> {
    const [newest] = await this.test.admin.backups(siteId);
    if (newest === undefined) throw new Error('no backup');
    return newest;
  }

  /** How a full verify of the backup ends. */
  async verify({ id }: BackupDto): Promise<string> {
    const job = await this.test.admin.post<{ id: string }>(`/backups/${id}/verify`);
    return (await this.test.admin.ended(job.id)).status;
  }

  start(body: object = {}): Promise<ReportDto> {
    return this.test.admin.post<ReportDto>(`/storage/${this.providerId}/reconciliations`, body);
  }

  report(id: string): Promise<ReportDto> {
    return this.test.admin.get<ReportDto>(`/reconciliations/${id}`);
  }

  async ended(id: string): Promise<ReportDto> {
    return until('the reconciliation to end', async () => {
      const report = await this.report(id);
      return report.status === 'running' ? null : report;
    });
  }

  async reconcile(body: object = {}): Promise<ReportDto> {
    return this.ended((await this.start(body)).id);
  }
}

/** A site with so many backups, oldest first, each with a file of its own. */
export async function siteWith(
  test: TestApp,
  name: string,
  backups: number,
): Promise<{ site: GatedSite; backups: BackupDto[] }> {
  const site = await GatedSite.make(test, name);
  for (let n = 0; n < backups; n++) {
    writeFileSync(join(site.path, `new-${n}.bin`), Buffer.alloc(50_000, `${name} ${n} `));
    const job = await site.backUp();
    if (job.status !== 'completed') throw new Error(`the backup ended as ${job.status}`);
  }
  return { site, backups: (await test.admin.backups(site.id)).toReversed() };
}

export const bundleKey = (backup: BackupDto): string => (backup as BackupDto & { bundleKey: string }).bundleKey;
export const manifestKey = (backup: BackupDto): string => bundleKey(backup).replace('.tar.zst', '.manifest.ndjson.zst');
