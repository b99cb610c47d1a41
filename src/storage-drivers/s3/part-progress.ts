/** Bytes of an object's parts that are sent. What is told never goes back, though a part may have to be sent again. */
export class PartProgress {
  private readonly sending = new Map<number, number>();
  private finished = 0;
  private told = 0;

  constructor(private readonly tell: ((bytes: number) => void) | undefined) {}

  /** An attempt at the part begins. */
  begin(part: number): void {
    this.sending.set(part, 0);
  }

  add(part: number, bytes: number): void {
    this.sending.set(part, (this.sending.get(part) ?? 0) + bytes);
    this.report();
  }

  /** The part is stored, by us or by an earlier attempt. */
  done(part: number, bytes: number): void {
    this.sending.delete(part);
    this.finished += bytes;
    this.report();
  }

  private report(): void {
    let sum = this.finished;
    for (const bytes of this.sending.values()) sum += bytes;
    if (sum <= this.told) return;
    this.told = sum;
    this.tell?.(sum);
  }
}
