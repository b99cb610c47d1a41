import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, textSetting, HEADER_SAFE, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, plainText } from './text.js';

/** In bytes, of the message; ntfy turns a longer one into an attachment. */
const MOST_BYTES = 4000;

const priorities = { info: 3, warning: 4, critical: 5 } as const;

export const ntfy: ChannelSender = {
  kind: ChannelKind.Ntfy,
  title: 'ntfy',
  settingsSchema: schema(
    {
      server: urlSetting('Server', 'https://ntfy.sh when absent'),
      topic: {
        ...textSetting('Topic', 'who knows it can read along, so it is kept as a secret', 64),
        pattern: '^[A-Za-z0-9_-]+$',
      },
      token: { ...textSetting('Access token', 'where the server wants one: tk_…'), pattern: HEADER_SAFE },
      priority: {
        type: 'integer',
        title: 'Priority',
        description: '1 to 5 for all messages; by severity when absent (info 3, warning 4, critical 5)',
        minimum: 1,
        maximum: 5,
      },
    },
    ['topic'],
  ),
  secretSettings: ['topic', 'token'],
  pings: false,
  async send(message, settings, transport) {
    const token = textOf(settings, 'token');
    const url = message.sections.find((section) => section.url !== null)?.url ?? null;
    const body = {
      topic: textOf(settings, 'topic'),
      title: clip(message.title, 250),
      message: clipBytes(plainText(message), MOST_BYTES),
      priority: settings['priority'] ?? (message.good ? 3 : priorities[message.severity]),
      tags: [message.good ? 'white_check_mark' : message.severity === 'info' ? 'information_source' : 'warning'],
      ...(url === null ? {} : { click: url }),
    };
    const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
    return post((textOf(settings, 'server') || 'https://ntfy.sh').replace(/\/+$/, '/'), { body, headers }, transport);
  },
};

function clipBytes(text: string, most: number): string {
  let cut = clip(text, most);
  while (Buffer.byteLength(cut) > most) cut = clip(text, Math.floor(cut.length * 0.9));
  return cut;
}
