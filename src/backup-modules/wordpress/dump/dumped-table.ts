import { createHash } from 'node:crypto';

/** What the dump held of one table. */
export interface DumpedTable {
  name: string;
  rows: number;
  /** Of CREATE TABLE as dumped; see `fingerprint`. */
  definition: string;
}

/** A table's definition in short, without what changes with each row. */
export function fingerprint(definition: string): string {
  const constant = definition.replace(/ AUTO_INCREMENT=\d+/, '').trim();
  return createHash('sha256').update(constant).digest('base64');
}
