/**
 * Gives a buffer's memory back now. Without it, buffers of a megabyte that nobody uses any more wait for a garbage collection,
 * which looks at tens of megabytes of them, in each thread, before it begins. Nobody may use the buffer (or another view
 * of the same memory) from then on: it has no bytes any more. What is shared between threads, and the pool of which small buffers
 * are cut, is left alone.
 */
export function freeBuffer(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

/** The buffer, or one of twice its length (at least `needed` bytes) with its first `used` bytes: then the old one's memory is given back. */
export function grown<Memory extends ArrayBufferLike>(
  bytes: Buffer<Memory>,
  used: number,
  needed: number,
): Buffer<Memory | ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2));
  bytes.copy(larger, 0, 0, used);
  freeBuffer(bytes);
  return larger;
}
