import { Injectable } from '@nestjs/common';
import { SecretBox } from '../secrets/index.js';
import { CatalogueLoader } from './catalogue-loader.js';
import { D1Client } from './d1/d1-client.js';
import { D1Timings } from './d1/d1-timings.js';
import { KnownRows } from './known-rows.js';
import { mirrorChanged, mirrorEmpty, mirrorKeyDiffers, mirrorRowDamaged } from './mirror-restore.errors.js';
import { MirrorSettings, targetTag, type MirrorConfig } from './mirror-settings.js';
import { hashOf, mirroredTables } from './mirrored-tables.js';
import { RemoteMirror, type TableState } from './remote-mirror.js';
import { SealedValues } from './sealed-values.js';
import { type SqlSession, SqlSessions } from './sql-session.js';

export interface RestoreOptions {
  /** Whose rows; the one of the settings when not given. The mirror goes on under it. */
  serverId?: string;
  /** Load although the credentials in it can't be opened with this secret.key. */
  withoutKey: boolean;
}

export interface RestoreReport {
  serverId: string;
  rows: { table: string; rows: number }[];
  notes: string[];
}

/** Brings the catalogue back from the mirror into an empty database: all of it, or nothing. */
@Injectable()
export class MirrorRestore {
  constructor(
    private readonly settings: MirrorSettings,
    private readonly sessions: SqlSessions,
    private readonly timings: D1Timings,
    private readonly secrets: SecretBox,
  ) {}

  /** Errors: CATALOGUE_NOT_EMPTY, MIRROR_EMPTY, MIRROR_CHANGED, MIRROR_ROW_DAMAGED, MIRROR_KEY_DIFFERS, MIRROR_SCHEMA_DIFFERS, those of D1. */
  async run(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
    const set = await this.settings.get();
    const config: MirrorConfig = { ...set, serverId: options.serverId ?? set.serverId };
    const client = new D1Client(await this.settings.target(config), this.timings, signal);
    const remote = new RemoteMirror(client, config.serverId);
    const report = await this.sessions.hold((sql) =>
      sql.transaction('', () => this.load(sql, remote, config, options.withoutKey)),
    );
    if (config.serverId !== set.serverId) await this.settings.save({ serverId: config.serverId });
    return report;
  }

  private async load(
    sql: SqlSession,
    remote: RemoteMirror,
    config: MirrorConfig,
    withoutKey: boolean,
  ): Promise<RestoreReport> {
    const loader = new CatalogueLoader(sql);
    await loader.begin();
    const there = await remote.tables();
    const names = mirroredTables.map(({ name }) => name).filter((name) => there.includes(name));
    const before = await remote.states(names);
    if ([...before.values()].every(({ rows }) => rows === 0))
      throw mirrorEmpty(config.serverId, await remote.servers(names));
    noteTables(loader, there);
    const sealed = new SealedValues(this.secrets);
    const known = new KnownRows(targetTag(config));
    for (const name of names) {
      await known.forgetTable(sql, name);
      let rows = 0;
      for await (const page of remote.rows(name)) {
        for (const { rowId, data, hash } of page) {
          if (hashOf(data) !== hash) throw mirrorRowDamaged(name, rowId);
          sealed.look(data);
        }
        await loader.load(name, page);
        await known.note(sql, name, page, new Date());
        rows += page.length;
      }
      const due = before.get(name)?.rows ?? 0;
      if (rows !== due) throw mirrorChanged(`${rows} rows of ${name} came, it has ${due}`);
    }
    if (!same(before, await remote.states(names))) throw mirrorChanged('it was written to meanwhile');
    const missing = [...sealed.missingKeys];
    if (missing.length > 0 && !withoutKey) throw mirrorKeyDiffers(missing);
    if (missing.length > 0)
      loader.notes.add(`Credentials sealed with another key (${missing.join(', ')}) must be entered again.`);
    return {
      serverId: config.serverId,
      rows: names.map((table) => ({ table, rows: before.get(table)?.rows ?? 0 })),
      notes: [...loader.notes],
    };
  }
}

function noteTables(loader: CatalogueLoader, there: readonly string[]): void {
  const known = new Set(mirroredTables.map(({ name }) => name));
  for (const name of there)
    if (!known.has(name)) loader.notes.add(`The table ${name} of the mirror is unknown to this version: left out.`);
  for (const name of known)
    if (!there.includes(name)) loader.notes.add(`The mirror has no table ${name}: it stays as it is.`);
}

function same(before: ReadonlyMap<string, TableState>, after: ReadonlyMap<string, TableState>): boolean {
  return JSON.stringify([...before]) === JSON.stringify([...after]);
}
