import { AlarmKind, Severity } from '../alarm.entity.js';
import { type AlarmRule, type Finding, type Look, minuteOf } from './alarm-rule.js';

interface Row {
  id: string;
  name: string;
  hostname: string;
  last_seen_at: string;
  sites: number;
}

/** A node that may come in is not heard of. One that was blocked or revoked is away by intent. */
export const nodeOffline: AlarmRule = {
  kind: AlarmKind.NodeOffline,
  everyMinutes: 1,
  afterJob: 'nothing',
  async find({ em }: Look): Promise<Finding[]> {
    const rows = await em.execute<Row[]>(
      `select n.id, n.name, n.hostname, n.last_seen_at,
          (select count(*) from site s where s.node_id = n.id and not s.paused)::int as sites
        from node n where n.health = 'offline' and not n.blocked and n.key_hash is not null order by n.id`,
    );
    return rows.map(finding);
  },
};

function finding({ id, name, hostname, last_seen_at: lastSeenAt, sites }: Row): Finding {
  const since = new Date(lastSeenAt);
  const waiting = sites === 1 ? '1 site waits' : `${sites} sites wait`;
  return {
    subject: id,
    severity: sites > 0 ? Severity.Critical : Severity.Warning,
    message: `The node "${name}" (${hostname}) has not been heard of since ${minuteOf(since)}.${sites > 0 ? ` ${waiting} for it.` : ''}`,
    hint: `Look whether the host runs, whether backupd runs there (\`systemctl status backupd-node\`), and whether it reaches this server. Given up for good: \`backupd nodes remove "${name}"\` (the backups stay, and can be restored to another node).`,
    context: { nodeId: id, name, hostname, lastSeenAt: since.toISOString(), sites },
  };
}
