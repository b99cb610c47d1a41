/** Numbers of the zstd frame format (RFC 8878) and of the seekable format that both sides need. */
export const ZSTD_MAGIC = 0xfd2fb528;
export const SKIPPABLE_MAGIC_MIN = 0x184d2a50;
export const SKIPPABLE_MAGIC_MAX = 0x184d2a5f;
export const MAX_BLOCK_BYTES = 128 * 1024;
export const BLOCK_HEADER_BYTES = 3;
export const CHECKSUM_BYTES = 4;

export const SEEK_TABLE_SKIPPABLE_MAGIC = 0x184d2a5e;
export const SEEK_TABLE_FOOTER_MAGIC = 0x8f92eab1;
export const SEEK_TABLE_FOOTER_BYTES = 9;
export const SKIPPABLE_HEADER_BYTES = 8;

/** Input of one frame of compressible content. */
export const TEXT_FRAME_BYTES = 4 * 1024 * 1024;
/** Input of one frame of content that is already compressed (measured: larger ones cost twice the CPU). */
export const MEDIA_FRAME_BYTES = 1024 * 1024;

export const DEFAULT_LEVEL = 3;
