import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { AppError, cancelledError } from '../../../common/errors/index.js';
import type {
  BackupStageContext,
  CommittedBackup,
  JobWarning,
  ResourceGate,
  StorageDriver,
} from '../../ports/index.js';
import { FaultyStorageDriver, MemoryStorageDriver, SeededRandom, useTempFolder } from '../../testing/index.js';
import { WorkFolder } from '../work-folder.js';
import { keysFor } from './keys.js';
import { type FinishedBackup, uploadBackup } from './upload.js';

const folder = useTempFolder('upload');
const startedAt = new Date('2026-01-02T03:04:05.678Z');
const keys = keysFor('site-1', startedAt, 'backup-1');

interface Setup {
  context: BackupStageContext;
  backup: FinishedBackup;
  warnings: JobWarning[];
  progress: number[];
  commits: CommittedBackup[];
}

function setUp(drivers: StorageDriver[], signal = new AbortController().signal): Setup {
  const [warnings, progress, commits]: [JobWarning[], number[], CommittedBackup[]] = [[], [], []];
  mkdirSync(folder('work'), { recursive: true });
  const write = (name: string): { path: string; size: number; sha256: string } => {
    const content = Buffer.from(`${name} `.repeat(1000));
    writeFileSync(folder('work', name), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path: join(folder('work'), name), size: content.length, sha256 };
  };
  const [bundle, manifest] = [write('bundle'), write('manifest')];
  const context: BackupStageContext = {
    jobId: 'job-1',
    attempt: 1,
    backupId: 'backup-1',
    startedAt,
    site: {
      id: 'site-1',
      name: 'Shop',
      url: null,
      path: '/srv/shop',
      module: 'plain',
      settings: { level: 3, apiKey: 'very-secret' },
      excludes: [],
      overrides: { DB_PASSWORD: 'very-secret' },
    },
    workDir: folder('work'),
    signal,
    journal: {
      progress: ({ bytesDone }) => progress.push(bytesDone),
      warn: (warning) => warnings.push(warning),
      note: () => undefined,
    },
    resources: { capacity: () => 1, use: (_kind, work) => work() },
    checkpoints: new WorkFolder(folder('work')).checkpoints,
    destinations: drivers.map((driver, index) => ({
      providerId: `p${index}`,
      providerName: `Storage ${index}`,
      driver,
    })),
    limiter: { take: () => Promise.resolve() },
    catalogue: {
      commit: async (made) => {
        // Written last: all of it is there by now.
        for (const { providerId } of made.copies) {
          const driver = drivers[Number(providerId.slice(1))];
          expect(await driver?.stat(made.bundleKey)).not.toBeNull();
          expect(await driver?.stat(made.manifestKey)).not.toBeNull();
        }
        commits.push(made);
      },
    },
    neverPack: [],
    parent: () => Promise.resolve(null),
    reread: () => Promise.resolve(false),
    finished: () => Promise.resolve(),
  };
  const backup: FinishedBackup = {
    bundlePath: bundle.path,
    bundleKey: keys.bundleKey,
    bundleSize: bundle.size,
    bundleSha256: bundle.sha256,
    manifestPath: manifest.path,
    manifestKey: keys.manifestKey,
    manifestSize: manifest.size,
    manifestSha256: manifest.sha256,
    parentBackupId: null,
    fileCount: 3,
    sourceBytes: 10,
    databaseBytes: 1,
    storedBytes: bundle.size,
    bundles: [{ key: keys.bundleKey, size: bundle.size, sha256: bundle.sha256, own: true }],
  };
  return { context, backup, warnings, progress, commits };
}

/** Notes the order of puts. */
function ordered(inner: StorageDriver, puts: string[]): StorageDriver {
  return new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (name === 'put') puts.push(String(args[0]));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/** So many units of the network. */
function networkOf(units: number): ResourceGate {
  const free = Array.from({ length: units }, (_, unit) => unit);
  const waiting: (() => void)[] = [];
  return {
    capacity: () => units,
    use: async (kind, work) => {
      if (kind !== 'network') return work();
      while (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const unit = free.pop() ?? 0;
      try {
        return await work();
      } finally {
        free.push(unit);
        waiting.shift()?.();
      }
    },
  };
}

const faulty = (): FaultyStorageDriver =>
  new FaultyStorageDriver(new MemoryStorageDriver(), { random: new SeededRandom(1) });

describe('uploadBackup', () => {
  it('writes bundle, manifest, site.json, and then the catalogue', async () => {
    const puts: string[] = [];
    const memory = new MemoryStorageDriver();
    const { context, backup, commits, progress } = setUp([ordered(memory, puts)]);
    await uploadBackup(context, backup);
    expect(puts).toEqual([keys.bundleKey, keys.manifestKey, keys.siteKey]);
    expect(keys.bundleKey).toBe('sites/site-1/20260102T030405Z-backup-1.tar.zst');
    expect(await buffer(await memory.read(keys.bundleKey))).toEqual(readFileSync(backup.bundlePath));
    const about = (await buffer(await memory.read(keys.siteKey))).toString();
    expect(JSON.parse(about)).toMatchObject({ id: 'site-1', name: 'Shop', module: 'plain', settings: { level: 3 } });
    expect(about).not.toContain('very-secret');
    expect(commits).toMatchObject([{ backupId: 'backup-1', jobId: 'job-1', copies: [{ providerId: 'p0' }] }]);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(backup.bundleSize + backup.manifestSize);
  });

  it.each([
    ['the answer tells another size', 'put', 'wrongSize'],
    ['it says it is stored, and is not', 'put', 'lost'],
    ['it tells another size when asked again', 'stat', 'wrongSize'],
  ] as const)('does not count as stored when %s', async (_what, operation, fault) => {
    const driver = faulty();
    driver.failNext(operation, fault);
    const { context, backup, commits } = setUp([driver]);
    await expect(uploadBackup(context, backup)).rejects.toMatchObject({ code: 'UPLOAD_MISMATCH', retry: 'later' });
    expect(commits).toEqual([]);
  });

  it('one of several failing is a warning, all failing is an error', async () => {
    const [bad, good] = [faulty(), new MemoryStorageDriver()];
    bad.failNext('put', 'error');
    const one = setUp([bad, good]);
    await uploadBackup(one.context, one.backup);
    expect(one.commits[0]?.copies.map((copy) => copy.providerId)).toEqual(['p1']);
    expect(one.commits[0]?.missing).toEqual(['p0']);
    expect(one.warnings).toMatchObject([{ code: 'COPY_FAILED', context: { provider: 'Storage 0' } }]);
    const [first, second] = [faulty(), faulty()];
    first.failNext('put', 'error');
    second.failNext('put', 'lost');
    const none = setUp([first, second]);
    await none.context.checkpoints.delete('upload');
    await expect(uploadBackup(none.context, none.backup)).rejects.toMatchObject({ code: 'UPLOAD_FAILED' });
    expect(none.commits).toEqual([]);
  });

  it('writes to all at the same time, and remembers each that has it', async () => {
    const [slow, quick] = [faulty(), new MemoryStorageDriver()];
    slow.failNext('put', 'stall');
    const puts: string[] = [];
    const drivers = [slow, ordered(quick, puts)];
    const stop = new AbortController();
    const first = setUp(drivers, stop.signal);
    const running = uploadBackup(first.context, first.backup);
    await vi.waitFor(async () => expect(await first.context.checkpoints.get('upload')).toHaveProperty('p1'));
    expect(puts).toHaveLength(3);
    expect(slow.log).toHaveLength(1);
    // Killed here; the next attempt writes to the slow one only.
    stop.abort(cancelledError());
    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    const again = setUp(drivers);
    await uploadBackup(again.context, again.backup);
    expect(puts).toHaveLength(3);
    expect(again.commits[0]?.copies.map((copy) => copy.providerId)).toEqual(['p0', 'p1']);
    const total = 2 * (again.backup.bundleSize + again.backup.manifestSize);
    expect(again.progress).toEqual(again.progress.toSorted((a, b) => a - b));
    expect(again.progress.at(-1)).toBe(total);
  });

  it.each([1, 2, 5])('with %i units of the network no more than that are written to at a time', async (units) => {
    let [now, most] = [0, 0];
    const drivers = Array.from({ length: 3 }, () => {
      const memory = new MemoryStorageDriver();
      return Object.assign(Object.create(memory) as StorageDriver, {
        put: async (...args: Parameters<StorageDriver['put']>) => {
          now += 1;
          most = Math.max(most, now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          now -= 1;
          return memory.put(...args);
        },
      });
    });
    const { context, backup, commits } = setUp(drivers);
    await context.checkpoints.delete('upload');
    await uploadBackup({ ...context, resources: networkOf(units) }, backup);
    expect(commits[0]?.copies).toHaveLength(3);
    expect(most).toBe(Math.min(units, 3));
  });

  it('keeps a checkpoint of all that end at the same time', async () => {
    const drivers = Array.from({ length: 12 }, () => new MemoryStorageDriver());
    const { context, backup, commits } = setUp(drivers);
    await context.checkpoints.delete('upload');
    await uploadBackup(context, backup);
    expect(commits[0]?.copies).toHaveLength(12);
    expect(Object.keys((await context.checkpoints.get<object>('upload')) ?? {})).toHaveLength(12);
  });

  it('fails with what the job says when no storage took it', async () => {
    const bad = faulty();
    bad.failNext('put', 'error');
    const { context, backup } = setUp([bad]);
    const seen: string[] = [];
    const refused = (error: AppError): Promise<AppError> => {
      seen.push(error.code);
      return Promise.resolve(new AppError({ code: 'TEST_ELSEWHERE', kind: 'storage', message: 'elsewhere' }));
    };
    await expect(uploadBackup({ ...context, refused }, backup)).rejects.toMatchObject({ code: 'TEST_ELSEWHERE' });
    expect(seen).toEqual(['STORAGE_UNREACHABLE']);
  });

  it('sends nothing again that an earlier attempt has stored whole, unless it is gone', async () => {
    const puts: string[] = [];
    const memory = new MemoryStorageDriver();
    const driver = ordered(memory, puts);
    const first = setUp([driver]);
    await uploadBackup(first.context, first.backup);
    const again = setUp([driver]);
    await uploadBackup(again.context, again.backup);
    expect(puts).toHaveLength(3);
    expect(again.commits).toEqual(first.commits);
    await memory.delete(keys.manifestKey);
    const third = setUp([driver]);
    await uploadBackup(third.context, third.backup);
    expect(puts).toHaveLength(6);
  });

  it('a cancel is a cancel, not a failed storage', async () => {
    const stop = new AbortController();
    const driver = faulty();
    driver.failNext('put', 'stall');
    const { context, backup, warnings } = setUp([driver, new MemoryStorageDriver()], stop.signal);
    const running = uploadBackup(context, backup);
    stop.abort(cancelledError());
    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(warnings).toEqual([]);
  });
});
