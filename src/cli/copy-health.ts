import type { BackupCopyDto, BackupDto } from './api-types.js';
import { printable } from './format.js';

const isBad = ({ state }: BackupCopyDto): boolean => state === 'damaged' || state === 'missing';
const isWhole = ({ state }: BackupCopyDto): boolean => state === 'present' || state === 'verified';

/** Whether a copy of it is known to be damaged or missing. */
export const hasBadCopy = ({ copies }: BackupDto): boolean => copies.some(isBad);

/** Whether none of its copies is whole as far as is known. One that is being uploaded is not given up. */
export const lacksWholeCopy = ({ copies }: BackupDto): boolean =>
  !copies.some((copy) => isWhole(copy) || copy.state === 'uploading');

/** Where a copy is, or what is wrong with it: `nas: verified`, `damaged on nas`. */
export function copyText(copy: BackupCopyDto): string {
  const name = printable(copy.providerName ?? 'a storage that is gone');
  return isBad(copy) ? `${copy.state} on ${name}` : `${name}: ${copy.state}`;
}

/** What to know before a backup is used of which no copy is whole. */
export function noWholeCopyText({ copies }: BackupDto): string {
  const where = copies.length === 0 ? 'there is none' : copies.map(copyText).join(', ');
  return `No copy of this backup is whole: ${where}.`;
}

export const NO_WHOLE_COPY_MEANS =
  'Each part is read from a copy that has it right. Where none has, the restore fails and changes nothing: use another backup (`backupd backups`).';
