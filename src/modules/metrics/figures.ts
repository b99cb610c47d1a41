import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Remembered } from './remembered.js';

const FRESH_MS = 2000;
/** Figures over all stored objects take longer to count than a scrape may take. */
const SLOW_MS = 30_000;

/** Times are seconds since 1970, as Prometheus has them; null = never. */
export interface SiteFigures {
  id: string;
  name: string;
  backup_at: number | null;
  next_at: number | null;
}

/** A node that may come in. */
export interface NodeFigures {
  name: string;
  health: string;
  seen_at: number | null;
  load1: number | null;
  memory_free: number | null;
  /** The least free share of its disks, from 0 to 1. */
  disk_free: number | null;
}

export interface InstallationFigures {
  /** Those that are not paused. */
  sites: SiteFigures[];
  active: number;
  paused: number;
  pending: number;
  running: number;
  /** For how many seconds the oldest waiting job has waited. */
  oldestSeconds: number;
  alarms: { kind: string; severity: string; open: number }[];
  nodes: NodeFigures[];
}

export interface StoredFigures {
  storages: { name: string; bytes: number; objects: number; oldest_proof_at: number | null }[];
  copies: { name: string; state: string; copies: number }[];
  /** When a backup of the site was last found whole, by site id. */
  proofs: Map<string, number>;
}

/** What the metrics say of the whole installation; the same on every master. */
@Injectable()
export class Figures {
  /** In milliseconds; by it figures grow old. */
  clock = (): number => performance.now();
  private readonly installation: Remembered<InstallationFigures>;
  private readonly stored: Remembered<StoredFigures>;

  constructor(orm: MikroORM) {
    const clock = (): number => this.clock();
    this.installation = new Remembered(() => loadInstallation(orm.em.fork()), { freshMs: FRESH_MS, wait: true, clock });
    this.stored = new Remembered(() => loadStored(orm.em.fork()), { freshMs: SLOW_MS, wait: false, clock });
  }

  /** At most 2 seconds old. */
  async current(): Promise<InstallationFigures> {
    return this.installation.get();
  }

  /** As they were at an earlier scrape, where they are counted anew meanwhile: each is asked for at most every 30 seconds. */
  async ofStored(): Promise<StoredFigures> {
    return this.stored.get();
  }
}

async function loadInstallation(em: EntityManager): Promise<InstallationFigures> {
  const [sites, jobs, alarms, nodes] = await Promise.all([
    em.fork().execute<(SiteFigures & { paused: boolean })[]>(
      `select s.id, s.name, s.paused, extract(epoch from b.started_at)::float8 as backup_at,
          case when not coalesce(c.paused, false) then extract(epoch from st.due_at)::float8 end as next_at
        from site s
          left join lateral (select n.started_at from backup n where n.site_id = s.id and n.deleting_at is null
            order by n.started_at desc limit 1) b on true
          left join schedule_state st on st.site_id = s.id and st.kind = 'backup'
          left join schedule c on c.id = st.schedule_id
        order by s.id`,
    ),
    em.fork().execute<{ pending: number; running: number; oldest: number }[]>(
      `select count(*) filter (where status = 'pending')::int as pending, count(*) filter (where status = 'running')::int as running,
          coalesce(extract(epoch from now() - min(coalesce(retry_at, created_at)) filter (where status = 'pending')), 0)::float8 as oldest
        from job where status in ('pending', 'running')`,
    ),
    em
      .fork()
      .execute<InstallationFigures['alarms']>(
        'select kind, severity, count(*)::int as open from alarm where cleared_at is null group by 1, 2',
      ),
    em.fork().execute<NodeFigures[]>(
      `select n.name, n.health, extract(epoch from n.last_seen_at)::float8 as seen_at, (n.load->>'load1')::float8 as load1,
          (n.load->>'memoryFreeBytes')::float8 as memory_free,
          (select min((d->>'freeBytes')::float8 / nullif((d->>'totalBytes')::float8, 0)) from jsonb_array_elements(n.load->'disks') d) as disk_free
        from node n where n.key_hash is not null and not n.blocked order by n.name`,
    ),
  ]);
  const [{ pending, running, oldest } = { pending: 0, running: 0, oldest: 0 }] = jobs;
  const paused = sites.reduce((count, site) => count + (site.paused ? 1 : 0), 0);
  const active = sites.filter((site) => !site.paused);
  return {
    sites: active,
    active: active.length,
    paused,
    pending,
    running,
    oldestSeconds: Math.max(0, oldest),
    alarms,
    nodes,
  };
}

async function loadStored(em: EntityManager): Promise<StoredFigures> {
  const [storages, copies, proofs] = await Promise.all([
    em.fork().execute<StoredFigures['storages']>(
      `select p.name, coalesce(sum(o.size) filter (where o.state <> 'missing'), 0)::float8 as bytes,
          count(o.key) filter (where o.state <> 'missing')::float8 as objects,
          extract(epoch from min(coalesce(o.read_at, o.created_at)) filter (where o.state = 'present'))::float8 as oldest_proof_at
        from storage_provider p left join stored_object o on o.provider_id = p.id group by p.id, p.name order by p.name`,
    ),
    em.fork().execute<StoredFigures['copies']>(
      `select p.name, c.state, count(*)::float8 as copies from backup_copy c join storage_provider p on p.id = c.provider_id
        group by p.name, c.state`,
    ),
    em.fork().execute<{ site_id: string; at: number }[]>(
      `select b.site_id, extract(epoch from max(c.verified_at))::float8 as at
        from backup_copy c join backup b on b.id = c.backup_id where c.verified_at is not null group by b.site_id`,
    ),
  ]);
  return { storages, copies, proofs: new Map(proofs.map((row) => [row.site_id, row.at])) };
}
