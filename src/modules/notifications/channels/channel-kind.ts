import type { OutgoingOptions } from '../../../common/outgoing/index.js';
import type { FieldFault } from '../../../common/http/index.js';
import type { Message } from '../news/message.js';
import type { ChannelKind } from '../notification.entity.js';

export type Settings = Readonly<Record<string, unknown>>;

/** What limits each request of a channel. */
export type Transport = Pick<OutgoingOptions, 'allow' | 'timeoutMs' | 'signal'>;

/** A way to reach people or a dead-man switch. One object for each, in a file of its own, named in the registry. */
export interface ChannelSender {
  readonly kind: ChannelKind;
  readonly title: string;
  /** JSON schema of the settings, with titles and descriptions for people. */
  readonly settingsSchema: Readonly<Record<string, unknown>>;
  /** Settings that are sealed and never returned. */
  readonly secretSettings: readonly string[];
  /** A dead-man switch: it gets each start and end of a job by itself, at once and in order, and no messages. */
  readonly pings: boolean;
  /** What the schema can't say. */
  faults?(settings: Settings): FieldFault[];
  /**
   * Sends once. The answer of the other side, for people. Errors: NOTIFICATION_REFUSED (trying again is of no use),
   * NOTIFICATION_DEFERRED (it is), OUTGOING_*.
   */
  send(message: Message, settings: Settings, transport: Transport): Promise<string>;
}

/** A setting that is text; empty where it is not set. */
export function textOf(settings: Settings, name: string): string {
  const value = settings[name];
  return typeof value === 'string' ? value : '';
}

/** A schema of settings. */
export function schema(
  properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  required: readonly string[],
): Record<string, unknown> {
  return { type: 'object', additionalProperties: false, properties, required };
}

/** Text that may stand in a header. */
export const HEADER_SAFE = '^[\\x21-\\x7e]+$';

/** A URL as a setting. */
export const urlSetting = (title: string, description: string): Record<string, unknown> => ({
  type: 'string',
  title,
  description,
  pattern: '^https?://[^\\s]+$',
  maxLength: 2000,
});

export const textSetting = (title: string, description: string, maxLength = 500): Record<string, unknown> => ({
  type: 'string',
  title,
  description,
  minLength: 1,
  maxLength,
});
