import { createHash } from 'node:crypto';
import { isId } from '../../common/ids.js';
import { isStorageKey, type ReferredBundle, type StorageDriver } from '../../engine/ports/index.js';
import { keysFor } from '../../engine/runner/index.js';
import {
  manifestDamaged,
  readManifest,
  type ManifestEntry,
  type ManifestHeader,
  type ManifestTrailer,
} from '../../engine/snapshot/manifest/index.js';
import { AppError } from '../../common/errors/index.js';

/** What a stored manifest says of its backup, read whole. */
export interface StoredManifestFacts {
  header: ManifestHeader;
  trailer: ManifestTrailer;
  size: number;
  sha256: string;
  /** The backup's own one is among them. */
  bundles: readonly (ReferredBundle & { id: number })[];
  bundleKey: string;
}

/**
 * Reads a stored manifest to its end, as a stream, and checks all that can be told from itself: frames, lines, order, counts, that
 * its name is that of its content, and that every entry lies within a bundle of this site that the header names. Errors:
 * MANIFEST_DAMAGED (also when it is missing), MANIFEST_FORMAT_UNSUPPORTED, and the storage's.
 */
export async function readManifestFacts(
  driver: StorageDriver,
  manifestKey: string,
  signal?: AbortSignal,
): Promise<StoredManifestFacts> {
  const hash = createHash('sha256');
  let size = 0;
  const body = await open(driver, manifestKey, signal);
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  let header: ManifestHeader | null = null;
  let trailer: ManifestTrailer | null = null;
  let bundles = new Map<number, number>();
  try {
    for await (const line of readManifest(hashed())) {
      if (line.kind === 'header') {
        header = line;
        checkHeader(line, manifestKey);
        bundles = new Map(line.bundles.map((bundle) => [bundle.id, bundle.size]));
      } else if (line.kind === 'trailer') trailer = line;
      else checkPlace(line, bundles);
    }
  } finally {
    body.destroy();
  }
  if (header === null || trailer === null) throw manifestDamaged('its end is missing');
  const { own, site, startedAt, backupId } = header;
  return {
    header,
    trailer,
    size,
    sha256: hash.digest('hex'),
    bundles: header.bundles.map((bundle) => ({
      id: bundle.id,
      key: bundle.key,
      size: bundle.size,
      sha256: bundle.sha256,
      own: bundle.id === own,
    })),
    bundleKey: keysFor(site.id, new Date(startedAt), backupId).bundleKey,
  };
}

/** That the manifest lies where its backup belongs, and names no object that is not one of its site's bundles. */
function checkHeader({ backupId, site, startedAt, bundles, own }: ManifestHeader, manifestKey: string): void {
  const time = new Date(startedAt);
  if (!isId(backupId) || !isId(site.id) || Number.isNaN(time.getTime()))
    throw manifestDamaged('its header has no proper ids or time');
  const keys = keysFor(site.id, time, backupId);
  if (keys.manifestKey !== manifestKey) throw manifestDamaged('it lies under the name of another backup');
  if (bundles.find((bundle) => bundle.id === own)?.key !== keys.bundleKey)
    throw manifestDamaged('it does not name its own bundle');
  const isBundle = ({ key }: { key: string }): boolean =>
    key.startsWith(`sites/${site.id}/`) && key.endsWith('.tar.zst') && isStorageKey(key);
  if (!bundles.every(isBundle)) throw manifestDamaged('it names a bundle that is not one of its site');
  if (new Set(bundles.map(({ id }) => id)).size < bundles.length) throw manifestDamaged('it names a bundle twice');
}

function checkPlace({ in: place }: ManifestEntry, bundles: ReadonlyMap<number, number>): void {
  if (place === undefined) return;
  const size = bundles.get(place.bundle);
  if (size === undefined)
    throw manifestDamaged(`an entry lies in bundle ${place.bundle}, which its header does not name`);
  if (place.offset + place.length > size)
    throw manifestDamaged(`an entry lies beyond the end of bundle ${place.bundle}`);
}

async function open(
  driver: StorageDriver,
  key: string,
  signal: AbortSignal | undefined,
): ReturnType<StorageDriver['read']> {
  try {
    return await driver.read(key, undefined, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND')
      throw manifestDamaged('it is missing in the storage', error);
    throw error;
  }
}
