import { createHash } from 'node:crypto';
import { throwIfAborted } from '../../../common/errors/index.js';
import { hasFiles, type StorageDriver } from '../../ports/index.js';
import type { ManifestBundle, ManifestHeader, ManifestLine } from '../manifest/index.js';
import { streamManifest } from '../read/index.js';
import { ContentCheck } from './content-check.js';
import { FetchedObjects } from './fetched-objects.js';
import { isDamage } from './is-damage.js';

export type VerifyLevel = 'quick' | 'full';

export interface VerifyOptions {
  manifestKey: string;
  /** What the catalogue knows of the manifest object, where it is known. */
  manifest?: { size: number; sha256?: string };
  level: VerifyLevel;
  /**
   * A folder of the caller's in which bundles of a storage without files are kept while they are checked, if the disk has room
   * for them: then each is fetched once. Removed at the end.
   */
  spoolDir?: string;
  signal?: AbortSignal;
  onProgress?: (progress: { bytesDone: number; bytesTotal: number; itemsDone: number; current: string }) => void;
}

export interface Damage {
  /** Path of an entry, or key of an object. */
  path: string;
  reason: string;
}

export interface VerifyResult {
  ok: boolean;
  level: VerifyLevel;
  checkedBytes: number;
  checkedEntries: number;
  /** The first of what is damaged or missing. */
  damaged: Damage[];
  /** Damages beyond those. */
  moreDamaged: number;
  /** Whether objects themselves are not there. */
  missing: boolean;
  /** What the manifest object itself is. */
  manifest: 'right' | 'damaged' | 'missing';
  /** Keys of the bundles in which the damage lies, the missing ones among them. */
  damagedBundles: string[];
  /** Keys of the bundles that are not there. */
  missingBundles: string[];
  /** Keys of the bundles without damage: of which every byte was read (full level), or the size seen (quick). */
  wholeBundles: string[];
}

const MAX_DAMAGES = 200;

/**
 * Checks a stored backup. `quick`: every object is there with its size, the manifest reads to its end. `full`: every byte
 * of the manifest and of every bundle it points into, by SHA-256, every frame's checksum, every entry's SHA-256. Damage is
 * in the result, never thrown; a storage that can't be reached, a cancel, and a manifest of an unknown format are thrown.
 */
export async function verifyBackup(driver: StorageDriver, options: VerifyOptions): Promise<VerifyResult> {
  const verification = new Verification(driver, options);
  await verification.run();
  return verification.result();
}

class Verification {
  readonly #damaged: Damage[] = [];
  #moreDamaged = 0;
  readonly #bundles = new Map<number, ManifestBundle>();
  readonly #damagedBundles = new Set<string>();
  readonly #missingBundles = new Set<string>();
  #manifest: VerifyResult['manifest'] = 'right';
  #bytes = 0;
  #bytesTotal = 0;
  #running: ContentCheck | null = null;
  #spool: FetchedObjects | null = null;
  /** What the manifest's damage was thrown as. */
  #unreadable: Error | null = null;
  #entries = 0;

  constructor(
    private readonly driver: StorageDriver,
    private readonly options: VerifyOptions,
  ) {}

  result(): VerifyResult {
    return {
      ok: this.#damaged.length === 0,
      level: this.options.level,
      checkedBytes: this.#bytes,
      checkedEntries: this.#entries,
      damaged: this.#damaged,
      moreDamaged: this.#moreDamaged,
      missing: this.#manifest === 'missing' || this.#missingBundles.size > 0,
      manifest: this.#manifest,
      missingBundles: [...this.#missingBundles],
      damagedBundles: [...this.#damagedBundles],
      wholeBundles: [...this.#bundles.values()].flatMap(({ key }) => (this.#damagedBundles.has(key) ? [] : [key])),
    };
  }

  async run(): Promise<void> {
    if (!(await this.#checkManifestObject())) return;
    const before = this.#damaged.length;
    const lines = this.#manifestLines();
    try {
      if (this.options.level === 'quick') await this.#quick(lines);
      else await this.#full(lines);
    } catch (error) {
      if (this.#unreadable === null || error !== this.#unreadable) throw error;
      this.#forget(before);
      this.#manifest = 'damaged';
      this.#damage(this.options.manifestKey, this.#unreadable.message);
    } finally {
      await lines.return(undefined);
      await this.#spool?.remove();
    }
  }

  async #quick(lines: AsyncGenerator<ManifestLine>): Promise<void> {
    let header: ManifestHeader | null = null;
    for await (const line of lines) if (line.kind === 'header') header = line;
    await this.#checkBundles(header?.bundles ?? []);
  }

  /** Reads the manifest once: entries are checked while it is not yet known to be whole. */
  async #full(lines: AsyncGenerator<ManifestLine>): Promise<void> {
    const { value: header } = await lines.next();
    const present = await this.#checkBundles(header?.kind === 'header' ? header.bundles : []);
    this.#bytesTotal = this.#bytes + present.reduce((sum, { size, live }) => sum + size + live, 0);
    this.#spool = await this.#spoolFor(present);
    const check = new ContentCheck(this.#spool ?? this.driver, present, this.options, {
      damage: (path, reason, bundle) => this.#damage(path, reason, bundle),
      missing: (key) => this.#missingBundles.add(key),
      entry: () => {
        this.#entries += 1;
      },
      progress: (current) => this.#progress(0, current),
    });
    this.#running = check;
    await check.run(lines);
    this.#bytes += check.bytes;
    this.#running = null;
  }

  /** Where the bundles are fetched to; null when they are files, or there is no room. */
  async #spoolFor(present: readonly ManifestBundle[]): Promise<FetchedObjects | null> {
    const { spoolDir: folder, signal } = this.options;
    if (folder === undefined || hasFiles(this.driver)) return null;
    const bytes = present.reduce((sum, bundle) => sum + bundle.size, 0);
    const onProgress = (key: string): void => this.#progress(0, key);
    const spool = await FetchedObjects.over(this.driver, { folder, bytes, signal, onProgress });
    if (spool !== null) this.#bytesTotal += bytes;
    return spool;
  }

  /** The manifest's lines; damage of it is remembered. */
  async *#manifestLines(): AsyncGenerator<ManifestLine> {
    try {
      for await (const line of streamManifest(this.driver, this.options.manifestKey, this.options.signal)) {
        this.#stopIfAborted();
        yield line;
      }
    } catch (error) {
      if (isDamage(error)) this.#unreadable = error;
      throw error;
    }
  }

  /** Of a manifest that can't be read nothing is believed. */
  #forget(damaged: number): void {
    this.#running = null;
    this.#damaged.length = damaged;
    this.#moreDamaged = 0;
    this.#missingBundles.clear();
    this.#entries = 0;
    this.#bundles.clear();
    this.#damagedBundles.clear();
  }

  async #checkManifestObject(): Promise<boolean> {
    const { manifestKey, manifest, level } = this.options;
    const object = await this.driver.stat(manifestKey);
    if (object === null) {
      this.#manifest = 'missing';
      this.#damage(manifestKey, 'the manifest is missing');
      return false;
    }
    if (manifest !== undefined && object.size !== manifest.size) {
      this.#manifest = 'damaged';
      this.#damage(manifestKey, `it has ${object.size} bytes, not ${manifest.size}`);
    }
    if (level === 'full' && manifest?.sha256 !== undefined) await this.#hashManifest(manifest.sha256);
    else this.#bytes += object.size;
    return true;
  }

  /** The bundles that are there with their size. */
  async #checkBundles(bundles: readonly ManifestBundle[]): Promise<ManifestBundle[]> {
    const present: ManifestBundle[] = [];
    for (const bundle of bundles) {
      this.#bundles.set(bundle.id, bundle);
      const object = await this.driver.stat(bundle.key);
      if (object === null) {
        this.#missingBundles.add(bundle.key);
        this.#damage(bundle.key, 'the bundle is missing', bundle.key);
        continue;
      }
      if (object.size !== bundle.size)
        this.#damage(bundle.key, `it has ${object.size} bytes, not ${bundle.size}`, bundle.key);
      present.push(bundle);
    }
    return present;
  }

  async #hashManifest(sha256: string): Promise<void> {
    const key = this.options.manifestKey;
    const hash = createHash('sha256');
    try {
      for await (const chunk of await this.driver.read(key, { offset: 0 }, this.options.signal)) {
        if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
        hash.update(chunk);
        this.#progress(chunk.length, key);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#manifest = 'missing';
      this.#damage(key, error.message);
      return;
    }
    const actual = hash.digest('hex');
    if (actual === sha256) return;
    this.#manifest = 'damaged';
    this.#damage(key, `its SHA-256 is ${actual}, not ${sha256}`);
  }

  #progress(bytes: number, current: string): void {
    this.#stopIfAborted();
    this.#bytes += bytes;
    const bytesDone = this.#bytes + (this.#running?.bytes ?? 0) + (this.#spool?.fetched ?? 0);
    this.options.onProgress?.({
      bytesDone,
      bytesTotal: Math.max(bytesDone, this.#bytesTotal),
      itemsDone: this.#entries,
      current,
    });
  }

  #damage(path: string, reason: string, bundleKey: string | null = null): void {
    if (bundleKey !== null) this.#damagedBundles.add(bundleKey);
    if (this.#damaged.length < MAX_DAMAGES) this.#damaged.push({ path, reason });
    else this.#moreDamaged += 1;
  }

  #stopIfAborted(): void {
    if (this.options.signal !== undefined) throwIfAborted(this.options.signal);
  }
}
