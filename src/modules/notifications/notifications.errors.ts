import { AppError } from '../../common/errors/index.js';
import { ChannelKind } from './notification.entity.js';

/** The other side said no, and would again. `answer` is kept for the log. */
export function notificationRefused(message: string, answer: string, hint: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_REFUSED',
    kind: 'precondition',
    message,
    hint,
    retry: 'never',
    context: { answer },
  });
}

/** The other side can't take it now. */
export function notificationDeferred(message: string, answer: string, retryAfterSeconds: number | null): AppError {
  return new AppError({
    code: 'NOTIFICATION_DEFERRED',
    kind: 'precondition',
    message,
    hint: 'Messages are tried again for about a day (a test is not). If it goes on, check that the other side runs, and its limits.',
    retry: 'later',
    context: { answer, ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }) },
  });
}

export function channelNotFound(id: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_CHANNEL_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no notification channel with this id.',
    hint: '`backupd notify channels` (`GET /notifications/channels`) shows them.',
    retry: 'never',
    context: { id },
  });
}

export function channelKindUnknown(kind: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_CHANNEL_KIND_UNKNOWN',
    kind: 'usage',
    message: `There is no kind of channel "${kind}".`,
    hint: `There are: ${Object.values(ChannelKind).join(', ')}.`,
    retry: 'never',
    context: { kind },
  });
}

export function channelNameTaken(name: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_CHANNEL_NAME_TAKEN',
    kind: 'conflict',
    message: `There is a notification channel named "${name}" already.`,
    hint: 'Choose another name.',
    retry: 'never',
    context: { name },
  });
}

export function channelInUse(rules: readonly string[]): AppError {
  return new AppError({
    code: 'NOTIFICATION_CHANNEL_IN_USE',
    kind: 'conflict',
    message: `Rules send to this channel: ${rules.map((name) => `"${name}"`).join(', ')}.`,
    hint: 'Give them other channels (`backupd notify rules edit`) or remove them first.',
    retry: 'never',
    context: { rules },
  });
}

export function ruleNotFound(id: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_RULE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no notification rule with this id.',
    hint: '`backupd notify rules` (`GET /notifications/rules`) shows them.',
    retry: 'never',
    context: { id },
  });
}

export function ruleNameTaken(name: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_RULE_NAME_TAKEN',
    kind: 'conflict',
    message: `There is a notification rule named "${name}" already.`,
    hint: 'Choose another name.',
    retry: 'never',
    context: { name },
  });
}

export function deliveryNotFound(id: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_DELIVERY_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no delivery with this id; they are kept for 90 days.',
    hint: '`backupd notify deliveries` (`GET /notifications/deliveries`) shows them.',
    retry: 'never',
    context: { id },
  });
}

export function deliveryNotOver(state: string): AppError {
  return new AppError({
    code: 'NOTIFICATION_DELIVERY_NOT_OVER',
    kind: 'conflict',
    message: state === 'sent' ? 'This message was sent already.' : 'This message still waits to be sent.',
    hint: state === 'sent' ? 'There is nothing to do.' : 'It is sent by itself; `nextAttemptAt` says when.',
    retry: 'never',
    context: { state },
  });
}
