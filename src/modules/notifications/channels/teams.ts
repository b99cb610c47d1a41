import type { Section } from '../news/message.js';
import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, sign } from './text.js';

/** Teams takes cards of 28 KB; twelve sections of this size are less. */
const TEXT = 1200;

export const teams: ChannelSender = {
  kind: ChannelKind.Teams,
  title: 'Microsoft Teams (Workflows webhook)',
  settingsSchema: schema(
    {
      url: urlSetting(
        'Webhook URL',
        'of the workflow "Post to a channel when a webhook request is received": https://….logic.azure.com/…',
      ),
    },
    ['url'],
  ),
  secretSettings: ['url'],
  pings: false,
  async send(message, settings, transport) {
    const style = message.good
      ? 'good'
      : message.severity === 'critical'
        ? 'attention'
        : message.severity === 'warning'
          ? 'warning'
          : 'accent';
    const card = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      msteams: { width: 'Full' },
      body: [
        rich(`${sign(message)} ${message.title}`, { size: 'Large', weight: 'Bolder', color: style }),
        ...message.sections.flatMap(sectionBody),
        ...(message.more === null ? [] : [rich(message.more, { isSubtle: true })]),
      ],
      actions: message.sections
        .flatMap(({ url, heading }) =>
          url === null ? [] : [{ type: 'Action.OpenUrl', title: clip(heading ?? 'Show more', 40), url }],
        )
        .slice(0, 5),
    };
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
    return post(textOf(settings, 'url'), { body: { type: 'message', attachments: [attachment] } }, transport);
  },
};

function sectionBody({ heading, text, hint, facts }: Section): Record<string, unknown>[] {
  return [
    ...(heading === null ? [] : [rich(heading, { weight: 'Bolder' })]),
    rich(text, {}),
    ...(hint === null ? [] : [rich(`What to do: ${hint}`, {})]),
    ...facts.map(([name, value]) => rich(`${name}: ${value}`, { isSubtle: true })),
  ];
}

/** Text that is taken as it is: a plain TextBlock would read Markdown in it. */
function rich(text: string, look: Record<string, unknown>): Record<string, unknown> {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: clip(text, TEXT), ...look }] };
}
