import { compactUtc } from '../../common/clock.js';

export const CATALOGUE_PREFIX = 'catalogue/';
const NAME = /^catalogue\/(\d{8}T\d{6}Z)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.backupd$/;

/** Where a catalogue backup lies in a storage. */
export function catalogueKey(at: Date, instance: string): string {
  return `${CATALOGUE_PREFIX}${compactUtc(at)}-${instance}.backupd`;
}

/** Beside them: which master makes them, and what it calls this storage. */
export function placeKey(instance: string): string {
  return `${CATALOGUE_PREFIX}${instance}.json`;
}

/** Time (as in the key) and master of a catalogue backup; null when the key is not one of a catalogue backup. */
export function parseCatalogueKey(key: string): { time: string; instance: string } | null {
  const [, time, instance] = NAME.exec(key) ?? [];
  return time === undefined || instance === undefined ? null : { time, instance };
}
