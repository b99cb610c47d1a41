export { ExcludeList, type Excluded } from './exclude.js';
export { reasonOf } from './errors.js';
export { LinkTable, type LinkedFile } from './link-table.js';
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
export { TreeWalk, type TreeWalkOptions } from './tree-walk.js';
export type { ScanOptions, WalkEntry, WalkOptions, WalkReporter, WalkRoot } from './types.js';
export { Walk } from './walk.js';
