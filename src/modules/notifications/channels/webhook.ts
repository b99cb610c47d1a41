import { createHmac } from 'node:crypto';
import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, textSetting, HEADER_SAFE, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { plainText } from './text.js';

/**
 * Any program. `Backupd-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>`; receivers refuse a `t` that is more than five
 * minutes off and a `Backupd-Delivery` that they had. See docs/notifications.md.
 */
export const webhook: ChannelSender = {
  kind: ChannelKind.Webhook,
  title: 'Webhook (JSON, signed)',
  settingsSchema: schema(
    {
      url: urlSetting('URL', 'where the JSON is sent (POST)'),
      secret: { ...textSetting('Secret', 'signs each request; at least 16 characters'), minLength: 16 },
      token: {
        ...textSetting('Token', 'sent as Authorization: Bearer …, where the receiver wants one', 2000),
        pattern: HEADER_SAFE,
      },
    },
    ['url'],
  ),
  secretSettings: ['url', 'secret', 'token'],
  pings: false,
  async send(message, settings, transport) {
    const { id, title, severity, good, items, total, at } = message;
    const body = JSON.stringify({ id, title, severity, good, text: plainText(message), total, items, at });
    const [secret, token] = [textOf(settings, 'secret'), textOf(settings, 'token')];
    const headers = {
      'Content-Type': 'application/json',
      'Backupd-Delivery': id,
      ...(secret === '' ? {} : { 'Backupd-Signature': signature(secret, body, new Date()) }),
      ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
    };
    return post(textOf(settings, 'url'), { body, headers }, transport);
  },
};

/** The signature's header for a body sent at a time. */
export function signature(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
