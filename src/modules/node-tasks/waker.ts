/** Wakes the one who waits; a call that comes before it waits counts too. */
export class Waker {
  private isCalled = false;
  private call: (() => void) | null = null;

  wake(): void {
    this.isCalled = true;
    this.call?.();
  }

  /** Until it is woken, the time is over or the signal is raised. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.isCalled && !signal.aborted)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.call = null;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
        this.call = done;
      });
    this.isCalled = false;
  }
}
