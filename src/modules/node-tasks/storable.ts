import { SafeValues } from '../../engine/runner/index.js';

const nothingHidden = new SafeValues([]);

/** As PostgreSQL's jsonb can hold it: texts of a tenant, and names of whatever a node sends, may have what it can't. */
export function storable<T extends object>(value: T): T {
  // The same with other texts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return nothingHidden.record({ value })['value'] as T;
}
