import { ChannelKind } from '../notification.entity.js';
import type { ChannelSender } from './channel-kind.js';
import { healthchecks, uptimeKuma } from './dead-man.js';
import { discord } from './discord.js';
import { email } from './email.js';
import { ntfy } from './ntfy.js';
import { slack } from './slack.js';
import { teams } from './teams.js';
import { telegram } from './telegram.js';
import { webhook } from './webhook.js';

/** Every kind of channel; a new one is a file of its own and a line here. */
export const senders: Readonly<Record<ChannelKind, ChannelSender>> = {
  [ChannelKind.Email]: email,
  [ChannelKind.Slack]: slack,
  [ChannelKind.Discord]: discord,
  [ChannelKind.Teams]: teams,
  [ChannelKind.Telegram]: telegram,
  [ChannelKind.Ntfy]: ntfy,
  [ChannelKind.Webhook]: webhook,
  [ChannelKind.Healthchecks]: healthchecks,
  [ChannelKind.UptimeKuma]: uptimeKuma,
};

export type { ChannelSender, Settings } from './channel-kind.js';
