import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import { parseSecretKey, secretKeyId } from '../../common/secret-key.js';
import { AppConfig } from '../../config/index.js';
import { ReconcileService } from '../reconcile/index.js';
import { SecretBox, SecretRotation } from '../secrets/index.js';
import { StorageService } from '../storage/index.js';
import { catalogueNotEmpty, secretKeyMalformed } from './catalogue.errors.js';
import { SealedReader } from './catalogue-file.js';
import { CatalogueFolder } from './catalogue-folder.js';
import { loadCatalogue } from './catalogue-load.js';
import { readPlace } from './catalogue-place.js';
import { CatalogueRebuild } from './catalogue-rebuild.js';
import { CatalogueShelf } from './catalogue-shelf.js';
import { catalogueState } from './catalogue-state.js';
import type { TaskContext } from './catalogue-task.js';
import { addFinding, type RebuildReport } from './rebuild-report.js';

export interface RecoveryRequest {
  /** Where the catalogue backup lies. */
  providerId: string;
  /** Which one; null = the newest. */
  key: string | null;
  /** The secret key it is sealed with, as `secrets export` gave it; null = this master has it. */
  secretKey: string | null;
}

/** A storage of the recovered catalogue, as it is found now. */
export interface RecoveredProvider {
  id: string;
  name: string;
  /** Null when it does not answer. */
  rebuilt: RebuildReport | null;
  error: { code: string; message: string } | null;
}

export interface RecoveryReport {
  key: string;
  createdAt: string;
  keyId: string;
  /** Rows that came back, by table. */
  rows: Record<string, number>;
  providers: RecoveredProvider[];
  /** Stored secrets that can't be opened: they were sealed with yet another key. */
  unreadableSecrets: number;
}

/** How an opened catalogue gets into the database. */
@Injectable()
export class RecoveryParts {
  constructor(
    readonly folder: CatalogueFolder,
    readonly shelf: CatalogueShelf,
    readonly rebuild: CatalogueRebuild,
    readonly rotation: SecretRotation,
    readonly reconcile: ReconcileService,
  ) {}
}

/** Brings a lost server's catalogue and configuration back from a catalogue backup. */
@Injectable()
export class CatalogueRecovery {
  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly secrets: SecretBox,
    private readonly parts: RecoveryParts,
    private readonly config: AppConfig,
  ) {}

  /** The text of a secret key as a key. Error: SECRET_KEY_MALFORMED. */
  static keyOf(text: string | null): Buffer | null {
    if (text === null) return null;
    const key = parseSecretKey(text);
    if (key === null) throw secretKeyMalformed();
    return key;
  }

  /** Error: CATALOGUE_NOT_EMPTY. */
  async requireEmpty(em: EntityManager = this.orm.em.fork()): Promise<void> {
    const { sites, backups } = await catalogueState(em);
    if (sites > 0 || backups > 0) throw catalogueNotEmpty(sites, backups);
  }

  /**
   * Fetches the catalogue backup, checks it whole, and loads it into the empty catalogue in one transaction; then compares with the
   * storages that answer: backups made since are adopted, what is gone is marked missing, what could not be
   * looked at is no longer taken for read back. The given key becomes this master's.
   * Errors: CATALOGUE_NOT_EMPTY, CATALOGUE_BACKUP_NOT_FOUND, CATALOGUE_DAMAGED, CATALOGUE_NEWER, SECRET_UNREADABLE (another key is
   * needed); after them the catalogue is as it was.
   */
  async run({ providerId, key, secretKey }: RecoveryRequest, context: TaskContext): Promise<RecoveryReport> {
    await this.requireEmpty();
    const given = CatalogueRecovery.keyOf(secretKey);
    const loaded = await this.parts.folder.with(async (path) => {
      const found = await this.parts.shelf.fetch(providerId, key, path, context.signal);
      const reader = await SealedReader.open(path, (keyId) =>
        given !== null && secretKeyId(given) === keyId ? given : this.secrets.key(keyId),
      );
      // Before any row that needs it: what was sealed on the lost server opens with it, and the copy that was kept stays good.
      if (given !== null) await this.secrets.use(given);
      const place = await readPlace(await this.storage.driver(providerId), found.instance, context.signal);
      const rows = await this.load(reader.content(), providerId, place?.providerId ?? null);
      return { key: found.key, createdAt: reader.header.createdAt, keyId: reader.header.keyId, rows };
    });
    context.count(
      'rows',
      Object.values(loaded.rows).reduce((sum, rows) => sum + rows, 0),
    );
    const { unreadable } = await this.parts.rotation.resealAll();
    return { ...loaded, providers: await this.compare(context), unreadableSecrets: unreadable.length };
  }

  /** In place of what the first start made, but for the tokens, which stay beside the old ones. */
  private async load(
    content: AsyncIterable<Buffer>,
    providerId: string,
    knownAs: string | null,
  ): Promise<Record<string, number>> {
    return this.orm.em.fork().transactional(async (em) => {
      await em.execute('lock table site, backup, storage_provider, setting in share row exclusive mode');
      await this.requireEmpty(em);
      const [provider] = await em.execute<{ row: string }[]>(
        'select to_jsonb(p)::text as row from storage_provider p where id = ?',
        [providerId],
      );
      await em.execute('delete from storage_provider');
      await em.execute('delete from setting');
      await em.execute('delete from quota');
      const rows = await loadCatalogue(em, content);
      if (provider !== undefined) await keepProvider(em, provider.row, knownAs);
      return rows;
    });
  }

  private async compare(context: TaskContext): Promise<RecoveredProvider[]> {
    const providers: RecoveredProvider[] = [];
    for (const { providerId: id, providerName: name } of await this.storage.allDestinations()) {
      throwIfAborted(context.signal);
      try {
        const rebuilt = await this.parts.rebuild.run(id, context);
        await this.markMissing(rebuilt);
        providers.push({ id, name, rebuilt, error: null });
      } catch (error) {
        throwIfAborted(context.signal);
        const { code, message } = asAppError(error);
        await this.doubtCopies(id);
        providers.push({ id, name, rebuilt: null, error: { code, message } });
      }
    }
    return providers;
  }

  /**
   * As any reconciliation does: a storage that seems to have lost most of what it must have is not believed. But one in the new data
   * folder has nothing, as that was lost with the server.
   */
  private async markMissing(rebuilt: RebuildReport): Promise<void> {
    const { reconcile } = this.parts;
    const force = await this.isInDataFolder(rebuilt.providerId);
    const { id } = await reconcile.start(rebuilt.providerId, { actions: ['mark'], graceDays: 0, force });
    const { counts, error } = await reconcile.ended(id);
    rebuilt.missing = counts['missing'] ?? 0;
    if (error === null || error === undefined) return;
    await this.doubtCopies(rebuilt.providerId);
    const hint = `If they are really gone: \`backupd reconcile <storage> --mark --force\`.`;
    addFinding(rebuilt, { key: 'sites/', code: error.code, message: `${error.message} ${hint}` });
  }

  private async isInDataFolder(providerId: string): Promise<boolean> {
    const { kind, settings } = await this.storage.get(providerId);
    const { path } = settings;
    return kind === 'local' && typeof path === 'string' && path.startsWith(`${this.config.paths.root}/`);
  }

  /** What could not be looked at on a new server counts as there, but no longer as read back. */
  private async doubtCopies(providerId: string): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      await em.execute('update stored_object set read_at = null, read_by = null where provider_id = ?', [providerId]);
      await em.execute(
        `update backup_copy set state = 'present', verified_at = null where provider_id = ? and state = 'verified'`,
        [providerId],
      );
    });
  }
}

/**
 * The storage that was given for the recovery is, by its own word or by the same settings, one of the catalogue: that one gets the
 * settings that were just seen to work. Else it is added.
 */
async function keepProvider(em: EntityManager, row: string, knownAs: string | null): Promise<void> {
  const same = await em.execute<{ id: string }[]>(
    `select p.id from storage_provider p, jsonb_populate_record(null::storage_provider, ?::jsonb) g
      where p.kind = g.kind and (p.id::text = ? or p.settings = g.settings) order by (p.id::text = ?) desc limit 1`,
    [row, knownAs ?? '', knownAs ?? ''],
  );
  const [known] = same;
  if (known !== undefined) {
    await em.execute(
      `update storage_provider p set settings = g.settings, sealed_secrets = g.sealed_secrets, enabled = true, updated_at = now()
        from jsonb_populate_record(null::storage_provider, ?::jsonb) g where p.id = ?`,
      [row, known.id],
    );
    return;
  }
  await em.execute(
    `insert into storage_provider select (jsonb_populate_record(g, jsonb_build_object('name',
        case when exists (select 1 from storage_provider p where p.name = g.name) then g.name || ' ' || g.id else g.name end))).*
      from jsonb_populate_record(null::storage_provider, ?::jsonb) g`,
    [row],
  );
}
