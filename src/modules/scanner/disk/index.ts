/** The part of the scanner that looks at the disk: without a database, so that a node has it too. */
export { DEFAULT_DEPTH, DiskScan, type DiskScanOptions, type FoundFolder, type ScanEvent } from './disk-scan.js';
