const LATE = Symbol('late');

/**
 * Looks at places that may hang, as a dead network mount does. A look that hangs hears of no signal and holds one of the few threads that
 * the whole process has for files: so none is begun where an earlier one still hangs, and at most so many hang in all.
 */
export class Patience {
  private readonly hanging = new Set<string>();

  constructor(
    private readonly ms: number,
    private readonly most = Infinity,
  ) {}

  /** What the look finds or throws; null when it takes too long or an earlier one still hangs there. Throws when too many hang. */
  async look<T>(place: string, look: () => Promise<T>): Promise<T | null> {
    if (this.hanging.has(place)) return null;
    if (this.hanging.size >= this.most)
      throw new Error(`${[...this.hanging].join(', ')} does not answer; the rest is looked at when it does`);
    const found = look();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), this.ms);
    });
    try {
      const first = await Promise.race([found, late]);
      if (first !== LATE) return first;
    } finally {
      clearTimeout(timer);
    }
    this.hanging.add(place);
    const back = (): unknown => this.hanging.delete(place);
    found.then(back, back);
    return null;
  }
}
