import { Readable } from 'node:stream';
import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { ByteRange, CopiesStorageDriver, CopyFault, StorageDriver, StoredObject } from '../ports/index.js';

/** One provider that may have objects. */
export interface CopyPlace {
  providerId: string;
  providerName: string;
  driver: StorageDriver;
}

/** What is known of an object, and of whom to ask for it. */
export interface KnownObject {
  /** Bytes. */
  size: number;
  /** The providers to ask, the most trusted first. Those that are not named are asked last. */
  trusted: readonly string[];
}

export interface CopiesOptions {
  places: readonly CopyPlace[];
  /** By key. */
  objects: ReadonlyMap<string, KnownObject>;
  /** Told once of each copy of an object that was found wrong. */
  onFault: (providerId: string, key: string, fault: CopyFault) => void;
  /** Used when there is no place at all. */
  noCopy: () => AppError;
}

/** Reads objects from the best of several copies, and on from the next where one fails. Never writes. */
export class CopiesDriver implements CopiesStorageDriver {
  readonly kind = 'copies';
  /** Places that did not answer: asked last from then on. */
  readonly #silent = new Set<StorageDriver>();
  /** Copies that are wrong, by key. */
  readonly #wrong = new Map<string, Set<StorageDriver>>();

  constructor(private readonly options: CopiesOptions) {}

  copiesOf(key: string): readonly StorageDriver[] {
    const { places, objects } = this.options;
    const trusted = objects.get(key)?.trusted ?? [];
    const rank = ({ providerId, driver }: CopyPlace): number => {
      const at = trusted.indexOf(providerId);
      const isWrong = this.#wrong.get(key)?.has(driver) === true;
      return (at === -1 ? trusted.length : at) + (this.#silent.has(driver) ? 1000 : 0) + (isWrong ? 2000 : 0);
    };
    return places.toSorted((a, b) => rank(a) - rank(b)).map(({ driver }) => driver);
  }

  distrust(key: string, copy: StorageDriver, fault: CopyFault): void {
    const wrong = this.#wrong.get(key) ?? new Set();
    this.#wrong.set(key, wrong);
    if (wrong.has(copy)) return;
    wrong.add(copy);
    const place = this.options.places.find(({ driver }) => driver === copy);
    if (place !== undefined) this.options.onFault(place.providerId, key, fault);
  }

  async read(key: string, range: ByteRange = { offset: 0 }, signal?: AbortSignal): Promise<Readable> {
    const copies = this.copiesOf(key);
    const [only] = copies;
    if (only === undefined) throw this.options.noCopy();
    if (copies.length === 1) return only.read(key, range, signal);
    const reading = new Reading(this, key, range, this.options.objects.get(key)?.size ?? null, signal);
    await reading.open();
    return Readable.from(reading.bytes(), { objectMode: false });
  }

  /** Of several answers the one with the size that the object must have. */
  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const wanted = this.options.objects.get(key)?.size;
    let other: StoredObject | null = null;
    let failure: AppError | null = null;
    let answers = 0;
    for (const copy of this.copiesOf(key)) {
      try {
        const found = await copy.stat(key, signal);
        answers += 1;
        if (found !== null && (wanted === undefined || found.size === wanted)) return found;
        other ??= found;
      } catch (error) {
        if (signal !== undefined) throwIfAborted(signal);
        this.silent(copy, error);
        failure ??= asAppError(error);
      }
    }
    if (answers === 0) throw failure ?? this.options.noCopy();
    return other;
  }

  /** The copy could not be asked; what is no object there answers. */
  silent(copy: StorageDriver, error: unknown): void {
    if (asAppError(error).code !== 'STORAGE_OBJECT_NOT_FOUND') this.#silent.add(copy);
  }

  async put(): Promise<StoredObject> {
    return Promise.reject(readOnly());
  }

  // oxlint-disable-next-line require-yield -- there is nothing to list
  async *list(): AsyncGenerator<StoredObject> {
    await Promise.reject(readOnly());
  }

  async delete(): Promise<void> {
    return Promise.reject(readOnly());
  }

  async removeAbandoned(): Promise<number> {
    return Promise.reject(readOnly());
  }

  async space(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** One body, out of as many copies as it takes. */
class Reading {
  #body: Readable | null = null;
  #copy: StorageDriver | null = null;
  readonly #tried = new Set<StorageDriver>();
  readonly #gone: StorageDriver[] = [];
  #failure: unknown = null;
  /** The next byte, and the one behind the last (null: not known). */
  #position: number;
  readonly #end: number | null;

  constructor(
    private readonly driver: CopiesDriver,
    private readonly key: string,
    range: ByteRange,
    size: number | null,
    private readonly signal: AbortSignal | undefined,
  ) {
    const asked = range.length === undefined ? null : range.offset + range.length;
    this.#position = range.offset;
    this.#end = size === null ? asked : Math.min(size, asked ?? size);
  }

  /** Opens the next copy that answers. Throws what all have failed with. */
  async open(): Promise<void> {
    for (const copy of this.driver.copiesOf(this.key)) {
      if (this.#tried.has(copy)) continue;
      this.#tried.add(copy);
      try {
        const length = this.#end === null ? {} : { length: Math.max(0, this.#end - this.#position) };
        this.#body = await copy.read(this.key, { offset: this.#position, ...length }, this.signal);
        this.#body.on('error', () => undefined);
        this.#copy = copy;
        for (const gone of this.#gone.splice(0)) this.driver.distrust(this.key, gone, 'missing');
        return;
      } catch (error) {
        this.#failed(copy, error);
      }
    }
    throw this.#failure;
  }

  async *bytes(): AsyncGenerator {
    try {
      for (;;) {
        try {
          for await (const chunk of this.#body ?? []) {
            if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
            this.#position += chunk.length;
            yield chunk;
          }
          if (this.#end === null || this.#position >= this.#end) return;
          throw endsTooEarly(this.key);
        } catch (error) {
          if (this.#copy !== null) this.#failed(this.#copy, error);
          this.#body?.destroy();
          await this.#openNext();
          if (this.#body === null) return;
        }
      }
    } finally {
      this.#body?.destroy();
    }
  }

  /** A body that is too short everywhere is given as it is: its reader says what is wrong with it. */
  async #openNext(): Promise<void> {
    this.#body = null;
    try {
      await this.open();
    } catch (error) {
      if (asAppError(this.#failure).kind !== 'damaged') throw error;
    }
  }

  #failed(copy: StorageDriver, error: unknown): void {
    if (this.signal !== undefined) throwIfAborted(this.signal);
    const { code, kind } = asAppError(error);
    if (code === 'STORAGE_OBJECT_NOT_FOUND') this.#gone.push(copy);
    else if (kind !== 'damaged') this.driver.silent(copy, error);
    // What may pass says more than that a copy is not there.
    const before = this.#failure === null ? null : asAppError(this.#failure);
    const isWorse = before?.code === 'STORAGE_OBJECT_NOT_FOUND' || before?.kind === 'damaged';
    if (before === null || (isWorse && code !== 'STORAGE_OBJECT_NOT_FOUND')) this.#failure = error;
  }
}

function endsTooEarly(key: string): AppError {
  return new AppError({
    code: 'BUNDLE_DAMAGED',
    kind: 'damaged',
    message: `${key} is shorter than what was written.`,
    retry: 'never',
    context: { key },
  });
}

function readOnly(): AppError {
  return new AppError({ code: 'INTERNAL', kind: 'internal', message: 'Copies are only read.', retry: 'never' });
}
