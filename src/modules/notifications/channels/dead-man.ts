import { ChannelKind } from '../notification.entity.js';
import { notificationDeferred, notificationRefused } from '../notifications.errors.js';
import { type ChannelSender, schema, textOf, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, plainText } from './text.js';

const heartbeatMinutes = {
  type: 'integer',
  title: 'Heartbeat',
  description:
    'besides what its rules send: every so many minutes that backupd runs and that no critical alarm is open (else: failure); none when absent',
  minimum: 1,
  maximum: 1440,
};

/** As healthchecks.io, and what speaks as it does: `<url>/start`, `<url>/fail`, `<url>`, with the job's id as run id. */
export const healthchecks: ChannelSender = {
  kind: ChannelKind.Healthchecks,
  title: 'Healthchecks (dead-man switch)',
  settingsSchema: schema(
    {
      url: urlSetting('Ping URL', 'of the check, without /start or /fail: https://hc-ping.com/<uuid>'),
      heartbeatMinutes,
    },
    ['url'],
  ),
  secretSettings: ['url'],
  pings: true,
  async send(message, settings, transport) {
    const url = new URL(textOf(settings, 'url'));
    const suffix = { start: '/start', fail: '/fail', success: '' }[message.ping];
    url.pathname = url.pathname.replace(/\/+$/, '') + suffix;
    const run = message.items[0]?.jobId ?? null;
    if (run !== null) url.searchParams.set('rid', run);
    const body = clip(`${message.title}\n\n${plainText(message)}`, 10_000);
    const answer = await post(url.href, { body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } }, transport);
    // It says 200 to these too.
    if (/OK \(not found\)/i.test(answer))
      throw notificationRefused(
        `${url.hostname} knows no such check.`,
        answer,
        'Copy the ping URL of the check again.',
      );
    if (/OK \(rate limited\)/i.test(answer))
      throw notificationDeferred(`${url.hostname} gets too many pings of this check.`, answer, null);
    return answer;
  },
};

/** As the push monitor of Uptime Kuma: `?status=up|down&msg=…&ping=<milliseconds>`. It knows no start. */
export const uptimeKuma: ChannelSender = {
  kind: ChannelKind.UptimeKuma,
  title: 'Uptime Kuma (push monitor, dead-man switch)',
  settingsSchema: schema(
    { url: urlSetting('Push URL', 'of the monitor: https://<host>/api/push/<token>'), heartbeatMinutes },
    ['url'],
  ),
  secretSettings: ['url'],
  pings: true,
  async send(message, settings, transport) {
    if (message.ping === 'start') return 'not sent: Uptime Kuma knows no start';
    const url = new URL(textOf(settings, 'url'));
    const seconds = message.items[0]?.seconds ?? null;
    // What was copied with the URL (status=up&msg=OK&ping=) is replaced.
    url.searchParams.set('status', message.ping === 'success' ? 'up' : 'down');
    url.searchParams.set(
      'msg',
      clip(message.ping === 'success' ? message.title : `${message.title}: ${message.sections[0]?.text ?? ''}`, 250),
    );
    url.searchParams.set('ping', seconds === null ? '' : String(Math.round(seconds * 1000)));
    return post(url.href, { method: 'GET' }, transport);
  },
};
