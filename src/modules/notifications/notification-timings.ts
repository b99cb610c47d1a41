import { Injectable } from '@nestjs/common';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;

/** How patient the notifier is, in milliseconds. Tests change it. */
@Injectable()
export class NotificationTimings {
  /** News waits until no more of it came for so long… */
  settleMs = 30 * SECOND;
  /** …but not longer than so. */
  gatherMs = 5 * MINUTE;
  /** A rule sends at most one message to a channel within this time; what comes meanwhile is told together. */
  intervalMs = 5 * MINUTE;
  /** The same about the same is told again only after so long, with how often it happened. */
  repeatMs = 60 * MINUTE;
  /** One request to a channel. */
  timeoutMs = 20 * SECOND;
  /** Another master takes over what one began to send after so long. */
  leaseMs = 3 * MINUTE;
  /** Waits between the tries; with those below it makes about a day, and an hour for pings, which are of no use later. */
  firstRetryMs = 30 * SECOND;
  longestRetryMs = 90 * MINUTE;
  attempts = 25;
  pingAttempts = 8;
  /** On a stop, what is being sent gets so long. */
  stopMs = 5 * SECOND;
  keepMs = 90 * DAY;

  now(): Date {
    return new Date();
  }
}
