/** Hands events from one task to another, in order; the producer waits when the consumer is far behind. */
export class EventChannel<T> {
  private readonly waiting: T[] = [];
  private finished = false;
  private failure: { error: unknown } | null = null;
  private wakeConsumer: (() => void) | null = null;
  private wakeProducer: (() => void) | null = null;

  constructor(private readonly limit = 256) {}

  push(event: T): void {
    this.waiting.push(event);
    this.wakeConsumer?.();
  }

  /** Resolves when there is room again, or nobody reads any more. */
  async room(): Promise<void> {
    while (this.waiting.length >= this.limit && !this.finished)
      await new Promise<void>((resolve) => (this.wakeProducer = resolve));
  }

  /** No more events; with an error, the consumer gets it after the last event. */
  end(failure?: { error: unknown }): void {
    this.finished = true;
    this.failure = failure ?? null;
    this.wakeConsumer?.();
    this.wakeProducer?.();
  }

  async *events(): AsyncGenerator<T> {
    try {
      for (;;) {
        const event = this.waiting.shift();
        if (event !== undefined) {
          this.wakeProducer?.();
          yield event;
        } else if (this.finished) break;
        else await new Promise<void>((resolve) => (this.wakeConsumer = resolve));
      }
      if (this.failure !== null) throw this.failure.error;
    } finally {
      this.finished = true;
      this.wakeProducer?.();
    }
  }
}
