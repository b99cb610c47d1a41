import type { EntityManager } from '@mikro-orm/postgresql';
import type { DiagnosticCheck } from '../../engine/ports/index.js';

/** Whether the last message to each channel arrived: nobody who is not told can tell that he is not. */
export async function checkNews(em: EntityManager): Promise<DiagnosticCheck> {
  const name = 'notifications';
  const channels = await em.execute<{ name: string; state: string | null; error: string | null }[]>(
    `select c.name, last.state, last.error from notification_channel c left join lateral (
        select d.state, d.error from notification_delivery d
          where d.channel_id = c.id and (d.state in ('sent', 'failed') or d.attempts > 0)
          order by d.created_at desc, d.id desc limit 1) last on true
      where c.enabled order by c.name`,
  );
  if (channels.length === 0)
    return {
      name,
      status: 'warning',
      message: 'Nobody is told when a backup fails or stays away: there is no channel.',
      hint: '`backupd notify setup --kind email …` makes one.',
    };
  const lost = channels.filter(({ state }) => state !== null && state !== 'sent');
  if (lost.length === 0) return { name, status: 'ok', message: 'The last message to each channel arrived.' };
  const why = lost
    .map((channel) => `"${channel.name}": ${(channel.error ?? 'not known why').replace(/\.$/, '')}`)
    .join('; ');
  return {
    name,
    status: 'warning',
    message: `The last message did not arrive at ${why}.`,
    hint: '`backupd notify test <channel>` tries it, `backupd notify deliveries --state failed` shows what was not told.',
  };
}
