import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach } from 'vitest';
import type { FileSource, StorageDriver } from '../ports/index.js';
import { SeededRandom } from './random.js';
import { useTempFolder } from './temp-folder.js';

export interface ConformanceSubject {
  driver: StorageDriver;
  /** Called after each test. */
  close?: () => Promise<void> | void;
}

export interface ConformanceOptions {
  /** A fresh, empty storage for each test. */
  make: () => Promise<ConformanceSubject>;
  /** Size of the largest object tried; more than one part for drivers that send parts. Default 3 MiB. */
  largeBytes?: number;
  /** Objects in the listing test; more than one page for drivers that page. Default 60. */
  manyObjects?: number;
  /** Whether a put from a file asks the limiter (a driver that only links does not). Default true. */
  limited?: boolean;
}

/** The storage that a conformance test has for itself, and short forms of what tests ask of it. Made inside a `describe`. */
export class ConformanceBench {
  readonly random = new SeededRandom(42);
  private readonly scratch = useTempFolder('conformance');
  private subject: ConformanceSubject | null = null;

  constructor(readonly options: ConformanceOptions) {
    beforeEach(async () => {
      this.subject = await options.make();
    });
    afterEach(async () => {
      await this.subject?.close?.();
      this.subject = null;
    });
  }

  get driver(): StorageDriver {
    if (this.subject === null) throw new Error('The storage exists only while a test runs.');
    return this.subject.driver;
  }

  fileSource(bytes: Buffer, fileName = 'source'): FileSource {
    const path = this.scratch(fileName);
    writeFileSync(path, bytes);
    return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async readAll(key: string, range?: { offset: number; length?: number }): Promise<Buffer> {
    return buffer(await this.driver.read(key, range));
  }

  async keys(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const object of this.driver.list(prefix)) found.push(object.key);
    return found;
  }
}
