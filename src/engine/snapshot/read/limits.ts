/** Our frames hold 4 MiB; more than this is not one of ours. */
export const MAX_FRAME_CONTENT = 64 * 1024 * 1024;
