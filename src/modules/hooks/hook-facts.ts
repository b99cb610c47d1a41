import type { SiteSpec } from '../../engine/ports/index.js';

/** What a hook is told. */
export interface HookFacts {
  hook: string;
  moment: string;
  job: { id: string; kind: string };
  site: Pick<SiteSpec, 'id' | 'name' | 'path' | 'url'>;
  /** The stage before or after which it runs; null after the run. */
  stage: string | null;
  /** `running`, then `completed`, `partial`, `failed` or `cancelled`; `test`. */
  outcome: string;
  backupId: string;
}

/** The documented environment of a command. */
export function hookEnvironment(facts: HookFacts): Record<string, string> {
  const { hook, moment, job, site, stage, outcome, backupId } = facts;
  const variables = {
    BACKUPD_HOOK: hook,
    BACKUPD_MOMENT: moment,
    BACKUPD_JOB_ID: job.id,
    BACKUPD_JOB_KIND: job.kind,
    BACKUPD_SITE_ID: site.id,
    BACKUPD_SITE_NAME: site.name,
    BACKUPD_SITE_PATH: site.path,
    BACKUPD_SITE_URL: site.url ?? '',
    BACKUPD_STAGE: stage ?? '',
    BACKUPD_OUTCOME: outcome,
    BACKUPD_BACKUP_ID: backupId,
  };
  // A value of a tenant (the name of a site) may hold what an environment can't.
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replaceAll('\0', '')]));
}

/** The same as the body of a request. */
export function hookBody({ site, job, ...facts }: HookFacts): Record<string, unknown> {
  return {
    ...facts,
    jobId: job.id,
    jobKind: job.kind,
    siteId: site.id,
    siteName: site.name,
    sitePath: site.path,
    siteUrl: site.url,
  };
}
