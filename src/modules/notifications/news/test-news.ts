import type { News } from './news.js';

/** What a test of a channel says. */
export function testNews(channelName: string, now: Date): News {
  const at = now.toISOString();
  return {
    type: 'test',
    kind: null,
    phase: 'info',
    topic: 'test',
    severity: 'info',
    ping: 'success',
    what: 'this is a test',
    text: `It works: messages of the channel "${channelName}" arrive here.`,
    hint: null,
    code: null,
    siteId: null,
    siteName: null,
    jobId: null,
    alarmId: null,
    see: 'backupd notify channels',
    path: null,
    seconds: null,
    at,
    count: 1,
    firstAt: at,
    recovered: false,
    reminder: false,
  };
}
