import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, colour, escapeMarkdown, fitted, sectionLines } from './text.js';

/** Discord's limits of an embed. */
const TITLE = 256;
const DESCRIPTION = 4096;

export const discord: ChannelSender = {
  kind: ChannelKind.Discord,
  title: 'Discord (webhook)',
  settingsSchema: schema(
    { url: urlSetting('Webhook URL', 'as Discord shows it: https://discord.com/api/webhooks/…') },
    ['url'],
  ),
  secretSettings: ['url'],
  pings: false,
  async send(message, settings, transport) {
    const sections = message.sections.map((section) => {
      const heading = section.heading === null ? [] : [`**${escapeMarkdown(section.heading)}**`];
      return [
        ...heading,
        ...sectionLines({ ...section, url: null }).map(escapeMarkdown),
        ...(section.url === null ? [] : [section.url]),
      ].join('\n');
    });
    const description = fitted(
      [...sections, ...(message.more === null ? [] : [escapeMarkdown(message.more)])],
      '\n\n',
      DESCRIPTION,
    );
    const url = message.sections.length === 1 ? (message.sections[0]?.url ?? null) : null;
    const embed = {
      title: clip(message.title, TITLE),
      description,
      color: Number.parseInt(colour(message).slice(1), 16),
      timestamp: message.at,
      ...(url === null ? {} : { url }),
    };
    return post(textOf(settings, 'url'), { body: { embeds: [embed], allowed_mentions: { parse: [] } } }, transport);
  },
};
