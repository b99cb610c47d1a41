import { createHash } from 'node:crypto';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import type { StorageDriver } from '../../ports/index.js';
import {
  displayPath,
  entryPath,
  type ManifestBundle,
  type ManifestEntry,
  type ManifestHeader,
} from '../manifest/index.js';
import { openBackup, storedSize, streamManifest, type StoredBackup } from '../read/index.js';

export type VerifyLevel = 'quick' | 'full';

export interface VerifyOptions {
  manifestKey: string;
  /** What the catalogue knows of the manifest object, where it is known. */
  manifest?: { size: number; sha256?: string };
  level: VerifyLevel;
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
  /** Keys of the bundles in which the damage lies. */
  damagedBundles: string[];
  /** Keys of the bundles of which every byte was read and is right (full level). */
  provenBundles: string[];
}

const MAX_DAMAGES = 200;
const WINDOW = 4096;

/**
 * Checks a stored backup. `quick`: every object is there with its size, the manifest reads to its end. `full`: every byte
 * of the manifest and of every bundle it points into, by SHA-256, every frame's checksum, every entry's SHA-256. Damage is in the result, never thrown; a
 * storage that can't be reached, a cancel, and a manifest of an unknown format are thrown.
 */
export async function verifyBackup(driver: StorageDriver, options: VerifyOptions): Promise<VerifyResult> {
  const verification = new Verification(driver, options);
  await verification.run();
  return verification.result();
}

class Verification {
  readonly #damaged: Damage[] = [];
  #moreDamaged = 0;
  #missing = false;
  readonly #bundles = new Map<number, ManifestBundle>();
  readonly #damagedBundles = new Set<string>();
  #bytes = 0;
  #bytesTotal = 0;
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
      missing: this.#missing,
      damagedBundles: [...this.#damagedBundles],
      provenBundles: [...this.#bundles.values()].flatMap(({ key }) =>
        this.options.level === 'full' && !this.#damagedBundles.has(key) ? [key] : [],
      ),
    };
  }

  async run(): Promise<void> {
    if (!(await this.#checkManifestObject())) return;
    const facts = await this.#readManifest();
    if (facts === null) return;
    const present = await this.#checkBundles(facts.header.bundles);
    if (this.options.level === 'quick') return;
    this.#bytesTotal = this.#bytes + facts.bytes + present.reduce((sum, bundle) => sum + bundle.size, 0);
    for (const bundle of present) await this.#hashObject(bundle.key, bundle.sha256);
    await this.#checkEntries(await openBackup(this.driver, this.#source()), present);
  }

  async #checkManifestObject(): Promise<boolean> {
    const { manifestKey, manifest, level } = this.options;
    const object = await this.driver.stat(manifestKey);
    if (object === null) {
      this.#missing = true;
      this.#damage(manifestKey, 'the manifest is missing');
      return false;
    }
    if (manifest !== undefined && object.size !== manifest.size) {
      this.#damage(manifestKey, `it has ${object.size} bytes, not ${manifest.size}`);
    }
    if (level === 'full' && manifest?.sha256 !== undefined) await this.#hashObject(manifestKey, manifest.sha256);
    else this.#bytes += object.size;
    return true;
  }

  /** Reads the manifest to its trailer; null when it can't be read. */
  async #readManifest(): Promise<{ header: ManifestHeader; bytes: number } | null> {
    let header: ManifestHeader | null = null;
    let bytes = 0;
    try {
      for await (const line of streamManifest(this.driver, this.options.manifestKey, this.options.signal)) {
        if (line.kind === 'header') header = line;
        if (line.kind === 'entry') bytes += storedSize(line);
        this.#stopIfAborted();
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#damage(this.options.manifestKey, error.message);
      return null;
    }
    return header === null ? null : { header, bytes };
  }

  /** The bundles that are there with their size. */
  async #checkBundles(bundles: readonly ManifestBundle[]): Promise<ManifestBundle[]> {
    const present: ManifestBundle[] = [];
    for (const bundle of bundles) {
      this.#bundles.set(bundle.id, bundle);
      const object = await this.driver.stat(bundle.key);
      if (object === null) {
        this.#missing = true;
        this.#damage(bundle.key, 'the bundle is missing', bundle.key);
        continue;
      }
      if (object.size !== bundle.size)
        this.#damage(bundle.key, `it has ${object.size} bytes, not ${bundle.size}`, bundle.key);
      present.push(bundle);
    }
    return present;
  }

  async #hashObject(key: string, sha256: string): Promise<void> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of await this.driver.read(key, { offset: 0 }, this.options.signal)) {
        if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
        hash.update(chunk);
        this.#progress(chunk.length, key);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#missing = true;
      this.#damage(key, error.message, key);
      return;
    }
    const actual = hash.digest('hex');
    if (actual !== sha256) this.#damage(key, `its SHA-256 is ${actual}, not ${sha256}`, key);
  }

  async #checkEntries(backup: StoredBackup, present: readonly ManifestBundle[]): Promise<void> {
    const there = new Set(present.map((bundle) => bundle.id));
    let window: ManifestEntry[] = [];
    for await (const entry of backup.entries()) {
      this.#entries += 1;
      if (entry.type !== 'file') continue;
      if (entry.in !== undefined && !there.has(entry.in.bundle)) {
        this.#damage(displayPath(entryPath(entry)), 'its bundle is missing', this.#keyOf(entry));
        continue;
      }
      window.push(entry);
      if (window.length < WINDOW) continue;
      await this.#checkWindow(backup, window);
      window = [];
    }
    await this.#checkWindow(backup, window);
  }

  /** In the order of the bundle, so that each frame is fetched and decompressed once. */
  async #checkWindow(backup: StoredBackup, window: ManifestEntry[]): Promise<void> {
    window.sort((a, b) => {
      const [x, y] = [a.in, b.in];
      if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1;
      return x.bundle - y.bundle || x.offset - y.offset || x.skip - y.skip;
    });
    for await (const { entry, pieces } of backup.stored(window, this.options.signal)) {
      const path = displayPath(entryPath(entry));
      try {
        for await (const piece of pieces) this.#progress(piece.length, path);
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#damage(path, error.message, this.#keyOf(entry));
      }
    }
  }

  #source(): { manifestKey: string; signal?: AbortSignal } {
    const { manifestKey, signal } = this.options;
    return signal === undefined ? { manifestKey } : { manifestKey, signal };
  }

  #progress(bytes: number, current: string): void {
    this.#stopIfAborted();
    this.#bytes += bytes;
    this.options.onProgress?.({
      bytesDone: this.#bytes,
      bytesTotal: Math.max(this.#bytes, this.#bytesTotal),
      itemsDone: this.#entries,
      current,
    });
  }

  #isBundle(key: string): boolean {
    return key !== this.options.manifestKey;
  }

  #keyOf(entry: ManifestEntry): string | null {
    return entry.in === undefined ? null : (this.#bundles.get(entry.in.bundle)?.key ?? null);
  }

  #damage(path: string, reason: string, bundleKey: string | null = null): void {
    if (bundleKey !== null && this.#isBundle(bundleKey)) this.#damagedBundles.add(bundleKey);
    if (this.#damaged.length < MAX_DAMAGES) this.#damaged.push({ path, reason });
    else this.#moreDamaged += 1;
  }

  #stopIfAborted(): void {
    if (this.options.signal !== undefined) throwIfAborted(this.options.signal);
  }
}

/** What is stored is wrong or gone; anything else means that it could not be looked at. */
function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && (error.kind === 'damaged' || error.code === 'STORAGE_OBJECT_NOT_FOUND');
}
