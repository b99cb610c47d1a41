import { rename, writeFile } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, errnoOf } from '../../common/errors/index.js';
import { version } from '../../common/version.js';
import { AppConfig } from '../../config/index.js';
import { isAway, type LinkState, type NodeStatusFile } from '../node-link/index.js';
import { AgentWork } from './agent-work.js';

/** How the link to the master is: logged when it changes, and kept in a file for whoever asks on this host. */
@Injectable()
export class NodeStatus {
  state: LinkState = 'connecting';
  everySeconds = 15;
  private readonly logger = new Logger('node');
  private readonly startedAt = new Date();
  private who: Pick<NodeStatusFile, 'master' | 'nodeId' | 'name'> = { master: '', nodeId: null, name: null };
  private lastContactAt: Date | null = null;
  private lastError: NodeStatusFile['lastError'] = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: AppConfig,
    private readonly work: AgentWork,
  ) {}

  is(who: Partial<NodeStatusFile>): void {
    this.who = { ...this.who, ...who };
  }

  /** The master answered. */
  reached(): void {
    this.lastContactAt = new Date();
    this.lastError = null;
    if (this.state === 'online') return;
    this.logger.log(
      this.state === 'away'
        ? `The master ${this.who.master} answers again.`
        : `Connected to the master ${this.who.master}.`,
    );
    this.enter('online');
  }

  /** A call failed. Said once as long as it is the same. */
  failed(error: AppError): void {
    const before = this.lastError?.code;
    const { code, message, hint = null } = error;
    this.lastError = { code, message, hint, at: new Date().toISOString() };
    const state = isRefusal(error) ? 'refused' : 'away';
    if (before !== code || this.state !== state) {
      const goesOn = this.work.held().length > 0 ? ' Running work goes on.' : '';
      this.logger.warn(`${message}${hint === null ? '' : ` ${hint}`}${goesOn} [${code}]`);
    }
    this.enter(state);
  }

  /** Writes the file; a disk that is full or read-only does not stop the agent. */
  async write(): Promise<void> {
    const status: NodeStatusFile = {
      pid: process.pid,
      version,
      ...this.who,
      startedAt: this.startedAt.toISOString(),
      state: this.state,
      lastContactAt: this.lastContactAt?.toISOString() ?? null,
      lastError: this.lastError,
      runs: this.work.held(),
      updatedAt: new Date().toISOString(),
      everySeconds: this.everySeconds,
    };
    const file = this.config.paths.nodeStatus;
    const text = `${JSON.stringify(status)}\n`;
    const earlier = this.writing;
    const write = async (): Promise<void> => {
      await earlier;
      await this.replace(file, text);
    };
    this.writing = write();
    await this.writing;
  }

  private async replace(file: string, text: string): Promise<void> {
    try {
      await writeFile(`${file}.partial`, text, { mode: 0o644 });
      await rename(`${file}.partial`, file);
    } catch (error) {
      this.logger.warn(`${file} can't be written (${errnoOf(error) ?? 'unknown error'}).`);
    }
  }

  private enter(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    void this.write();
  }
}

/** Whether only a person can change it: the key, a block, the version, the URL. */
export function isRefusal(error: AppError): boolean {
  return !isAway(error) && ['unauthenticated', 'forbidden', 'conflict', 'usage', 'not-found'].includes(error.kind);
}
