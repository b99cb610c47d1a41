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
  node?: string;
  name: string;
  path: string;
}

/** Sites on nodes of which the last scheduled scan said that they are gone, and that were not backed up since. */
const GONE_ON_NODES = `select s.id, s.name, s.path, n.name as node from site s
    join seen_site v on v.node_id = s.node_id and v.path = s.path join node n on n.id = s.node_id
  where not s.paused and v.vanished_at is not null
    and not exists (select 1 from backup b where b.site_id = s.id and b.started_at > v.vanished_at)
  order by s.id`;

/** The folder of a site is not there any more: looked at on this host, as the last scan found it on nodes. */
export const siteVanished: AlarmRule = {
  kind: AlarmKind.SiteVanished,
  everyMinutes: 5,
  afterJob: 'nothing',
  slow: true,
  async find({ em }: Look): Promise<Finding[]> {
    const rows = await em.execute<Row[]>(
      'select id, name, path from site where not paused and node_id is null order by id',
    );
    const onNodes = await em.execute<(Row & { node: string })[]>(GONE_ON_NODES);
    const found = onNodes.map(finding);
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

function finding({ id, name, path, node }: Row): Finding {
  const where = node === undefined ? path : `${path} on the node ${node}`;
  return {
    subject: id,
    siteId: id,
    severity: Severity.Critical,
    message: `The folder of the site "${name}" is gone: ${where} does not exist.`,
    hint: `If it has moved, say where to: \`backupd sites edit ${id} --path <path>\` (its backups go on), to another host \`backupd sites move\`; if it was given up, \`backupd sites remove ${id}\` (its backups stay); if it was lost, \`backupd restore latest --site ${id}\`.`,
    context: { path, ...(node === undefined ? {} : { node }) },
  };
}
