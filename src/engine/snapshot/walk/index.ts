export { ExcludeList, type Excluded } from './exclude.js';
export { reasonOf } from './errors.js';
export { LinkTable } from './link-table.js';
export {
  FIFO,
  FILE,
  FOLDER,
  RecordReader,
  SKIPPED,
  SYMLINK,
  UNREADABLE,
  WHOLE_SECOND,
  type RecordBatch,
} from './record.js';
export { TreeScan } from './tree-scan.js';
export type { ScanOptions, WalkEntry, WalkOptions, WalkReporter, WalkRoot } from './types.js';
export { Walk } from './walk.js';
