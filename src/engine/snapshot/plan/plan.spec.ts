import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabaseSink, packBundle, planFiles } from '../pack/index.js';
import { KeptJournal } from '../../testing/pack-tree.js';
import { readPlanSummary } from './index.js';

let folder = '';
let small = '';
let mounted = false;
const SMALL_BYTES = 6 * 1024 * 1024;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-spec-'));
  small = join(folder, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_BYTES}`, 'tmpfs', small], { stdio: 'ignore' });
    mounted = true;
  } catch {
    // Not allowed here: the tests that need a full disk skip themselves.
  }
});
afterAll(() => {
  if (mounted) execFileSync('umount', [small]);
  rmSync(folder, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const journal = new KeptJournal();
const plan = async (site: string, workDir: string): ReturnType<typeof planFiles> =>
  planFiles({ roots: [{ prefix: 'files', path: site }], excludes: ['/skip'], neverPack: [], workDir, signal, journal });
const pack = async (workDir: string): Promise<unknown> =>
  packBundle({
    workDir,
    header: {
      backupId: 'b',
      site: { id: 's', name: 'n', url: null, module: 'wordpress', path: '/', node: 'host' },
      startedAt: '2026-01-01T00:00:00.000Z',
      tool: { name: 'backupd', version: '0', node: '24' },
      facts: {},
    },
    readme: '',
    bundleKey: 'k',
    workers: 2,
    signal,
    journal,
  });

function makeSite(name: string, bytes: number): string {
  const site = join(folder, name);
  mkdirSync(site);
  // Nothing that compresses.
  execFileSync('sh', ['-c', 'head -c "$1" /dev/urandom > "$2"', 'sh', String(bytes), join(site, 'photo.jpg')]);
  return site;
}

describe('planFiles', { timeout: 30_000 }, () => {
  it('says what there is, and counts holes as nothing when it asks for space', async () => {
    const site = makeSite('totals', 1000);
    const workDir = join(folder, 'work-totals');
    mkdirSync(workDir);
    mkdirSync(join(site, 'skip'));
    writeFileSync(join(site, 'skip/x'), '1234');
    writeFileSync(join(site, 'huge'), '');
    truncateSync(join(site, 'huge'), 2 ** 40);
    const planned = await plan(site, workDir);
    expect(planned).toMatchObject({ files: 2, bytes: 1000 + 2 ** 40, entries: 3 });
    expect(planned.excluded).toEqual([{ pattern: '/skip', files: 1, bytes: 4 }]);
    expect(Date.parse(planned.filesAt)).toBeLessThanOrEqual(Date.now());
    expect(await readPlanSummary(workDir)).toMatchObject({ files: 2, mediaBytes: 1000, textBytes: 0 });
  });

  it('refuses before the work when the disk is too small, with both numbers', async ({ skip }) => {
    if (!mounted) skip();
    const error = await plan(makeSite('too-big', 20_000_000), small).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'DISK_FULL', kind: 'precondition' });
    const { message, context } = error as { message: string; context: { needed: number; free: number } };
    expect(context.needed).toBeGreaterThan(20_000_000);
    expect(context.free).toBeLessThan(SMALL_BYTES);
    expect(message).toContain(String(context.needed));
    expect(message).toContain(String(context.free));
    await expect(pack(small)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('a disk that fills while packing is DISK_FULL too, and the part is removed', async ({ skip }) => {
    if (!mounted) skip();
    const site = makeSite('fills', 7_000_000);
    await plan(site, small).catch(() => undefined);
    const summary = join(small, 'files.json');
    const facts = JSON.parse(readFileSync(summary, 'utf8')) as Record<string, unknown>;
    writeFileSync(summary, JSON.stringify({ ...facts, mediaBytes: 0 }));
    await expect(pack(small)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(readdirSync(small).toSorted()).toEqual(['files.json', 'files.plan']);
  });

  it('a disk that fills during the dump is DISK_FULL', async ({ skip }) => {
    if (!mounted) skip();
    const sink = await openDatabaseSink({ workDir: small });
    const noise = readFileSync(join(makeSite('noise', 3_500_000), 'photo.jpg'));
    const fill = async (): Promise<void> => {
      for (const n of [1, 2, 3, 4]) await sink.add({ path: `database/${n}`, size: noise.length }, noise);
      await sink.finish();
    };
    await expect(fill()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await sink.abort();
  });
});
