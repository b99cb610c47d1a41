import type { StoredObject } from '../../engine/ports/index.js';
import type { ObjectFacts } from '../node-protocol/index.js';

/** What the master says of an object, as a driver says it. */
export function storedObject(key: string, { size, modifiedAt, sha256 }: ObjectFacts): StoredObject {
  return { key, size, modifiedAt: new Date(modifiedAt), ...(sha256 === undefined ? {} : { sha256 }) };
}
