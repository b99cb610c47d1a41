import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, textSetting, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, escapeHtml, fitted, sectionLines, sign } from './text.js';

/** Telegram counts 4096 characters after its entities were read; escaped text is never shorter, so this is on the safe side. */
const MOST = 4096;
const LINE = 600;

export const telegram: ChannelSender = {
  kind: ChannelKind.Telegram,
  title: 'Telegram (bot)',
  settingsSchema: schema(
    {
      token: { ...textSetting('Bot token', 'as @BotFather gave it: 123456:ABC…'), pattern: '^\\d+:[A-Za-z0-9_-]+$' },
      chatId: textSetting('Chat', 'id of the chat or group (-100…), or @name of a public channel', 100),
      server: urlSetting('Server', 'a Bot API server of your own instead of https://api.telegram.org'),
    },
    ['token', 'chatId'],
  ),
  secretSettings: ['token'],
  pings: false,
  async send(message, settings, transport) {
    const title = `<b>${escapeHtml(clip(`${sign(message)} ${message.title}`, LINE))}</b>`;
    const sections = message.sections.map((section) => {
      const heading = section.heading === null ? [] : [`<b>${escapeHtml(section.heading)}</b>`];
      return [...heading, ...sectionLines(section).map((line) => escapeHtml(clip(line, LINE)))].join('\n');
    });
    const more = message.more === null ? [] : [escapeHtml(message.more)];
    const server = (textOf(settings, 'server') || 'https://api.telegram.org').replace(/\/+$/, '');
    const body = {
      chat_id: textOf(settings, 'chatId'),
      text: fitted([title, ...sections, ...more], '\n\n', MOST),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    };
    return post(`${server}/bot${textOf(settings, 'token')}/sendMessage`, { body }, transport);
  },
};
