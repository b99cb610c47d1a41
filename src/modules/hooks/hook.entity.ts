import { defineEntity, p } from '@mikro-orm/core';

/** What happens with the job when a hook fails. `retry` = the hook is tried again, then the job fails. */
export const HookFailure = { Ignore: 'ignore', Warn: 'warn', Fail: 'fail', Retry: 'retry' } as const;
export type HookFailure = (typeof HookFailure)[keyof typeof HookFailure];

/** A program as the site's owner, or a request. */
export type HookAction =
  | { type: 'command'; command: string[] }
  | {
      type: 'http';
      method: 'GET' | 'POST' | 'PUT';
      /** Only scheme and host; the whole URL is sealed. */
      url: string;
    };

/** Something of the administrator's own that is done at a moment of a job. */
export const HookSchema = defineEntity({
  name: 'Hook',
  tableName: 'hook',
  indexes: [{ properties: ['siteId'] }],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    /** Null = every site (or those with the label). */
    siteId: p.uuid().nullable(),
    label: p.text().nullable(),
    /** Kinds of jobs. */
    jobs: p.json<string[]>(),
    /** `before:<stage>`, `after:<stage>`, `success`, `failure`, `partial`. */
    moment: p.text(),
    /** Of two at the same moment the smaller goes first. */
    position: p.integer().default(0),
    action: p.json<HookAction>(),
    /** URL and headers of a request as sealed JSON; null = a command. */
    sealed: p.text().nullable(),
    timeLimitSeconds: p.integer().default(60),
    onFailure: p.enum(() => HookFailure),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class Hook extends HookSchema.class {}
HookSchema.setClass(Hook);
