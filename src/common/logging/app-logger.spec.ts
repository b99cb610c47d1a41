import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppLogger, type LogOptions } from './app-logger.js';
import { addToLogContext, withLogContext } from './log-context.js';

function logger(options: Partial<LogOptions> = {}): { log: AppLogger; lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    log: new AppLogger({ format: 'json', level: 'info', colors: false, write: (line) => lines.push(line), ...options }),
  };
}

describe('the log', () => {
  it('is one JSON object a line, with the ids of the work it belongs to', async () => {
    const { log, lines } = logger();
    log.log('outside', 'jobs');
    await withLogContext({ requestId: 'r' }, () =>
      withLogContext({ jobId: 'j', siteId: 's' }, async () => {
        await setImmediate();
        addToLogContext({ blot: (text) => text.replaceAll('planted', '***') });
        log.error('with planted', 'Error: planted\n  at x', 'jobs');
      }),
    );
    log.debug('not shown', 'jobs');
    const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(first).toMatchObject({ level: 'info', context: 'jobs', msg: 'outside', pid: process.pid });
    expect(first).not.toHaveProperty('jobId');
    expect(first?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(second).toMatchObject({ level: 'error', msg: 'with ***', requestId: 'r', jobId: 'j', siteId: 's' });
    expect(second?.['stack']).toBe('Error: ***\n  at x');
    expect(second).not.toHaveProperty('blot');
  });

  it('is readable on a terminal', () => {
    const { log, lines } = logger({ format: 'text' });
    withLogContext({ jobId: '0199' }, () => log.warn('slow', 'jobs'));
    expect(lines.join('')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d WARN {2}\[jobs\] slow \(job 0199\)\n$/);
  });

  it('shows no name or message as a line of its own, nor lets it steer the terminal', () => {
    const { log, lines } = logger({ format: 'text' });
    log.warn('a\u001b[2Jb\r\n2026-01-01 00:00:00 INFO  [jobs] all is well', 'jobs');
    log.error('x', 'Error: y\n    at z', 'jobs');
    const text = lines.join('');
    expect(text).toContain('a\\u001b[2Jb\\u000d\n  2026-01-01');
    expect(text).toContain('x\n  Error: y\n      at z\n');
    expect(text.split('\n').filter((line) => /^\d/.test(line))).toHaveLength(2);
  });

  it('leaves the chatter of the framework out, and tells it to who debugs', () => {
    const quiet = logger();
    quiet.log.log('mapped', 'RouterExplorer');
    expect(quiet.lines).toEqual([]);
    const verbose = logger({ level: 'debug' });
    verbose.log.log('mapped', 'RouterExplorer');
    expect(verbose.lines).toHaveLength(1);
  });

  it.each([
    ['token bkd_abcdefghijklmnopqrstuvwxyz012345 was', 'token bkd_*** was'],
    ['Authorization: Bearer abcdefgh.ijkl', 'Authorization: Bearer ***'],
    ['postgresql://me:hunter2@db/x', 'postgresql://me:***@db/x'],
    ['{"secretAccessKey": "abc/def+1", "x": 1}', '{"secretAccessKey": ***, "x": 1}'],
    ['--password=hunter2 --user=x', '--password=*** --user=x'],
    ['https://host:8443/path and a@b', 'https://host:8443/path and a@b'],
  ])('shows no secret by its form: %s', (text, shown) => {
    const { log, lines } = logger();
    log.log(text, 'x');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: shown });
  });
});
