/** Ids that heartbeats tell until one with them was answered. */
export class ToldOnce {
  private readonly ids = new Set<string>();
  /** What the heartbeat under way tells. */
  private telling: readonly string[] = [];

  add(id: string): void {
    this.ids.add(id);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Those that are not held back. */
  tell(heldBack: ReadonlySet<string>): readonly string[] {
    this.telling = [...this.ids].filter((id) => !heldBack.has(id));
    return this.telling;
  }

  /** The heartbeat was answered; what it told. */
  told(): readonly string[] {
    const told = this.telling;
    for (const id of told) this.ids.delete(id);
    this.telling = [];
    return told;
  }
}
