import { createHash } from 'node:crypto';
import type { StorageDriver } from '../../ports/index.js';
import { spawnWorker } from '../../threads/spawn-worker.js';
import {
  displayPath,
  entryPath,
  type ManifestBundle,
  type ManifestEntry,
  type ManifestLine,
} from '../manifest/index.js';
import { storedSize } from '../read/index.js';
import { intoFrameRuns, ReadPool, type ContentItem, type FrameRun, type PlacedItem } from '../read/pool/index.js';
import { isDamage } from './is-damage.js';

const WINDOW = 16_384;

/** An entry's content with its name, for messages. */
interface NamedItem extends ContentItem {
  name: string;
}

/** What is told while content is checked. */
export interface ContentCheckReport {
  damage(path: string, reason: string, bundleKey: string | null): void;
  /** A bundle is not there. */
  missing(key: string): void;
  entry(): void;
  progress(current: string): void;
}

/** Reads every byte of bundles, with several threads: the SHA-256 of each bundle, and of each entry in it. */
export class ContentCheck {
  readonly #pool: ReadPool<NamedItem>;
  readonly #keys: ReadonlyMap<number, string>;
  readonly #running = new Set<Promise<void>>();
  #hashed = 0;

  /** `present`: the bundles that are there. */
  constructor(
    private readonly driver: StorageDriver,
    private readonly present: readonly ManifestBundle[],
    private readonly options: { signal?: AbortSignal },
    private readonly report: ContentCheckReport,
  ) {
    this.#keys = new Map(present.map((bundle) => [bundle.id, bundle.key]));
    this.#pool = new ReadPool({
      driver,
      bundles: present,
      spawn: (memory) => spawnWorker('./verify-worker.js', import.meta.url, memory),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  /** Bytes of bundles and of entries read so far. */
  get bytes(): number {
    return this.#pool.bytes + this.#hashed;
  }

  /** `lines`: the manifest's. Damage is told, not thrown. Throws what they throw, JOB_CANCELLED, and what the storage throws when it can't be reached. */
  async run(lines: AsyncIterable<ManifestLine>): Promise<void> {
    try {
      for (const bundle of this.present) await this.#hash(bundle);
      await this.#checkEntries(lines);
      await Promise.all(this.#running);
      await this.#pool.close();
    } catch (error) {
      await this.#pool.abort();
      await Promise.allSettled(this.#running);
      throw error;
    }
  }

  /** Beside the entries where bundles are files; before them elsewhere. */
  async #hash(bundle: ManifestBundle): Promise<void> {
    if (!this.#pool.hasFiles) {
      this.#compare(bundle, await this.#hashStream(bundle));
      return;
    }
    await this.#pool.ready();
    this.#track(
      this.#pool.hashFile(bundle.id, bundle.size).then((found) => {
        this.#compare(bundle, found?.sha256 ?? null);
        return undefined;
      }),
    );
  }

  async #hashStream({ key }: ManifestBundle): Promise<string | null> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of await this.driver.read(key, { offset: 0 }, this.options.signal)) {
        if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
        hash.update(chunk);
        this.#hashed += chunk.length;
        this.report.progress(key);
      }
      return hash.digest('hex');
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  #compare({ key, sha256 }: ManifestBundle, actual: string | null): void {
    if (actual === null) this.report.missing(key);
    if (actual === null) this.report.damage(key, 'the bundle is missing', key);
    else if (actual !== sha256) this.report.damage(key, `its SHA-256 is ${actual}, not ${sha256}`, key);
  }

  async #checkEntries(lines: AsyncIterable<ManifestLine>): Promise<void> {
    let window: PlacedItem<NamedItem>[] = [];
    for await (const entry of lines) {
      if (entry.kind !== 'entry') continue;
      this.report.entry();
      const item = this.#itemOf(entry);
      if (item === null) continue;
      window.push(item);
      if (window.length < WINDOW) continue;
      await this.#checkWindow(window);
      window = [];
    }
    await this.#checkWindow(window);
  }

  /** What is to be read of an entry; null when nothing is, or nothing can be. */
  #itemOf(entry: ManifestEntry): PlacedItem<NamedItem> | null {
    const size = storedSize(entry);
    if (size === 0) return null;
    const name = displayPath(entryPath(entry));
    if (entry.in === undefined) {
      this.report.damage(name, 'the manifest does not say where its content is', null);
      return null;
    }
    const { bundle, offset, length, skip } = entry.in;
    if (!this.#keys.has(bundle)) {
      this.report.damage(name, 'its bundle is missing', null);
      return null;
    }
    return { bundle, item: { name, offset, length, skip, size, sha256: entry.sha256 ?? '' } };
  }

  /** In the order of the bundle, so that each frame is fetched and decompressed once. */
  async #checkWindow(window: PlacedItem<NamedItem>[]): Promise<void> {
    window.sort((a, b) => a.bundle - b.bundle || a.item.offset - b.item.offset || a.item.skip - b.item.skip);
    for await (const run of intoFrameRuns(window)) {
      await this.#pool.ready();
      this.#track(this.#checkRun(run));
    }
  }

  async #checkRun(run: FrameRun<NamedItem>): Promise<void> {
    for (const { item, reason } of await this.#pool.run(run))
      this.report.damage(
        item.name,
        `${item.name} can't be read back from the backup: ${reason}`,
        this.#keys.get(run.bundle) ?? null,
      );
    this.report.progress(run.items.at(-1)?.name ?? '');
  }

  /** Goes on in the background; what it throws also ends the pool, whose next call throws it. */
  #track(work: Promise<void>): void {
    const one = work.finally(() => this.#running.delete(one));
    one.catch(() => undefined);
    this.#running.add(one);
  }
}
