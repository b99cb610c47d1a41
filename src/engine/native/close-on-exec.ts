import { libc } from './libc.js';

const CLOSE_RANGE_CLOEXEC = 4;
const FIRST_AFTER_STDIO = 3;

/** Linux 5.11 with glibc 2.34; null where there is none. */
function load(): ReturnType<typeof libc.func> | null {
  try {
    return libc.func('int close_range(uint32_t first, uint32_t last, int flags)');
  } catch {
    return null;
  }
}

const closeRange = load();

/**
 * From here on programs that this process starts get none of its present descriptors but those they are given. Node's own are never
 * passed on; those that this process itself was left with by whoever started it would be. True when that could be done.
 */
export function keepDescriptors(): boolean {
  return closeRange !== null && Number(closeRange(FIRST_AFTER_STDIO, 0xff_ff_ff_ff, CLOSE_RANGE_CLOEXEC)) === 0;
}
