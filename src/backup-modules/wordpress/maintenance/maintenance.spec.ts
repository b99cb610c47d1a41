import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { useTempFolder } from '../../../engine/testing/temp-folder.js';
import { Maintenance } from './maintenance.js';

const folder = useTempFolder('maintenance');
const warnings: string[] = [];
const notes: string[] = [];
const journal = {
  progress: () => undefined,
  warn: ({ code }: { code: string }) => void warnings.push(code),
  note: (message: string) => void notes.push(message),
};
const context = (jobId = 'one') => ({ jobId, workDir: folder('work'), journal });
const file = (): string => folder('site', '.maintenance');
const read = (): string => readFileSync(file(), 'utf8');
const timeIn = (text: string): number => Number(/\$upgrading = +(\d+);/.exec(text)?.[1]);

beforeEach(() => {
  mkdirSync(folder('work'), { recursive: true });
  mkdirSync(folder('site'), { recursive: true });
  warnings.length = 0;
  notes.length = 0;
});

describe('maintenance mode', () => {
  it('begins with a fixed time of now, once for a job, and ends', async () => {
    const maintenance = new Maintenance();
    await Promise.all([maintenance.begin(context(), folder('site')), maintenance.begin(context(), folder('site'))]);
    expect(read()).toMatch(/^<\?php \$upgrading = +\d+; \/\/ backupd, job one\n$/);
    expect(Math.abs(timeIn(read()) - Date.now() / 1000)).toBeLessThan(5);
    expect(statSync(file()).uid).toBe(statSync(folder('site')).uid);
    await maintenance.end(context());
    await maintenance.end(context());
    expect(existsSync(file())).toBe(false);
    expect([...warnings, ...notes]).toEqual([]);
  });

  it('is renewed while it is needed, and not after somebody ended it', async () => {
    const maintenance = new Maintenance(5);
    await maintenance.begin(context(), folder('site'));
    writeFileSync(file(), read().replace(/\d+;/, '1;'));
    await expect.poll(() => timeIn(read())).toBeGreaterThan(1_700_000_000);
    rmSync(file());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(existsSync(file())).toBe(false);
    await maintenance.end(context());
  });

  it('is ended by another process from what the work folder notes', async () => {
    const killed = new Maintenance();
    await killed.begin(context(), folder('site'));
    await new Maintenance().end(context());
    expect(existsSync(file())).toBe(false);
    await killed.end(context());
  });

  it('goes also when backupd was killed before anything was written into the file', async () => {
    await new Maintenance().begin(context(), folder('site'));
    writeFileSync(file(), '');
    await new Maintenance().end(context());
    expect(existsSync(file())).toBe(false);
    writeFileSync(file(), '');
    const later = new Maintenance();
    await later.begin(context('two'), folder('site'));
    expect(timeIn(read())).toBeGreaterThan(1_700_000_000);
    await later.end(context('two'));
    expect(existsSync(file())).toBe(false);
    expect([...warnings, ...notes]).toEqual([]);
  });

  it('of the site’s own is left alone, whatever it is', async () => {
    const own = '<?php $upgrading = 1; // WordPress';
    const maintenance = new Maintenance(5);
    writeFileSync(file(), own);
    await maintenance.begin(context(), folder('site'));
    await maintenance.end(context());
    expect(read()).toBe(own);
    expect(notes).toHaveLength(1);
    rmSync(file());
    writeFileSync(folder('elsewhere'), own);
    symlinkSync(folder('elsewhere'), file());
    await maintenance.begin(context('two'), folder('site'));
    await maintenance.end(context('two'));
    expect(readFileSync(folder('elsewhere'), 'utf8')).toBe(own);
    rmSync(file());
    execFileSync('mkfifo', [file()]);
    await maintenance.begin(context('three'), folder('site'));
    await maintenance.end(context('three'));
    expect(statSync(file()).isFIFO()).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('that can not be begun is a warning; a site that is gone ends well', async () => {
    const maintenance = new Maintenance();
    await maintenance.begin(context(), folder('nowhere'));
    expect(warnings).toEqual(['MAINTENANCE_NOT_POSSIBLE']);
    await maintenance.end(context());
    symlinkSync(folder('site'), folder('link'));
    await maintenance.begin(context(), folder('link'));
    expect(existsSync(file())).toBe(false);
    await maintenance.begin(context('two'), folder('site'));
    rmSync(folder('site'), { recursive: true });
    await maintenance.end(context('two'));
  });
});
