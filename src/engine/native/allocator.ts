import koffi from 'koffi';

const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const M_ARENA_MAX = -8;
const THRESHOLD = 256 * 1024;

/**
 * Makes the C library give buffers back to the system as soon as they are free. Its defaults keep megabytes of freed frames in
 * an arena for each thread, and the process stays as large as its busiest moment. Call once, before threads start. Does
 * nothing where the C library has no such switch (musl gives memory back by itself).
 */
export function returnFreedMemory(): void {
  try {
    const mallopt = koffi.load('libc.so.6').func('int mallopt(int name, int value)');
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, THRESHOLD);
  } catch {
    // Another C library.
  }
}
