export { freeBytes, requireSpace, translateFull } from './disk-space.js';
export { LineFrameWriter, readLineFile, readLines, type LineFrameWriterOptions } from './line-frames.js';
