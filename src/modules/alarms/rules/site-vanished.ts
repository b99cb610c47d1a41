import { lstat } from 'node:fs/promises';
import { errnoOf } from '../../../common/errors/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

const GONE = new Set(['ENOENT', 'ENOTDIR']);
/** Looked at side by side. */
const BATCH = 50;
const PATIENCE_MS = 20_000;

interface Row {
  id: string;
  name: string;
  path: string;
}

/** The folder of a site of this host is not there any more. */
export const siteVanished: AlarmRule = {
  kind: AlarmKind.SiteVanished,
  everyMinutes: 5,
  afterJob: 'nothing',
  slow: true,
  async find({ em }: Look): Promise<Finding[]> {
    const rows = await em.execute<Row[]>(
      'select id, name, path from site where not paused and node_id is null order by id',
    );
    const found: Finding[] = [];
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      const gone = await Promise.all(batch.map(({ path }) => isGone(path)));
      found.push(...batch.flatMap((row, index) => (gone[index] === true ? [finding(row)] : [])));
    }
    return found;
  },
};

/** Only what is surely gone: a mount that hangs, or a folder that may not be looked into, tells nothing. */
async function isGone(path: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const look = lstat(path).then(
    () => false,
    (error: unknown) => GONE.has(errnoOf(error) ?? ''),
  );
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}

function finding({ id, name, path }: Row): Finding {
  return {
    subject: id,
    siteId: id,
    severity: Severity.Critical,
    message: `The folder of the site "${name}" is gone: ${path} does not exist.`,
    hint: 'If it has moved, register it where it is now: `backupd sites add <path>`; if it was given up, `backupd sites remove <site>` (its backups stay); if it was lost, `backupd restore latest --site <site>`.',
    context: { path },
  };
}
