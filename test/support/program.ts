import type { ChildProcess } from 'node:child_process';
import { endWithTest, GiveUp, stopChild } from './scratch.js';

/** A program of ours that a test has started: what it says, and how it is stopped. It ends with the test. */
export class Program {
  private text = '';

  constructor(private readonly child: ChildProcess) {
    endWithTest(child);
    const keep = (chunk: Buffer): void => {
      this.text = (this.text + chunk.toString()).slice(-200_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Everything it printed and logged so far. */
  get log(): string {
    return this.text;
  }

  /** Gives the waiting up when it has ended by itself. */
  requireAlive(): void {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) throw new GiveUp(`it ended with ${exitCode ?? signalCode}`);
  }

  /** Stops it as systemd would. */
  async stop(): Promise<void> {
    await stopChild(this.child, 'SIGTERM', 30_000);
  }

  /** `kill -9`: nothing of it gets to clean up. */
  async kill(): Promise<void> {
    await stopChild(this.child, 'SIGKILL');
  }
}
