import type { StoredObject } from '../../engine/ports/index.js';
import type { ObjectState } from '../backups/index.js';
import { meaningOf, siteFolder } from './object-key.js';
import { listingUnordered } from './reconcile.errors.js';

/** What the catalogue says of an object. */
export interface KnownObject {
  key: string;
  size: number;
  state: ObjectState;
}

/** One difference of the listing from the catalogue, as seen in passing: things may have changed since. */
export interface Difference {
  /**
   * `orphan` of backupd's but unknown; `missing` known, not listed; `size` listed with another size; `back` listed, but held to be
   * missing until now; `foreign` not of backupd.
   */
  kind: 'orphan' | 'missing' | 'size' | 'back' | 'foreign';
  key: string;
  expectedBytes: number | null;
  storedBytes: number | null;
  /** Of the stored object, milliseconds since 1970. */
  modifiedAt: number | null;
}

/** What the comparison has gone through so far. */
export interface Tally {
  listed: number;
  listedBytes: number;
  known: number;
  /** Known ones that were held to be there, and how many of those were not listed. */
  present: number;
  lost: number;
  /** backupd's own objects that are in no catalogue: `site.json`, backups of the catalogue. */
  own: number;
}

export const emptyTally = (): Tally => ({ listed: 0, listedBytes: 0, known: 0, present: 0, lost: 0, own: 0 });

/** Keys of backupd are ASCII, where the order of the code units is the byte order. */
// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Merges a listing with the known objects, both in byte order of their keys, and gives the differences in that order; holds one
 * object of each. An error of either ends it. Error: STORAGE_LISTING_UNORDERED, since gaps would be taken for missing objects.
 */
export async function* compareListing(
  listed: AsyncIterable<StoredObject>,
  known: AsyncIterable<KnownObject>,
  tally: Tally,
): AsyncGenerator<Difference> {
  const rest = known[Symbol.asyncIterator]();
  try {
    let next = await rest.next();
    let previous = '';
    let last = '';
    for await (const object of listed) {
      tally.listed++;
      tally.listedBytes += object.size;
      if (!ASCII.test(object.key)) {
        yield unknown('foreign', object);
        continue;
      }
      if (object.key < last) throw listingUnordered(last, object.key);
      if (object.key === last) continue;
      last = object.key;
      for (; next.done !== true && next.value.key < object.key; next = await rest.next()) {
        previous = next.value.key;
        yield missing(next.value, tally);
      }
      if (next.done !== true && next.value.key === object.key) {
        const difference = compareOne(object, next.value, tally);
        if (difference !== null) yield difference;
        previous = object.key;
        next = await rest.next();
        continue;
      }
      const kind = kindOfUnknown(object.key, previous);
      if (kind === null) tally.own++;
      else yield unknown(kind, object);
      if (kind !== 'foreign') previous = object.key;
    }
    for (; next.done !== true; next = await rest.next()) yield missing(next.value, tally);
  } finally {
    await rest.return?.();
  }
}

function compareOne(object: StoredObject, known: KnownObject, tally: Tally): Difference | null {
  tally.known++;
  if (known.state !== 'missing') tally.present++;
  const isSame = object.size === known.size;
  if (isSame && known.state !== 'missing') return null;
  return { ...unknown(isSame ? 'back' : 'size', object), expectedBytes: known.size };
}

function missing(known: KnownObject, tally: Tally): Difference {
  tally.known++;
  if (known.state !== 'missing') {
    tally.present++;
    tally.lost++;
  }
  return { kind: 'missing', key: known.key, expectedBytes: known.size, storedBytes: null, modifiedAt: null };
}

/** Null for what belongs there. `site.json` comes after all else of its site, so that the object before it tells whether it is alone. */
function kindOfUnknown(key: string, previous: string): 'orphan' | 'foreign' | null {
  const meaning = meaningOf(key);
  if (meaning.role === 'foreign') return 'foreign';
  if (meaning.role === 'own') return null;
  if (meaning.role === 'site' && previous.startsWith(siteFolder(meaning.siteId))) return null;
  return 'orphan';
}

function unknown(kind: Difference['kind'], { key, size, modifiedAt }: StoredObject): Difference {
  return { kind, key, expectedBytes: null, storedBytes: size, modifiedAt: modifiedAt.getTime() };
}
