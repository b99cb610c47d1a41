import { EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { systemClock } from '../../common/clock.js';
import { asAppError } from '../../common/errors/index.js';
import { InvalidRequestError, type Page, type PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { schemaFaults } from '../../common/json-schema.js';
import {
  canInitialise,
  type Destination,
  type SiteDestinations,
  type StorageDriver,
} from '../../engine/ports/index.js';
import { SecretBox } from '../secrets/index.js';
import { BrokenDriver } from './broken-driver.js';
import { chosenOf, type DestinedSite } from './site-destinations.js';
import { StorageDriverRegistry } from './storage-driver.registry.js';
import { StoragePlaces } from './storage-places.js';
import { probeStorage, requireWorking, tryOut, type StorageProbe } from './storage-probe.js';
import { StorageProvider } from './storage-provider.entity.js';
import { noStorage, storageInUse, storageLacksCopies, storageNameTaken, storageNotFound } from './storage.errors.js';

type Settings = Readonly<Record<string, unknown>>;

export interface NewStorage {
  name: string;
  kind: string;
  settings: Settings;
  isDefault?: boolean;
}

export interface StorageKind {
  kind: string;
  title: string;
  settingsSchema: Record<string, unknown>;
  secretSettings: string[];
}

export interface StorageChanges {
  name?: string;
  settings?: Settings;
  isDefault?: boolean;
  enabled?: boolean;
}

/** Storage providers: where bundles go. Drivers are kept while their settings do not change. */
@Injectable()
export class StorageService {
  private readonly drivers = new Map<string, { version: number; driver: StorageDriver }>();

  constructor(
    private readonly em: EntityManager,
    private readonly registry: StorageDriverRegistry,
    private readonly secrets: SecretBox,
    private readonly places: StoragePlaces,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<StorageProvider>> {
    const [items, total] = await this.em
      .fork()
      .findAndCount(StorageProvider, {}, { limit, offset, orderBy: { createdAt: 'asc', id: 'asc' } });
    return { items, total, limit, offset };
  }

  /** What can be stored to, with the settings it takes. */
  kinds(): StorageKind[] {
    return this.registry.kinds().map((name) => {
      const { kind, title, settingsSchema, secretSettings } = this.registry.get(name);
      return { kind, title, settingsSchema, secretSettings: [...secretSettings] };
    });
  }

  /** Error: STORAGE_NOT_FOUND. */
  async get(id: string): Promise<StorageProvider> {
    return this.find(this.em.fork(), id);
  }

  /** The driver of a provider, enabled or not: existing copies stay readable. Error: STORAGE_NOT_FOUND. */
  async driver(providerId: string): Promise<StorageDriver> {
    return this.driverOf(await this.get(providerId));
  }

  /**
   * Where backups of the site may go: with mode `all` a copy on each of the candidates, with `failover` one, on the first that
   * takes it. Without a list of the site's own: all default providers, or all there are when none is the default. Disabled ones
   * are passed over; `absent` are those of them that the site's list wants a copy on. Error: NO_STORAGE.
   */
  async choiceFor(
    site: DestinedSite,
  ): Promise<{ mode: SiteDestinations['mode']; candidates: Destination[]; absent: string[] }> {
    const all = await this.all();
    const chosen = chosenOf(
      site,
      all.filter((provider) => provider.enabled),
    );
    if (chosen.length === 0) throw noStorage();
    const mode = site.destinations?.mode ?? 'all';
    const wanted = mode === 'all' ? (site.destinations?.providers ?? []) : [];
    return {
      mode,
      candidates: chosen.map((provider) => this.destinationOf(provider)),
      absent: wanted.flatMap(({ id }) => (all.some((provider) => provider.id === id && !provider.enabled) ? [id] : [])),
    };
  }

  /** Which of these ids name no provider. */
  async unknownOf(ids: readonly string[]): Promise<string[]> {
    const found = await this.em.fork().find(StorageProvider, { id: { $in: [...ids] } }, { fields: ['id'] });
    return ids.filter((id) => found.every((provider) => provider.id !== id));
  }

  /** All providers, oldest first: a host has a handful. */
  async all(): Promise<StorageProvider[]> {
    return this.em.fork().find(StorageProvider, {}, { orderBy: { createdAt: 'asc', id: 'asc' } });
  }

  /** All providers with their drivers, for maintenance (abandoned uploads, litter of jobs). */
  async allDestinations(): Promise<Destination[]> {
    return (await this.all()).map((provider) => this.destinationOf(provider));
  }

  /** The enabled providers with their drivers. */
  async enabledDestinations(): Promise<Destination[]> {
    return (await this.all()).flatMap((provider) => (provider.enabled ? [this.destinationOf(provider)] : []));
  }

  /**
   * Adds a provider after a probe has shown that it works; one that is refused leaves nothing behind. Errors: STORAGE_KIND_UNKNOWN,
   * STORAGE_NAME_TAKEN, STORAGE_PLACE_TAKEN, STORAGE_INSIDE_SITE, the driver's.
   */
  async create(input: NewStorage): Promise<StorageProvider> {
    const { open, sealed } = this.split(input.kind, input.settings);
    const driver = this.registry.get(input.kind).create(input.settings);
    if ((await this.em.fork().count(StorageProvider, { name: input.name })) > 0) throw storageNameTaken(input.name);
    await this.places.requireFree(this.em.fork(), input);
    requireWorking(await tryOut(driver));
    return this.save(input.name, async (em) => {
      await this.places.lock(em);
      await this.places.requireFree(em, input);
      if (canInitialise(driver)) await driver.initialise();
      const now = systemClock.now();
      const provider = em.create(StorageProvider, {
        id: newId(),
        name: input.name,
        kind: input.kind,
        settings: open,
        sealedSecrets: sealed,
        isDefault: input.isDefault ?? false,
        enabled: true,
        createdAt: now,
        updatedAt: now,
      });
      em.persist(provider);
      return provider;
    });
  }

  /**
   * Changes a provider; new settings are merged over the old ones (null removes one) and probed first. A place with copies may move with
   * them, never away from them. Errors: as `create`, STORAGE_NOT_FOUND, STORAGE_LACKS_COPIES.
   */
  async update(id: string, changes: StorageChanges): Promise<StorageProvider> {
    const before = await this.get(id);
    const settings =
      changes.settings === undefined ? null : withoutNulls({ ...this.fullSettings(before), ...changes.settings });
    const split = settings === null ? null : this.split(before.kind, settings);
    const moved = settings === null || split === null ? null : await this.places.movedTo(before, split.open);
    if (moved !== null) await this.places.requireFree(this.em.fork(), moved);
    if (settings !== null) {
      const driver = this.registry.get(before.kind).create(settings);
      requireWorking(await probeStorage(driver));
      await this.requireCopies(before, driver);
    }
    return this.save(changes.name ?? before.name, async (em) => {
      if (moved !== null) {
        await this.places.lock(em);
        await this.places.requireFree(em, moved);
      }
      const provider = await this.find(em, id);
      if (changes.name !== undefined) provider.name = changes.name;
      if (changes.isDefault !== undefined) provider.isDefault = changes.isDefault;
      if (changes.enabled !== undefined) provider.enabled = changes.enabled;
      if (split !== null) {
        provider.settings = split.open;
        provider.sealedSecrets = split.sealed;
      }
      provider.updatedAt = systemClock.now();
      return provider;
    });
  }

  /** Forgets a provider that holds no copies; what lies in the storage stays. Errors: STORAGE_NOT_FOUND, STORAGE_IN_USE. */
  async remove(id: string): Promise<void> {
    await this.em.fork().transactional(async (em) => {
      const provider = await this.find(em, id);
      const rows = await em.execute<{ copies: number }[]>(
        'select count(*)::int as copies from backup_copy where provider_id = ?',
        [id],
      );
      const copies = rows[0]?.copies ?? 0;
      if (copies > 0) throw storageInUse(copies);
      em.remove(provider);
    });
    this.drivers.delete(id);
  }

  /** Tries all that backups need of a provider. Throws what went wrong first. */
  async probe(id: string): Promise<void> {
    requireWorking(await this.test(id));
  }

  /** Tries all that backups need of a provider, step by step. Error: STORAGE_NOT_FOUND. */
  async test(id: string): Promise<StorageProbe> {
    return probeStorage(await this.driver(id));
  }

  /** The same with settings that are not saved. Nothing stays of it. Errors: STORAGE_KIND_UNKNOWN, the driver's. */
  async testSettings(kind: string, settings: Settings): Promise<StorageProbe> {
    this.split(kind, settings);
    return tryOut(this.registry.get(kind).create(settings));
  }

  /** One of the newest is enough: what else is not there is the reconciliation's to find. */
  private async requireCopies({ id, name }: StorageProvider, driver: StorageDriver): Promise<void> {
    const newest = await this.em.fork().execute<{ key: string }[]>(
      `select b.manifest_key as key from backup_copy c join backup b on b.id = c.backup_id
        where c.provider_id = ? and c.state in ('present', 'verified') and b.deleting_at is null
        order by b.started_at desc limit 3`,
      [id],
    );
    for (const { key } of newest) if ((await driver.stat(key)) !== null) return;
    if (newest.length > 0) throw storageLacksCopies(name);
  }

  private destinationOf(provider: StorageProvider): Destination {
    return { providerId: provider.id, providerName: provider.name, driver: this.driverOrBroken(provider) };
  }

  /** One provider that can't be used must not take the others down. */
  private driverOrBroken(provider: StorageProvider): StorageDriver {
    try {
      return this.driverOf(provider);
    } catch (error) {
      return new BrokenDriver(provider.kind, asAppError(error));
    }
  }

  private driverOf(provider: StorageProvider): StorageDriver {
    const version = provider.updatedAt.getTime();
    const kept = this.drivers.get(provider.id);
    if (kept?.version === version) return kept.driver;
    const driver = this.registry.get(provider.kind).create(this.fullSettings(provider));
    this.drivers.set(provider.id, { version, driver });
    return driver;
  }

  private fullSettings(provider: StorageProvider): Record<string, unknown> {
    const sealed = provider.sealedSecrets ?? null;
    const secrets: unknown = sealed === null ? {} : JSON.parse(this.secrets.reveal(sealed));
    return Object.assign({}, provider.settings, secrets);
  }

  /** Checks the settings and parts the secret ones from the rest. */
  private split(kind: string, settings: Settings): { open: Record<string, unknown>; sealed: string | null } {
    const factory = this.registry.get(kind);
    const faults = schemaFaults(factory.settingsSchema, settings, 'settings');
    if (faults.length > 0) throw new InvalidRequestError(faults);
    const isSecret = ([name]: [string, unknown]): boolean => factory.secretSettings.includes(name);
    const entries = Object.entries(settings);
    const secret = entries.filter(isSecret);
    return {
      open: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
      sealed: secret.length === 0 ? null : this.secrets.seal(JSON.stringify(Object.fromEntries(secret))),
    };
  }

  private async find(em: EntityManager, id: string): Promise<StorageProvider> {
    const provider = await em.findOne(StorageProvider, { id });
    if (provider === null) throw storageNotFound(id);
    return provider;
  }

  private async save<T>(name: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.em.fork().transactional(work);
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw storageNameTaken(name);
      throw error;
    }
  }
}

function withoutNulls(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}
