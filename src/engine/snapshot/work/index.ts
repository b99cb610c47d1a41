export { freeBytes, requireSpace, translateFull } from './disk-space.js';
export { readJsonFile, writeJsonFile } from './json-file.js';
export {
  LineFrameWriter,
  readLineFile,
  readLines,
  readTextFrames,
  type LineFrameWriterOptions,
} from './line-frames.js';
export { syncFolder } from './sync-folder.js';
export { WarningLog, type WarningList } from './warnings.js';
