import { describe, expect, it } from 'vitest';
import type { JobEvent } from './api-types.js';
import { liveLine, ProgressDisplay } from './progress-display.js';
import { testOutput } from './testing.js';

const event = (type: string, data: Record<string, unknown>): JobEvent => ({ id: '1', type, data });
const progress = {
  stage: 'create_bundle',
  bytesDone: 500_000_000,
  bytesTotal: 1_000_000_000,
  itemsDone: 1200,
  itemsTotal: 4000,
  percent: 50,
  bytesPerSecond: 50_000_000,
  current: 'wp-content/uploads',
};

describe('progress', () => {
  it('says stage, share, bytes, items, rate, time left and what is worked on', () => {
    expect(liveLine(progress)).toBe(
      'create_bundle  ██████████░░░░░░░░░░ 50 %  500 MB of 1.0 GB  1 200 of 4 000 items  50.0 MB/s  10 s left  wp-content/uploads',
    );
  });

  it('says only what is known', () => {
    const unknown = {
      ...progress,
      bytesTotal: null,
      itemsDone: null,
      itemsTotal: null,
      percent: null,
      bytesPerSecond: null,
      current: null,
    };
    expect(liveLine(unknown)).toBe('create_bundle  500 MB');
  });

  it('prints plain lines without a terminal: stages, and progress every ten seconds', () => {
    let now = 0;
    const { output, written } = testOutput();
    const display = new ProgressDisplay(output, () => now);
    display.show(event('stage.started', { stage: 'create_bundle' }));
    for (; now < 25_000; now += 500) display.show(event('stage.progress', progress));
    display.show(event('stage.completed', { stage: 'create_bundle', message: '3 files stored.', durationSeconds: 25 }));
    display.end();
    const lines = written().stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      'create_bundle …',
      expect.stringContaining('50 %'),
      expect.stringContaining('50 %'),
      '✔ create_bundle  3 files stored. (25 s)',
    ]);
    expect(written().stdout).toBe('');
  });

  it('keeps one live line on a terminal, never wider than it, and clears it at the end', () => {
    let now = 0;
    const { output, written } = testOutput({ tty: true, columns: 40, env: { NO_COLOR: '1' } });
    const display = new ProgressDisplay(output, () => now);
    display.show(event('stage.started', { stage: 'create_bundle' }));
    for (; now < 1000; now += 10) display.show(event('stage.progress', progress));
    display.end();
    const { stderr } = written();
    expect(stderr).not.toContain('\n');
    // eslint-disable-next-line no-control-regex -- the line is redrawn by this
    const drawn = stderr.split(/\r\u001b\[K/).filter(Boolean);
    expect(drawn.length).toBeLessThanOrEqual(11);
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(39);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('shows warnings and failures, and makes texts of a site harmless', () => {
    const { output, written } = testOutput();
    const display = new ProgressDisplay(output);
    display.show(event('job.warning', { code: 'FILE_CHANGED', message: 'a\u001b[31mb changed' }));
    display.show(event('stage.failed', { stage: 'backup_db', message: 'Access denied.' }));
    expect(written().stderr).toBe('! a\\x1b[31mb changed [FILE_CHANGED]\n✖ backup_db  Access denied.\n');
  });

  it('is silent with --json', () => {
    const { output, written } = testOutput({ json: true });
    new ProgressDisplay(output).show(event('stage.started', { stage: 'x' }));
    expect(written()).toEqual({ stdout: '', stderr: '' });
  });
});
