export { checkLevel, compressFrame, compressFrameSync } from './compress.js';
export {
  decompressFrames,
  decompressFramesAsync,
  splitFrames,
  type DecompressLimits,
  type SplitOptions,
  type StreamedFrame,
} from './decompress.js';
export { frameDamaged, seekTableDamaged } from './damage.js';
export { DEFAULT_LEVEL, MEDIA_FRAME_BYTES, SEEK_TABLE_FOOTER_BYTES, TEXT_FRAME_BYTES } from './layout.js';
export { framesIn, parseFrameHeader, scanFrame, startScan, type FrameHeader, type FrameInBuffer } from './parse.js';
export { parseSeekTable, SeekTableBuilder, seekTableSize, type FrameSpan, type SeekTable } from './seek-table.js';
export { storedFrame, storedFrameSize } from './stored-frame.js';
export { storedContent } from './stored-content.js';
