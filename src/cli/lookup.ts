import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../common/errors/index.js';
import type { ApiClient, Query } from './api-client.js';
import type { BackupDto, JobDto, SiteDto } from './api-types.js';
import { usageError } from './exit-codes.js';
import { printable, shortId } from './format.js';

/** Said here, as the package that knows ids takes as long to load as all else. */
export const WHOLE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A whole id or the beginning of one. */
const SOME_ID = /^[0-9a-f-]{4,}$/;
/** Characters that the server takes. */
const MAX_SEARCH = 200;
/** So many ids are named when several are meant. */
const MAX_NAMED = 5;

/** The registered site meant by an id (or its beginning), name, address or path; null when there is none. */
export async function findSite(api: ApiClient, text: string): Promise<SiteDto | null> {
  const found = isSearchable(text) ? await findAmong(api, text, { search: text }) : null;
  return found ?? findAmong(api, text, {});
}

async function findAmong(api: ApiClient, text: string, query: Query): Promise<SiteDto | null> {
  const wanted = text.toLowerCase();
  const path = asPath(text);
  const address = bareAddress(text);
  const ranks: SiteDto[][] = [[], [], [], []];
  for await (const site of api.all<SiteDto>('/sites', query)) {
    if (site.id === wanted) return site;
    if (site.path === text || site.path === path) ranks[0]?.push(site);
    else if (site.name.toLowerCase() === wanted) ranks[1]?.push(site);
    else if (site.url !== null && bareAddress(site.url) === address) ranks[2]?.push(site);
    else if (wanted.length >= 4 && site.id.startsWith(wanted)) ranks[3]?.push(site);
  }
  const found = ranks.find((rank) => rank.length > 0) ?? [];
  if (found.length > 1)
    throw usageError(
      `"${printable(text)}" means more than one site: ${found.map((site) => `${printable(site.path)} (${shortId(site.id)})`).join(', ')}.`,
      'Give the path or the id.',
    );
  return found[0] ?? null;
}

/** Whether the server's search for it (in name, path and address) gives every site that findSite would take before others. */
function isSearchable(text: string): boolean {
  const isBare = text !== '' && bareAddress(text) === text.toLowerCase() && !SOME_ID.test(text.toLowerCase());
  return isBare && text.length <= MAX_SEARCH && asPath(text).endsWith(text);
}

/** As findSite; a site that does not exist is an error. */
export async function getSite(api: ApiClient, text: string): Promise<SiteDto> {
  const site = await findSite(api, text);
  if (site !== null) return site;
  throw new AppError({
    code: 'SITE_NOT_FOUND',
    kind: 'not-found',
    message: `No registered site has the id, name, address or path "${printable(text)}".`,
    hint: '"backupd sites" lists them; "backupd sites add <path>" registers one.',
    retry: 'never',
  });
}

/** Whether the argument is meant as a folder: it looks like a path, or is one. */
export function looksLikePath(text: string): boolean {
  return text.startsWith('/') || text.startsWith('.') || text.startsWith('~') || existsSync(text);
}

/** The absolute path of an argument, links resolved where it exists. */
export function asPath(text: string): string {
  const path = resolve(text);
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The backup meant by an id, the beginning of one, or `latest` (of the site; the only site when none is named). */
export async function getBackup(api: ApiClient, text: string, siteText: string | undefined): Promise<BackupDto> {
  const site = siteText === undefined ? null : await getSite(api, siteText);
  if (text === 'latest') return latestBackup(api, site);
  const wanted = text.toLowerCase();
  if (WHOLE_ID.test(wanted)) {
    const backup = await api.get<BackupDto>(`/backups/${wanted}`);
    if (site === null || backup.siteId === site.id) return backup;
    throw notFound(text, site);
  }
  if (!SOME_ID.test(wanted))
    throw usageError(
      `"${printable(text)}" is not a backup: give "latest", its id or the first characters of it (four or more).`,
    );
  const all = api.all<BackupDto>('/backups', site === null ? {} : { siteId: site.id });
  const backup = await beginningWith(all, wanted, 'backup');
  if (backup === null) throw notFound(text, site);
  return backup;
}

/** The id of the backup that getBackup gives; a whole id is not looked up: that it is there is seen when it is used. */
export async function getBackupId(api: ApiClient, text: string, siteText: string | undefined): Promise<string> {
  const wanted = text.toLowerCase();
  if (siteText === undefined && WHOLE_ID.test(wanted)) return wanted;
  return (await getBackup(api, text, siteText)).id;
}

async function latestBackup(api: ApiClient, site: SiteDto | null): Promise<BackupDto> {
  if (site === null) {
    const { total } = await api.get<{ total: number }>('/sites', { limit: 1 });
    if (total > 1)
      throw usageError(
        'Which site? "latest" needs --site when more than one site is registered.',
        '"backupd sites" lists them.',
      );
  }
  const page = await api.get<{ items: BackupDto[] }>('/backups', {
    limit: 1,
    ...(site === null ? {} : { siteId: site.id }),
  });
  const [backup] = page.items;
  if (backup !== undefined) return backup;
  throw notFound('latest', site);
}

/** The one of a list whose id begins so; null when there is none. A usage error with the ids when there are several. */
export async function beginningWith<T extends { id: string }>(
  all: AsyncIterable<T>,
  text: string,
  what: string,
): Promise<T | null> {
  const found: T[] = [];
  if (SOME_ID.test(text)) for await (const each of all) if (each.id.startsWith(text)) found.push(each);
  const [first, second] = found;
  if (second === undefined) return first ?? null;
  const named = found.slice(0, MAX_NAMED).map(({ id }) => id);
  throw usageError(
    `"${text}" means more than one ${what}: ${named.join(', ')}${found.length > MAX_NAMED ? ', …' : ''}.`,
    'Give more characters of the id.',
  );
}

/** The job meant by an id or the beginning of one. */
export async function getJob(api: ApiClient, text: string): Promise<JobDto> {
  const wanted = text.toLowerCase();
  if (WHOLE_ID.test(wanted)) return api.get<JobDto>(`/jobs/${wanted}`);
  const job = await beginningWith(api.all<JobDto>('/jobs'), wanted, 'job');
  if (job !== null) return job;
  throw new AppError({
    code: 'JOB_NOT_FOUND',
    kind: 'not-found',
    message: `There is no job "${printable(text)}".`,
    hint: '"backupd jobs" lists them.',
    retry: 'never',
  });
}

function notFound(text: string, site: SiteDto | null): AppError {
  const which = text === 'latest' ? 'no backup' : `no backup "${printable(text)}"`;
  return new AppError({
    code: 'BACKUP_NOT_FOUND',
    kind: 'not-found',
    message: `There is ${which}${site === null ? '' : ` of ${printable(site.name)}`}.`,
    hint: '"backupd backups" lists them.',
    retry: 'never',
  });
}

/** An address without scheme, `www.` and trailing slash: what a person types. */
function bareAddress(url: string): string {
  return url
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/+$/, '');
}
