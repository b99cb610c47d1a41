import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { folderPlaces, placesMeet } from '../../engine/ports/index.js';
import { StorageDriverRegistry } from './storage-driver.registry.js';
import { StorageProvider } from './storage-provider.entity.js';
import { storageInsideSite, storagePlaceTaken } from './storage.errors.js';

/** Settings to be saved; `id` of the provider that has them already. */
export interface PlacedSettings {
  id?: string;
  kind: string;
  settings: Readonly<Record<string, unknown>>;
}

/** Sees to it that copies on two storages are two copies, and that none lies where a site is. */
@Injectable()
export class StoragePlaces {
  constructor(
    private readonly config: AppConfig,
    private readonly registry: StorageDriverRegistry,
  ) {}

  /** Lets no other provider be added or moved until the transaction ends. */
  async lock(em: EntityManager): Promise<void> {
    await em.execute('lock table storage_provider in share row exclusive mode');
  }

  /** The settings when they lead to another place than the provider's; null when it stays where it is. */
  async movedTo(before: StorageProvider, settings: PlacedSettings['settings']): Promise<PlacedSettings | null> {
    const [old, wanted] = [await this.known(before), await this.of({ kind: before.kind, settings })];
    return old.join('\n') === wanted.join('\n') ? null : { id: before.id, kind: before.kind, settings };
  }

  /** Providers that are disabled or broken count too. Errors: STORAGE_PLACE_TAKEN, STORAGE_INSIDE_SITE. */
  async requireFree(em: EntityManager, wanted: PlacedSettings): Promise<void> {
    const places = await this.of(wanted);
    for (const other of await em.find(StorageProvider, {})) {
      if (other.id !== wanted.id && placesMeet(places, await this.known(other)))
        throw storagePlaceTaken(`the storage "${other.name}"`, { id: other.id, name: other.name });
    }
    const { root, storage } = this.config.paths;
    const own = await folderPlaces(storage);
    // The data dir has one folder for storages; the default one is there.
    if (places.some((place) => own.some((folder) => place.startsWith(folder)))) return;
    if (placesMeet(places, await folderPlaces(root))) throw storagePlaceTaken('the data dir', { dataDir: root });
    await this.requireOutsideOfSites(em, places);
  }

  private async requireOutsideOfSites(em: EntityManager, places: readonly string[]): Promise<void> {
    for (const place of places) {
      if (!place.startsWith('/')) continue;
      const [site] = await em.execute<{ name: string; path: string }[]>(
        `select name, path from site where node_id is null and starts_with(?, rtrim(path, '/') || '/') limit 1`,
        [place],
      );
      if (site !== undefined) throw storageInsideSite(site.name, site.path);
    }
  }

  private async of({ kind, settings }: PlacedSettings): Promise<string[]> {
    return this.registry.get(kind).places(settings);
  }

  /** Of settings that no driver understands any more, nothing is known. */
  private async known(provider: StorageProvider): Promise<string[]> {
    return this.of(provider).catch(() => []);
  }
}
