import { ChannelKind } from '../notification.entity.js';
import { type ChannelSender, schema, textOf, urlSetting } from './channel-kind.js';
import { post } from './http-post.js';
import { clip, escapeSlack, sectionLines, sign } from './text.js';

/** Slack's limits: 3000 characters in a text, 150 in a header, 50 blocks. */
const SECTION = 3000;
const HEADER = 150;

export const slack: ChannelSender = {
  kind: ChannelKind.Slack,
  title: 'Slack (incoming webhook)',
  settingsSchema: schema({ url: urlSetting('Webhook URL', 'as Slack shows it: https://hooks.slack.com/services/…') }, [
    'url',
  ]),
  secretSettings: ['url'],
  pings: false,
  async send(message, settings, transport) {
    const title = `${sign(message)} ${message.title}`;
    const sections = message.sections.map((section) => {
      const heading = section.heading === null ? [] : [`*${escapeSlack(section.heading).replaceAll('*', '∗')}*`];
      return [...heading, ...sectionLines(section).map(escapeSlack)].join('\n');
    });
    const texts = [...sections, ...(message.more === null ? [] : [escapeSlack(message.more)])];
    const blocks = texts.map((text) => ({
      type: 'section',
      // Verbatim: nobody is called, no channel linked, by what a name holds.
      text: { type: 'mrkdwn', text: wholeEntities(clip(text, SECTION)), verbatim: true },
    }));
    const header = { type: 'header', text: { type: 'plain_text', text: clip(title, HEADER), emoji: true } };
    const body = { text: wholeEntities(clip(escapeSlack(title), SECTION)), blocks: [header, ...blocks] };
    return post(textOf(settings, 'url'), { body }, transport);
  },
};

/** No half of an entity where the text was cut. */
const wholeEntities = (text: string): string => text.replace(/&[a-z]{0,4}…$/, '…');
