import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { SecretBox } from '../secrets/index.js';
import { StorageService } from '../storage/index.js';
import { catalogueBackupNotFound } from './catalogue.errors.js';
import { parseHeader } from './catalogue-file.js';
import { CATALOGUE_PREFIX, parseCatalogueKey } from './catalogue-keys.js';
import { readPlace } from './catalogue-place.js';
import { readSmall } from './small-object.js';

/** More are not told of: they are from masters long gone. */
const MOST = 200;
const HEADER_BYTES = 4096;

/** A catalogue backup that lies in a storage, as far as can be told without opening it. */
export interface ShelvedCatalogue {
  key: string;
  size: number;
  instance: string;
  /** The host that made it, by its own words; null when it does not say. */
  host: string | null;
  createdAt: string | null;
  /** Name of the key it is sealed with; null when its beginning is damaged. */
  keyId: string | null;
  /** Whether this master has that key. */
  canOpen: boolean;
}

/** The catalogue backups in a storage. */
@Injectable()
export class CatalogueShelf {
  constructor(
    private readonly storage: StorageService,
    private readonly secrets: SecretBox,
  ) {}

  /** Newest first. Errors: STORAGE_NOT_FOUND and the storage's. */
  async list(providerId: string, signal?: AbortSignal): Promise<ShelvedCatalogue[]> {
    const driver = await this.storage.driver(providerId);
    const found: { key: string; size: number; time: string; instance: string }[] = [];
    for await (const { key, size } of driver.list(CATALOGUE_PREFIX, signal)) {
      const parsed = parseCatalogueKey(key);
      if (parsed !== null) found.push({ key, size, ...parsed });
    }
    const newest = found.toSorted((a, b) => (a.key < b.key ? 1 : -1)).slice(0, MOST);
    const hosts = new Map<string, string | null>();
    const shelved: ShelvedCatalogue[] = [];
    for (const { key, size, instance } of newest) {
      if (!hosts.has(instance)) hosts.set(instance, (await readPlace(driver, instance, signal))?.host ?? null);
      const { createdAt, keyId } = await headerOf(driver, key, signal);
      const canOpen = keyId !== null && this.secrets.keyIds.includes(keyId);
      shelved.push({ key, size, instance, host: hosts.get(instance) ?? null, createdAt, keyId, canOpen });
    }
    return shelved;
  }

  /** Copies one (the newest when none is named) to the path; its key. Error: CATALOGUE_BACKUP_NOT_FOUND. */
  async fetch(
    providerId: string,
    wanted: string | null,
    path: string,
    signal: AbortSignal,
  ): Promise<{ key: string; instance: string }> {
    const driver = await this.storage.driver(providerId);
    const key = wanted ?? (await newestKey(driver, signal));
    const parsed = key === null ? null : parseCatalogueKey(key);
    if (key === null || parsed === null || (await driver.stat(key, signal)) === null)
      throw catalogueBackupNotFound(wanted);
    await pipeline(await driver.read(key, undefined, signal), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
    return { key, instance: parsed.instance };
  }
}

async function newestKey(driver: StorageDriver, signal: AbortSignal): Promise<string | null> {
  let newest: string | null = null;
  for await (const { key } of driver.list(CATALOGUE_PREFIX, signal))
    if (parseCatalogueKey(key) !== null && (newest === null || key > newest)) newest = key;
  return newest;
}

async function headerOf(
  driver: StorageDriver,
  key: string,
  signal?: AbortSignal,
): Promise<{ createdAt: string | null; keyId: string | null }> {
  try {
    const { createdAt, keyId } = parseHeader(await readSmall(driver, key, HEADER_BYTES, signal)).header;
    return { createdAt, keyId };
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('CATALOGUE_')) return { createdAt: null, keyId: null };
    throw error;
  }
}
