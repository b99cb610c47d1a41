import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RestoreStageContext } from '../../../engine/ports/index.js';
import { useTempFolder } from '../../../engine/testing/temp-folder.js';
import { Maintenance } from '../maintenance/maintenance.js';
import { WordPressRestore } from './wordpress-restore.js';

const folder = useTempFolder('roll-back');

it('a restore that can not be taken back does not keep the site in maintenance mode', async () => {
  mkdirSync(folder('site'), { recursive: true });
  mkdirSync(folder('work', 'file-restore'), { recursive: true });
  const maintenance = new Maintenance();
  const context = {
    jobId: 'one',
    workDir: folder('work'),
    journal: { progress: () => undefined, warn: () => undefined, note: () => undefined },
    checkpoints: { get: () => Promise.resolve(null), set: () => Promise.resolve() },
    request: { adminDatabase: null },
  } as unknown as RestoreStageContext;
  await maintenance.begin(context, folder('site'));
  expect(existsSync(folder('site', '.maintenance'))).toBe(true);
  // Where the files were put is not readable any more.
  writeFileSync(folder('work', 'file-restore', 'files.json'), 'broken');
  await expect(new WordPressRestore(maintenance).rollBack(context)).rejects.toThrow(/JSON/);
  expect(existsSync(folder('site', '.maintenance'))).toBe(false);
});
