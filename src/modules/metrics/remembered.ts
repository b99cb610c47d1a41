/** A value that is loaded again when it is old; loads at the same time are one. */
export class Remembered<T> {
  private value: { of: number; value: T } | null = null;
  private loading: Promise<T> | null = null;

  /** `wait`: an old value is not good enough; else it is given once more, and loaded anew meanwhile. `clock` in milliseconds. */
  constructor(
    private readonly load: () => Promise<T>,
    private readonly options: { freshMs: number; wait: boolean; clock?: () => number },
  ) {}

  async get(): Promise<T> {
    const { value } = this;
    if (value !== null && this.now() - value.of < this.options.freshMs) return value.value;
    const loading = this.reload();
    if (value === null || this.options.wait) return loading;
    // What is wrong is found by the next one that has to wait.
    loading.catch(() => undefined);
    return value.value;
  }

  private reload(): Promise<T> {
    const of = this.now();
    this.loading ??= this.load()
      .then((value) => {
        this.value = { of, value };
        return value;
      })
      .finally(() => {
        this.loading = null;
      });
    return this.loading;
  }

  private now(): number {
    return this.options.clock?.() ?? performance.now();
  }
}
