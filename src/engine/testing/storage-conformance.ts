import { describe } from 'vitest';
import { ConformanceBench, type ConformanceOptions } from './conformance-bench.js';
import { objectTests } from './storage-conformance-objects.js';
import { refusalTests } from './storage-conformance-refusals.js';

export type { ConformanceOptions, ConformanceSubject } from './conformance-bench.js';

/** Registers the tests that every storage driver must pass: the contract written at `StorageDriver`. */
export function storageConformance(name: string, options: ConformanceOptions): void {
  describe(`storage driver conformance: ${name}`, () => {
    const bench = new ConformanceBench(options);
    objectTests(bench);
    refusalTests(bench);
  });
}
