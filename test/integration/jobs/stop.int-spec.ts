import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JobWorker } from '../../../src/modules/jobs/job-worker.js';
import { JobTimings } from '../../../src/modules/jobs/index.js';
import { endWithTest } from '../../support/scratch.js';
import { GatedSite, startJobsApp } from './jobs-app.js';
import type { TestApp } from '../core/test-app.js';

/** An application that is stopped in the test. */
async function withApp(work: (test: TestApp, stop: () => Promise<number>) => Promise<void>): Promise<void> {
  const test = await startJobsApp();
  const timings = test.app.get(JobTimings);
  timings.graceMs = 10_000;
  const stop = async (): Promise<number> => {
    const began = performance.now();
    await test.app.get(JobWorker).stopAll();
    return performance.now() - began;
  };
  try {
    await work(test, stop);
  } finally {
    timings.graceMs = 0;
    await test.close();
  }
}

describe('a stop', () => {
  it('lets the running stage come to its end, begins no other, and takes no new job', async () => {
    await withApp(async (test, stop) => {
      const site = await GatedSite.make(test, 'graced');
      const other = await GatedSite.make(test, 'too-late');
      site.hold('create_bundle');
      const job = await site.start();
      await site.reached('create_bundle');
      const stopping = stop();
      const late = await other.start();
      await pause(200);
      site.release('create_bundle');
      expect(await stopping).toBeLessThan(5000);
      const now = await test.admin.job(job.id);
      expect(now).toMatchObject({
        status: 'pending',
        retryAt: null,
        attempts: [{ outcome: 'interrupted', error: null }],
      });
      expect(now.stages.map(({ name, status }) => `${name} ${status}`).slice(2, 4)).toEqual([
        'create_bundle completed',
        'upload_remote pending',
      ]);
      expect(await test.admin.job(late.id)).toMatchObject({ status: 'pending', attempt: 0 });
    });
  });

  it('brings a restore to its end within the grace time, else it is taken back', async () => {
    await withApp(async (test, stop) => {
      const site = await GatedSite.make(test, 'restored');
      const { backupId } = await site.backUp();
      site.hold('apply');
      const job = await test.admin.post(`/backups/${backupId ?? ''}/restore`);
      await site.reached('apply');
      const stopping = stop();
      site.release('apply');
      expect(await stopping).toBeLessThan(5000);
      expect(await test.admin.job(String(job['id']))).toMatchObject({ status: 'completed' });
    });
  });

  it('does not wait for ever for a stage that does not hear', async () => {
    await withApp(async (test, stop) => {
      const timings = test.app.get(JobTimings);
      timings.graceMs = 100;
      timings.stopMs = 300;
      const site = await GatedSite.make(test, 'deaf');
      site.deafen('create_bundle');
      const job = await site.start();
      await site.reached('create_bundle');
      expect(await stop()).toBeLessThan(3000);
      expect(await test.admin.job(job.id)).toMatchObject({ status: 'running' });
      site.release('create_bundle');
    });
  });
});

/** A process whose stop never ends; what it says and how it ends. */
async function stopped(limitSeconds: number, signals: number): Promise<{ code: number; text: string; ms: number }> {
  const script = `import { stopOnSignals } from '${new URL('../../../dist/src/process-end.js', import.meta.url).href}';
    setInterval(() => {}, 1000);
    stopOnSignals(() => new Promise(() => {}), ${limitSeconds});
    process.stdout.write('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithTest(child);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child.stdout, 'data');
  const began = performance.now();
  const ended = once(child, 'close');
  for (let i = 0; i < signals; i++) {
    child.kill('SIGTERM');
    await pause(100);
  }
  const [code] = (await ended) as [number];
  return { code, text, ms: performance.now() - began };
}

describe('a process that is told to stop and hangs', () => {
  it('ends when its time is over, and says so', async () => {
    const { code, text } = await stopped(0.3, 1);
    expect(code).toBe(1);
    expect(text).toMatch(/did not stop within 0\.3 seconds and is ended now\. Its next start puts right/);
  });

  it('ends at once at the second signal', async () => {
    const { code, ms } = await stopped(60, 2);
    expect(code).toBe(130);
    expect(ms).toBeLessThan(3000);
  });
});
