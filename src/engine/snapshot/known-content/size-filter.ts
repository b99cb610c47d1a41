const BITS = 2 ** 23;
const GOLDEN = 0x9e3779b1;

/** A set of sizes in 1 MiB, whatever their number: may say yes for a size that is not in it, never no for one that is. */
export class SizeFilter {
  private readonly words = new Uint32Array(BITS / 32);

  add(size: number): void {
    const bit = bitOf(size);
    this.words[bit >>> 5] = (this.words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  has(size: number): boolean {
    const bit = bitOf(size);
    return ((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

function bitOf(size: number): number {
  const mixed = Math.imul((size | 0) ^ Math.imul((size / 2 ** 32) | 0, GOLDEN), GOLDEN);
  return (mixed >>> 9) % BITS;
}
