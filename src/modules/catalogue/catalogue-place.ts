import { hostname } from 'node:os';
import { AppError } from '../../common/errors/index.js';
import { version } from '../../common/version.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { placeKey } from './catalogue-keys.js';
import { readSmall } from './small-object.js';

const MAX_BYTES = 64 * 1024;

/** What a master says of itself and of a storage, in the clear, beside its catalogue backups. */
export interface CataloguePlace {
  host: string;
  /** Id of the storage in that master's catalogue. */
  providerId: string;
}

/** Says whose catalogue backups these are. */
export async function writePlace(
  driver: StorageDriver,
  instance: string,
  provider: { id: string; name: string },
): Promise<void> {
  const place = {
    format: 'backupd-catalogue-place/1',
    instance,
    host: hostname(),
    version,
    providerId: provider.id,
    providerName: provider.name,
  };
  await driver.put(placeKey(instance), { bytes: Buffer.from(`${JSON.stringify(place, null, 2)}\n`) });
}

/** Null when it is not there or can't be understood. It is not authenticated: only a hint. */
export async function readPlace(
  driver: StorageDriver,
  instance: string,
  signal?: AbortSignal,
): Promise<CataloguePlace | null> {
  try {
    const value: unknown = JSON.parse(
      (await readSmall(driver, placeKey(instance), MAX_BYTES, signal)).toString('utf8'),
    );
    if (typeof value !== 'object' || value === null) return null;
    const { host, providerId }: { host?: unknown; providerId?: unknown } = value;
    return typeof host === 'string' && typeof providerId === 'string' ? { host: host.slice(0, 255), providerId } : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND'))
      return null;
    throw error;
  }
}
