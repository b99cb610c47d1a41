import type { StorageDriver } from './storage-driver.js';

/** What a copy of an object was found to be. */
export type CopyFault = 'damaged' | 'missing';

/**
 * A driver over several copies of the same objects, for reading: where one copy fails, at the beginning or in the middle of a body, it
 * reads on from the next. It can't see that bytes are wrong; readers can, and ask the copies one by one.
 */
export interface CopiesStorageDriver extends StorageDriver {
  /** The copies that an object may be read from, the most trusted first. */
  copiesOf(key: string): readonly StorageDriver[];
  /** The copy has the object wrong, or not at all: it is asked last from now on. */
  distrust(key: string, copy: StorageDriver, fault: CopyFault): void;
}

function hasCopies(driver: StorageDriver): driver is CopiesStorageDriver {
  return 'copiesOf' in driver;
}

/** The copies that an object may be read from, the most trusted first; of an ordinary driver itself. */
export function copiesOf(driver: StorageDriver, key: string): readonly StorageDriver[] {
  return hasCopies(driver) ? driver.copiesOf(key) : [driver];
}

/** Tells a driver over several copies that one of them is wrong. */
export function distrust(driver: StorageDriver, key: string, copy: StorageDriver, fault: CopyFault): void {
  if (hasCopies(driver)) driver.distrust(key, copy, fault);
}
