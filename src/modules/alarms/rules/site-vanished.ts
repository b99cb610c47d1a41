import { lstat } from 'node:fs/promises';
import { errnoOf } from '../../../common/errors/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import { Patience } from '../../../common/patience.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

const GONE = new Set(['ENOENT', 'ENOTDIR']);
/** One site on a dead mount is enough to wait for: the others may be on it too. */
const patience = new Patience(20_000, 1);

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
    for (const row of rows)
      if ((await patience.look(row.path, () => isGone(row.path))) === true) found.push(finding(row));
    return found;
  },
};

/** Only what is surely gone: a folder that may not be looked into tells nothing. */
async function isGone(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return GONE.has(errnoOf(error) ?? '');
  }
}

function finding({ id, name, path }: Row): Finding {
  return {
    subject: id,
    siteId: id,
    severity: Severity.Critical,
    message: `The folder of the site "${name}" is gone: ${path} does not exist.`,
    hint: `If it has moved, say where to: \`backupd sites edit ${id} --path <path>\` (its backups go on); if it was given up, \`backupd sites remove ${id}\` (its backups stay); if it was lost, \`backupd restore latest --site ${id}\`.`,
    context: { path },
  };
}
