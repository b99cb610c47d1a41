import koffi from 'koffi';

/** The C library of this process: glibc or musl. Linux only. */
function loadLibc(): ReturnType<typeof koffi.load> {
  try {
    return koffi.load('libc.so.6');
  } catch {
    return koffi.load(process.arch === 'arm64' ? 'libc.musl-aarch64.so.1' : 'libc.musl-x86_64.so.1');
  }
}

export const libc = loadLibc();
