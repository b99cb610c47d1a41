import type { Content } from './site-module.js';
import { sha256 } from './site-module.js';
import type { SimDatabase } from './database.js';
import type { SimStorage } from './storage.js';

// The module itself is replaced (`replaced.ts`).
const { zstdDecompressSync } = process.getBuiltinModule('node:zlib');

/** What the scenario did, as far as it excuses anything. */
export interface Known {
  /** Content by the checksum of the manifest that was made of it. */
  made: ReadonlyMap<string, Content>;
  /** `<provider id>/<key>` of objects that rotted by themselves. */
  rotted: ReadonlySet<string>;
  pinned: ReadonlySet<string>;
  /** Backups that somebody asked to delete. */
  asked: ReadonlySet<string>;
}

export interface BackupRow {
  id: string;
  site_id: string;
  bundle_key: string;
  bundle_size: string;
  bundle_sha256: string;
  manifest_key: string;
  manifest_size: string;
  manifest_sha256: string;
  parent_backup_id: string | null;
  started_at: string;
  file_count: string;
  source_bytes: string;
  stored_bytes: string;
  pinned: boolean;
  deleting: boolean;
  bundles: string[];
  copies: { provider: string; state: string }[];
}

const BACKUPS = `select b.id, b.site_id, b.bundle_key, b.bundle_size, b.bundle_sha256, b.manifest_key, b.manifest_size,
    b.manifest_sha256, b.parent_backup_id, b.started_at::text, b.file_count, b.source_bytes, b.stored_bytes, b.pinned,
    b.deleting_at is not null as deleting,
    (select coalesce(json_agg(r.bundle_key order by r.bundle_key), '[]') from backup_bundle r where r.backup_id = b.id) as bundles,
    (select coalesce(json_agg(json_build_object('provider', c.provider_id, 'state', c.state) order by c.provider_id), '[]')
      from backup_copy c where c.backup_id = b.id) as copies
  from backup b order by b.started_at, b.id`;

interface ManifestEntry {
  kind: 'entry';
  path: string;
  in: { bundle: number; offset: number; length: number; skip: number };
  size: number;
}
interface ManifestTrailer {
  kind: 'trailer';
  files: number;
  fileBytes: number;
}
interface ManifestHeader {
  kind: 'header';
  backupId: string;
  own: number;
  parent: string | null;
  startedAt: string;
  site: { id: string };
  bundles: { id: number; key: string; size: number; sha256: string }[];
}

/** Looks at storages and catalogue itself, with none of the product's code, and says what breaks a rule. */
export class Checker {
  constructor(
    private readonly database: SimDatabase,
    private readonly storages: readonly SimStorage[],
    private readonly known: Known,
  ) {}

  /** Rules 1 and 2 at any instant: what the catalogue has, some storage has whole. */
  async atAnyTime(): Promise<string[]> {
    return (await this.backups()).flatMap((row) => (row.deleting ? [] : this.lost(row)));
  }

  /** All rules, when everything has come to its end. */
  async atEnd(workFolders: readonly string[]): Promise<string[]> {
    const rows = await this.backups();
    return [
      ...rows.flatMap((row) => (row.deleting ? [] : this.lost(row))),
      ...rows.flatMap((row) => this.believed(row)),
      ...(await this.jobs(rows)),
      ...(await this.litter(rows)),
      ...this.rebuildable(rows),
      ...workFolders.map((name) => `rule 2: the work folder ${name} is left`),
      ...[...this.known.pinned].flatMap((id) =>
        rows.some((row) => row.id === id) ? [] : [`rule 4: the pinned backup ${id} is gone`],
      ),
    ];
  }

  backups(): Promise<BackupRow[]> {
    return this.database.committed<BackupRow>(BACKUPS);
  }

  private lost(row: BackupRow): string[] {
    const faults = this.storages.map((storage) => this.faultOf(row, storage));
    if (faults.includes(null)) return [];
    // What rotted on its own is nobody's mistake: but for that it must be there.
    if (this.storages.some((storage) => this.faultOf(row, storage, storage.rot) === null)) return [];
    return [`rule 1: backup ${row.id} can't be restored: ${faults.join('; ')}`];
  }

  /** A copy that counts as there is there. */
  private believed(row: BackupRow): string[] {
    return row.copies.flatMap(({ provider, state }) => {
      const storage = this.storages.find(({ providerId }) => providerId === provider);
      if (storage === undefined || (state !== 'present' && state !== 'verified')) return [];
      const fault = this.faultOf(row, storage);
      if (fault === null || this.faultOf(row, storage, storage.rot) === null) return [];
      return [`rule 2: backup ${row.id} is said to be ${state} in a storage, where ${fault}`];
    });
  }

  /** Why the backup can't be restored from this storage alone, as if these were as given; null = every byte of every file comes back. */
  private faultOf(
    row: BackupRow,
    { objects }: SimStorage,
    given: ReadonlyMap<string, Buffer> = new Map(),
  ): string | null {
    const bytesOf = (key: string): Buffer | undefined => given.get(key) ?? objects.get(key)?.bytes;
    const manifest = bytesOf(row.manifest_key);
    if (manifest === undefined) return 'its manifest is missing';
    if (sha256(manifest) !== row.manifest_sha256) return 'its manifest is another one';
    const content = this.known.made.get(row.manifest_sha256);
    if (content === undefined) return 'nobody made its manifest';
    const found = restored(manifest, (key) => bytesOf(key) ?? null);
    if (typeof found === 'string') return found;
    if (found.size !== content.size) return `it has ${found.size} files of ${content.size}`;
    for (const [name, text] of content) if (found.get(`files/${name}`) !== text) return `${name} is another one`;
    return null;
  }

  /** Rule 3: each storage tells by itself all that the catalogue says of the backups there, and of no others. */
  private rebuildable(rows: readonly BackupRow[]): string[] {
    return this.storages.flatMap((storage) => {
      if ([...this.known.rotted].some((name) => name.startsWith(storage.providerId))) return [];
      const told = [...storage.objects].flatMap(([key, { bytes }]) =>
        key.endsWith('.manifest.ndjson.zst') ? [toldBy(key, bytes)] : [],
      );
      const copiesHere = ({ copies }: BackupRow): BackupRow['copies'] =>
        copies.filter(({ provider }) => provider === storage.providerId);
      const isThere = (row: BackupRow): boolean => copiesHere(row).some(({ state }) => state !== 'missing');
      const known = rows.filter(isThere).map(factsOf);
      // A storage may have taken what it said it had not.
      const meant = new Set(rows.filter((row) => copiesHere(row).length > 0).map(factsOf));
      return [
        ...known
          .filter((facts) => !told.includes(facts))
          .map((facts) => `rule 3: the storage does not tell of ${facts}`),
        ...told.filter((facts) => !meant.has(facts)).map((facts) => `rule 3: only the storage tells of ${facts}`),
      ];
    });
  }

  private async jobs(rows: readonly BackupRow[]): Promise<string[]> {
    const faults: string[] = [];
    const jobs = await this.database.committed<{
      id: string;
      site_id: string;
      kind: string;
      status: string;
      litter: boolean;
      backup_id: string;
      started_at: string | null;
    }>(`select id, site_id, kind, status, litter, backup_id, started_at::text from job order by started_at, id`);
    const newest = new Map<string, string>();
    for (const { id, site_id: siteId, kind, status, litter, backup_id: backupId } of jobs) {
      if (status === 'pending' || status === 'running')
        faults.push(`rule 2: job ${id} (${kind}) is stuck as ${status}`);
      if (litter) faults.push(`rule 2: job ${id} (${kind}) still has litter`);
      if (kind !== 'backup' || status !== 'completed') continue;
      newest.set(siteId, backupId);
      if (this.known.asked.has(backupId) || rows.some((row) => row.id === backupId)) continue;
      faults.push(`rule 1: the backup ${backupId} of a completed job is not in the catalogue`);
    }
    // A backup that rotted may go, and then the one before is the newest good one.
    const hasRotten = (siteId: string): boolean =>
      [...this.known.rotted].some((name) => name.includes(`/sites/${siteId}/`));
    for (const [siteId, backupId] of newest)
      if (!hasRotten(siteId) && !rows.some((row) => row.id === backupId && !row.deleting))
        faults.push(`rule 4: the newest good backup ${backupId} of site ${siteId} is gone`);
    return faults;
  }

  private async litter(rows: readonly BackupRow[]): Promise<string[]> {
    const faults: string[] = [];
    for (const { providerId, objects } of this.storages) {
      const here = rows.filter((row) => row.copies.some(({ provider }) => provider === providerId));
      const needed = new Set(here.flatMap(({ manifest_key: key, bundles }) => bundles.concat(key)));
      for (const key of objects.keys())
        if (!needed.has(key) && !key.endsWith('/site.json') && !this.known.rotted.has(`${providerId}/${key}`))
          faults.push(`rule 2: ${key} is litter in a storage`);
    }
    const left = await this.database.committed<{ id: string }>('select id from sim_delivery');
    for (const { id } of left) faults.push(`rule 2: the delivery ${id} is left in the queue`);
    return faults;
  }
}

/** What the catalogue says of a backup and a manifest can tell, as one text. */
function factsOf(row: BackupRow): string {
  const facts = [row.id, row.site_id, row.manifest_key, row.parent_backup_id, Date.parse(row.started_at)];
  const sizes = [row.bundle_key, row.bundle_size, row.bundle_sha256, row.manifest_size, row.manifest_sha256];
  return JSON.stringify([...facts, ...sizes, row.file_count, row.source_bytes, row.bundles]);
}

function toldBy(key: string, manifest: Buffer): string {
  const { header, trailer } = linesOf(manifest);
  const own = header?.bundles.find(({ id }) => id === header.own);
  const facts = [header?.backupId, header?.site.id, key, header?.parent, Date.parse(header?.startedAt ?? '')];
  const sizes = [own?.key, String(own?.size), own?.sha256, String(manifest.length), sha256(manifest)];
  const bundles = header?.bundles.map((bundle) => bundle.key).toSorted();
  return JSON.stringify([...facts, ...sizes, String(trailer?.files), String(trailer?.fileBytes), bundles]);
}

function linesOf(manifest: Buffer): { header?: ManifestHeader; trailer?: ManifestTrailer; entries: ManifestEntry[] } {
  const lines = zstdDecompressSync(manifest).toString().trim().split('\n');
  const parsed = lines.map((line): unknown => JSON.parse(line));
  const header = parsed.find((line): line is ManifestHeader => isKind(line, 'header'));
  const trailer = parsed.find((line): line is ManifestTrailer => isKind(line, 'trailer'));
  const entries = parsed.filter((line): line is ManifestEntry => isKind(line, 'entry'));
  return { ...(header === undefined ? {} : { header }), ...(trailer === undefined ? {} : { trailer }), entries };
}

/** Every file of the manifest, out of the bundles; a text says why that is not possible. */
function restored(manifest: Buffer, bundleOf: (key: string) => Buffer | null): Map<string, string> | string {
  const { header, entries } = linesOf(manifest);
  if (header === undefined) return 'its manifest has no header';
  const bundles = new Map<number, Buffer>();
  for (const { id, key, sha256: hash } of header.bundles) {
    const bytes = bundleOf(key);
    if (bytes === null) return `the bundle ${key} is missing`;
    if (sha256(bytes) !== hash) return `the bundle ${key} is another one`;
    bundles.set(id, bytes);
  }
  const files = new Map<string, string>();
  for (const line of entries) {
    const { bundle, offset, length, skip } = line.in;
    const bytes = bundles.get(bundle);
    if (bytes === undefined) return `${line.path} lies in a bundle that the header does not name`;
    const frame = zstdDecompressSync(bytes.subarray(offset, offset + length));
    files.set(line.path, frame.subarray(skip, skip + line.size).toString());
  }
  return files;
}

function isKind(line: unknown, kind: string): boolean {
  return typeof line === 'object' && line !== null && 'kind' in line && line.kind === kind;
}
