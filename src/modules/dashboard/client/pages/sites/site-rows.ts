import { useMemo } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import type { Sort } from '../../ui/table.tsx';

export type Site = Dto<'SiteDto'>;
export type Filter = 'all' | 'attention' | 'never' | 'paused';

export const LIMIT = 25;
const MOST = 500;
const REFRESH_ON = ['job.completed', 'job.failed', 'site.found', 'site.moved', 'site.vanished'] as const;

/** The worst open alarm of a site. */
export type Alarms = ReadonlyMap<string, Dto<'AlarmDto'>>;

export interface Wanted {
  search: string;
  filter: Filter;
  sort: Sort;
  offset: number;
}

/**
 * One page of the sites. The server knows the order of names, search and pause; for what it does not know all sites are fetched once
 * and looked through here.
 */
export function useSiteRows({ search, filter, sort, offset }: Wanted, alarms: Alarms | undefined) {
  const isServers = sort.name === 'name' && !sort.descending && (filter === 'all' || filter === 'paused');
  const filters = {
    ...(search === '' ? {} : { search }),
    ...(filter === 'paused' ? { paused: true } : {}),
  };
  const page = useQuery(
    `sites?${JSON.stringify(filters)}&offset=${offset}`,
    (signal) => ask(api.GET('/sites', { params: { query: { ...filters, limit: LIMIT, offset } }, signal })),
    { enabled: isServers, keepPrevious: true, refreshOn: REFRESH_ON },
  );
  const all = useQuery(`sites?${JSON.stringify(filters)}&all`, (signal) => allSites(filters, signal), {
    enabled: !isServers,
    keepPrevious: true,
    refreshOn: REFRESH_ON,
  });
  const chosen = useMemo(() => {
    if (isServers || all.data === undefined) return null;
    return all.data.filter((site) => isWanted(site, filter, alarms)).toSorted(by(sort));
  }, [isServers, all.data, filter, alarms, sort]);
  if (isServers) return { query: page, rows: page.data?.items, total: page.data?.total ?? 0 };
  return { query: all, rows: chosen?.slice(offset, offset + LIMIT), total: chosen?.length ?? 0 };
}

async function allSites(filters: { search?: string; paused?: boolean }, signal: AbortSignal): Promise<Site[]> {
  const sites: Site[] = [];
  for (;;) {
    const query = { ...filters, limit: MOST, offset: sites.length };
    const { items, total } = await ask(api.GET('/sites', { params: { query }, signal }));
    sites.push(...items);
    if (items.length === 0 || sites.length >= total) return sites;
  }
}

function isWanted(site: Site, filter: Filter, alarms: Alarms | undefined): boolean {
  if (filter === 'never') return site.lastBackup === null;
  if (filter === 'attention') return !site.paused && (site.lastBackup === null || alarms?.has(site.id) === true);
  return true;
}

/** What is not there comes last. */
function by({ name, descending }: Sort): (a: Site, b: Site) => number {
  const key = ({ name: title, lastBackup, nextRun }: Site): string | null =>
    name === 'backup' ? (lastBackup?.createdAt ?? null) : name === 'next' ? nextRun : title.toLowerCase();
  return (a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === other) return a.name.localeCompare(b.name);
    if (one === null) return 1;
    if (other === null) return -1;
    return (one < other ? -1 : 1) * (descending ? -1 : 1);
  };
}

/** The open alarms of sites, the worst of each. */
export function useSiteAlarms(): Alarms | undefined {
  const open = useQuery(
    'alarms?open&limit=500',
    (signal) => ask(api.GET('/alarms', { params: { query: { open: true, limit: MOST } }, signal })),
    { refreshOn: ['alarm.raised', 'alarm.cleared'] },
  );
  return useMemo(() => {
    if (open.data === undefined) return undefined;
    const worst = new Map<string, Dto<'AlarmDto'>>();
    for (const alarm of open.data.items) {
      if (alarm.siteId === null) continue;
      if (worst.get(alarm.siteId)?.severity !== 'critical') worst.set(alarm.siteId, alarm);
    }
    return worst;
  }, [open.data]);
}

/** When every byte of the newest backup was last read back and right, by site; null = never. */
export function useProofs(sites: readonly Site[] | undefined): ReadonlyMap<string, string | null> | undefined {
  const ids = (sites ?? []).flatMap(({ lastBackup }) => (lastBackup === null ? [] : [lastBackup.id]));
  const proofs = useQuery(
    `backups/proofs?${ids.join()}`,
    async (signal) => {
      const found = await Promise.all(
        ids.map((id) =>
          // One that retention takes away in this moment has no proof to show.
          ask(api.GET('/backups/{id}', { params: { path: { id } }, signal })).catch(() => null),
        ),
      );
      return new Map(found.filter((backup) => backup !== null).map((backup) => [backup.siteId, proofOf(backup)]));
    },
    { enabled: ids.length > 0, refreshOn: ['job.completed'] },
  );
  return proofs.data;
}

function proofOf({ copies }: Dto<'BackupDto'>): string | null {
  const times = copies.flatMap(({ verifiedAt }) => (verifiedAt === null ? [] : [verifiedAt]));
  return times.toSorted().at(-1) ?? null;
}
