import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

/** So many tries are made in about an hour; what may pass has passed by then. */
const TRIES = 7;

interface Row {
  id: string;
  name: string;
  /** Null = its messages arrive. */
  state: 'failed' | 'waiting' | null;
  error: string | null;
}

/**
 * A channel does not take its messages: the last one was given up, or one was tried for about an hour, or its secrets can't be read
 * (which is no try). Critical when no channel is left that works: then nobody is told of anything.
 */
export const notificationUndelivered: AlarmRule = {
  kind: AlarmKind.NotificationUndelivered,
  everyMinutes: 1,
  afterJob: 'nothing',
  async find({ em }: Look): Promise<Finding[]> {
    const rows = await em.execute<Row[]>(
      `select c.id, c.name, coalesce(stuck.state, last.state) as state, coalesce(stuck.error, last.error) as error
        from notification_channel c
        left join lateral (select d.state, d.error from notification_delivery d
          where d.channel_id = c.id and d.state = 'waiting' and d.error is not null and (d.attempts = 0 or d.attempts >= ${TRIES})
          order by d.created_at limit 1) stuck on true
        left join lateral (select nullif(d.state, 'sent') as state, d.error from notification_delivery d
          where d.channel_id = c.id and d.state in ('sent', 'failed') order by d.created_at desc, d.id desc limit 1) last on true
        where c.enabled order by c.name`,
    );
    const lost = rows.filter(({ state }) => state !== null);
    return lost.map((row) => found(row, lost.length === rows.length));
  },
};

function found({ id, name, state, error }: Row, isLast: boolean): Finding {
  const what = state === 'failed' ? 'did not get its last message' : 'does not take its messages; they are tried again';
  return {
    subject: id,
    severity: isLast ? Severity.Critical : Severity.Warning,
    message: `The notification channel "${name}" ${what}: ${error ?? 'it is not known why.'}${isLast ? ' No other channel works: nobody is told of anything.' : ''}`,
    hint: `\`backupd notify test "${name}"\` says what is wrong and, when it arrives, ends this; \`backupd notify deliveries --state failed\` shows what was not told.`,
    context: { channel: name, state },
  };
}
