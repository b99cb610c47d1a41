import type { Message, Section } from '../news/message.js';
import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, sign } from './text.js';

/** Teams takes messages of 28 KB. */
const MOST_BYTES = 26_000;
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
    let shown = message.sections.length;
    let body = cardOf(message, shown);
    while (Buffer.byteLength(body) > MOST_BYTES && shown > 1) {
      shown -= 1;
      body = cardOf(message, shown);
    }
    return post(textOf(settings, 'url'), { body, headers: { 'Content-Type': 'application/json' } }, transport);
  },
};

/** The message with its first sections, as JSON. */
function cardOf(message: Message, shown: number): string {
  const sections = message.sections.slice(0, shown);
  const more =
    shown < message.sections.length ? '… and more. "backupd jobs" and "backupd alarms" show all.' : message.more;
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      rich(`${sign(message)} ${message.title}`, { size: 'Large', weight: 'Bolder', color: styleOf(message) }),
      ...sections.flatMap(sectionBody),
      ...(more === null ? [] : [rich(more, { isSubtle: true })]),
    ],
    actions: sections
      .flatMap(({ url, heading }) =>
        url === null ? [] : [{ type: 'Action.OpenUrl', title: clip(heading ?? 'Show more', 40), url }],
      )
      .slice(0, 5),
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return JSON.stringify({ type: 'message', attachments: [attachment] });
}

function styleOf({ good, severity }: Message): string {
  if (good) return 'good';
  return severity === 'critical' ? 'attention' : severity === 'warning' ? 'warning' : 'accent';
}

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
