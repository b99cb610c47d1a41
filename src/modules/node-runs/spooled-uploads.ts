import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { checksumMismatch, type Destination, hasFiles, type StoredObject } from '../../engine/ports/index.js';
import { namesIn } from '../../engine/runner/index.js';
import { requireSpace, translateFull } from '../../engine/snapshot/work/index.js';
import { putChecked } from '../../engine/storage/index.js';
import type { UploadAnswer, UploadedPart } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { partOutOfOrder, uploadGone } from './node-runs.errors.js';
import { hashFile, openFile, PartPlan, sizeOfFile, writePart } from './spool-file.js';

/** Which upload. */
export interface SpoolPlace {
  jobId: string;
  /** Short name of the object within the job. */
  name: string;
  key: string;
  destination: Destination;
}

interface Announced {
  size: number;
  sha256: string;
}

/** Someone who writes to an upload. */
interface Writer {
  body: Readable;
  ended: Promise<unknown>;
}

/** Stays free of what nodes send: the database may lie on the same disk. */
const RESERVE_BYTES = 512 * 1024 * 1024;
const FOLDER = 'uploads';
const FORM = /^(\d{1,16})-([0-9a-f]{64})$/;

/**
 * Uploads that go through the master, each into a file of the job's work folder until it is whole. Its name tells size and SHA-256, so that
 * nothing else has to be kept: `.partial` while parts come, `.whole` once it was read and is right (and may be shared with a storage: nobody
 * writes to it any more), `.done` (empty) once it is stored. What is left of an ended job goes with its work folder.
 */
@Injectable()
export class SpooledUploads implements BeforeApplicationShutdown {
  private readonly writers = new Map<string, Writer>();
  private readonly completions = new Map<string, Promise<StoredObject>>();
  private readonly stop = new AbortController();
  /** Bytes of all parts that are being taken in. */
  private coming = 0;

  constructor(
    private readonly config: AppConfig,
    private readonly resources: ResourceService,
  ) {}

  /** What was cut off goes on with the whole parts; a different content begins anew. Error: DISK_FULL. */
  async begin(place: SpoolPlace, { size, sha256 }: Announced): Promise<UploadAnswer> {
    const uploadId = `${size}-${sha256}`;
    const base = this.baseOf(place, uploadId);
    const plan = new PartPlan(size);
    // Whoever still writes does not hear that its node has begun again.
    await this.endWriter(base);
    await this.removeOthers(place, base);
    const isWhole =
      this.completions.has(base) ||
      (await this.isStored(place, base, size)) ||
      (await sizeOfFile(`${base}.whole`)) !== null;
    const there = isWhole ? size : ((await sizeOfFile(`${base}.partial`)) ?? 0);
    if (!isWhole) {
      await mkdir(dirname(base), { recursive: true, mode: 0o700 });
      await requireSpace(dirname(base), size - there + RESERVE_BYTES);
      await writeFile(`${base}.partial`, '', { flag: 'a', mode: 0o600 });
    }
    const parts = Array.from({ length: plan.wholeParts(there) }, (_, index) => partOf(index + 1));
    return { uploadId, partBytes: plan.partBytes, via: 'master', atOnce: 1, parts };
  }

  /**
   * Takes the next part, or the last one again; an older request that still hangs is ended. Errors: STORAGE_UPLOAD_GONE,
   * NODE_PART_OUT_OF_ORDER, NODE_PART_LENGTH, DISK_FULL.
   */
  async put(place: SpoolPlace, uploadId: string, number: number, body: Readable): Promise<UploadedPart> {
    const base = this.baseOf(place, uploadId);
    for (;;) {
      await this.endWriter(base);
      if (!this.writers.has(base)) break;
    }
    const ended = this.write(place, base, uploadId, number, body);
    const writer = { body, ended: ended.catch(() => undefined) };
    this.writers.set(base, writer);
    try {
      await ended;
      return partOf(number);
    } finally {
      if (this.writers.get(base) === writer) this.writers.delete(base);
    }
  }

  /**
   * Reads the file once, puts it into the storage and compares; asked again meanwhile, the same. It goes on when nobody waits for it any more.
   * Errors: STORAGE_UPLOAD_GONE, NODE_PART_OUT_OF_ORDER (not whole), STORAGE_CHECKSUM_MISMATCH (the file is gone then), the storage's.
   */
  async complete(place: SpoolPlace, uploadId: string, announced: Announced): Promise<StoredObject> {
    const base = this.baseOf(place, uploadId);
    if (uploadId !== `${announced.size}-${announced.sha256}`) throw uploadGone(place.key);
    const running = this.completions.get(base);
    if (running !== undefined) return running;
    const completion = this.store(place, base, announced).finally(() => this.completions.delete(base));
    this.completions.set(base, completion);
    return completion;
  }

  /** Ends the upload and removes its file. Idempotent. */
  async abort(place: SpoolPlace, uploadId: string): Promise<void> {
    const base = this.baseOf(place, uploadId);
    await this.endWriter(base);
    await this.completions.get(base)?.catch(() => undefined);
    for (const state of ['partial', 'whole', 'done']) await rm(`${base}.${state}`, { force: true });
  }

  /** Removes all of the job's. Idempotent. */
  async drop(jobId: string): Promise<void> {
    const folder = this.folderOf(jobId);
    await rm(folder, { recursive: true, force: true });
    // A job on a node has nothing else here.
    await rmdir(dirname(folder)).catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.allSettled(this.completions.values());
  }

  private folderOf(jobId: string): string {
    return join(this.config.paths.work, jobId, FOLDER);
  }

  /** Path of the upload's files without their ending. Error: STORAGE_UPLOAD_GONE for an id that can't be ours. */
  private baseOf({ jobId, name, key, destination }: SpoolPlace, uploadId: string): string {
    if (!FORM.test(uploadId)) throw uploadGone(key);
    return join(this.folderOf(jobId), destination.providerId, `${name}.${uploadId}`);
  }

  private async write(
    { key }: SpoolPlace,
    base: string,
    uploadId: string,
    number: number,
    body: Readable,
  ): Promise<void> {
    const path = `${base}.partial`;
    const plan = new PartPlan(Number(FORM.exec(uploadId)?.[1]));
    const there = await sizeOfFile(path);
    if (there === null) throw uploadGone(key);
    const next = plan.wholeParts(there) + 1;
    // The last one again: its answer was lost.
    const isNext = number === next || (number > 0 && number === next - 1);
    if (!isNext || number > plan.count || this.completions.has(base)) throw partOutOfOrder(number, next);
    const bytes = plan.length(number);
    this.coming += bytes;
    try {
      // Others may have filled it since, and more of them are coming now.
      await requireSpace(dirname(base), this.coming + RESERVE_BYTES);
      const file = await openFile(path);
      try {
        await writePart(file, plan, number, body);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw await translateFull(error, dirname(base), bytes);
    } finally {
      this.coming -= bytes;
    }
  }

  private async store({ key, destination }: SpoolPlace, base: string, announced: Announced): Promise<StoredObject> {
    await this.endWriter(base);
    const { driver } = destination;
    const before = await driver.stat(key);
    if (before !== null && (await this.isStored({ key, destination }, base, announced.size))) return before;
    const whole = `${base}.whole`;
    if ((await sizeOfFile(whole)) === null) await this.settle(key, base, announced);
    const { bandwidth } = this.resources;
    await putChecked(
      destination,
      key,
      { path: whole, ...announced },
      // Each storage has a file of its own to keep. What stays on this host takes nothing of the upload's share.
      { mayShare: true, signal: this.stop.signal, ...(hasFiles(driver) ? {} : { limiter: bandwidth }) },
    );
    const stored = await driver.stat(key);
    await writeFile(`${base}.done`, '', { mode: 0o600 });
    await rm(whole, { force: true });
    return stored ?? { key, size: announced.size, modifiedAt: new Date() };
  }

  /** Makes the partial file a whole one, durably, when it is what was announced. */
  private async settle(key: string, base: string, { size, sha256 }: Announced): Promise<void> {
    const path = `${base}.partial`;
    const there = await sizeOfFile(path);
    if (there === null) throw uploadGone(key);
    if (there !== size) {
      const plan = new PartPlan(size);
      const next = plan.wholeParts(there) + 1;
      throw partOutOfOrder(plan.count, next);
    }
    const found = await hashFile(path, this.stop.signal);
    if (found !== sha256) {
      await rm(path, { force: true });
      throw checksumMismatch(key, `SHA-256 ${sha256}`, found);
    }
    const file = await openFile(path);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(path, `${base}.whole`);
  }

  /** Whether this upload is over and the storage still has what came of it. */
  private async isStored(
    { key, destination }: Pick<SpoolPlace, 'key' | 'destination'>,
    base: string,
    size: number,
  ): Promise<boolean> {
    if ((await sizeOfFile(`${base}.done`)) === null) return false;
    return (await destination.driver.stat(key))?.size === size;
  }

  private async endWriter(base: string): Promise<void> {
    const writer = this.writers.get(base);
    writer?.body.destroy();
    await writer?.ended;
    if (writer !== undefined && this.writers.get(base) === writer) this.writers.delete(base);
  }

  /** Other contents that were announced for the same object: their `.done` would say that the storage has them. */
  private async removeOthers({ name }: SpoolPlace, base: string): Promise<void> {
    const folder = dirname(base);
    for (const file of await namesIn(folder)) {
      const other = join(folder, file.replace(/\.[a-z]+$/, ''));
      if (!file.startsWith(`${name}.`) || other === base) continue;
      await this.endWriter(other);
      await this.completions.get(other)?.catch(() => undefined);
      await rm(join(folder, file), { force: true });
    }
  }
}

function partOf(number: number): UploadedPart {
  return { number, etag: `part-${number}` };
}
