import { beforeAll } from 'vitest';
import { storageConformance } from '../../../src/engine/testing/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { driverFor, MIB, settingsFor } from './s3-storage.js';

let ceph: CephServer;
const buckets: Record<'plain' | 'versioned', string> = { plain: '', versioned: '' };
beforeAll(async () => {
  ceph = await sharedCeph();
  buckets.plain = await ceph.createBucket();
  buckets.versioned = await ceph.createBucket({ versioned: true });
});

// Small parts and small pages, so that there are several.
for (const kind of ['plain', 'versioned'] as const)
  storageConformance(`s3 (Ceph), ${kind} bucket`, {
    make: async () => ({ driver: driverFor(settingsFor(ceph, buckets[kind]), { pageSize: 20 }) }),
    largeBytes: 12 * MIB,
    manyObjects: 70,
  });

// Parts that are too large for memory are streamed.
storageConformance('s3 (Ceph), streamed parts', {
  make: async () => ({ driver: driverFor(settingsFor(ceph, buckets.plain, { partSizeMiB: 17 })) }),
  largeBytes: 36 * MIB,
  manyObjects: 10,
});
