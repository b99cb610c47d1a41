import { Injectable, Logger } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { MasterClient } from '../node-link/index.js';
import type { Heartbeat, HeartbeatAnswer } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { AgentTimings } from './agent-timings.js';
import { AgentWork } from './agent-work.js';
import { HostFacts } from './host-facts.js';
import { NodeKey } from './node-key.js';
import { isRefusal, NodeStatus } from './node-status.js';
import { untilAborted, waitAfter } from './rhythm.js';

/** Tells the master regularly that this node lives and what it does; what the master answers is done. */
@Injectable()
export class Heartbeats {
  private readonly logger = new Logger('node');
  private isFirst = true;
  private beating: Promise<void> = Promise.resolve();
  private readonly firstAnswered = Promise.withResolvers<void>();

  constructor(
    private readonly client: MasterClient,
    private readonly work: AgentWork,
    private readonly host: HostFacts,
    private readonly resources: ResourceService,
    private readonly key: NodeKey,
    private readonly status: NodeStatus,
    private readonly timings: AgentTimings,
  ) {}

  /** Resolves when the master has answered the first one: from then on it knows what this process holds. */
  async begun(): Promise<void> {
    return this.firstAnswered.promise;
  }

  /** Until the signal is raised. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    await untilAborted(signal, async () => {
      try {
        await this.beat(signal);
        failures = 0;
        return this.timings.heartbeatMs * (0.9 + Math.random() / 5);
      } catch (thrown) {
        if (signal.aborted) return 0;
        const error = asAppError(thrown);
        this.status.failed(error);
        await this.status.write();
        failures += 1;
        return waitAfter(isRefusal(error), failures, this.timings);
      }
    });
  }

  /** One out of turn: the master has something to tell. */
  async now(signal: AbortSignal): Promise<void> {
    await this.beat(signal);
  }

  /** One at a time. */
  private async beat(signal: AbortSignal): Promise<void> {
    const before = this.beating;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.beating = promise;
    await before;
    try {
      await this.beatOnce(signal);
    } finally {
      resolve();
    }
  }

  private async beatOnce(signal: AbortSignal): Promise<void> {
    const heartbeat: Heartbeat = {
      isFirst: this.isFirst,
      facts: this.host.facts(),
      load: await this.host.load(),
      runs: this.work.held(),
      workOf: await this.work.workOf(),
      cleared: this.work.cleared(),
    };
    const options = { signal, answerMs: this.timings.heartbeatAnswerMs };
    const answer = await this.client.call<HeartbeatAnswer>('/node/heartbeat', heartbeat, options);
    this.isFirst = false;
    this.apply(answer);
    this.status.reached();
    await this.status.write();
    this.firstAnswered.resolve();
    if (answer.rotateKey === true) await this.rotate(signal);
  }

  private apply(answer: HeartbeatAnswer): void {
    if (answer.everySeconds !== this.status.everySeconds) {
      this.status.everySeconds = answer.everySeconds;
      this.timings.heartbeatMs = answer.everySeconds * 1000;
    }
    this.status.is({ nodeId: answer.nodeId, name: answer.name });
    this.resources.setLimits(answer.limits);
    this.work.onAnswer(answer);
  }

  /** A failure is no failure of the heartbeat: the next one asks again. */
  private async rotate(signal: AbortSignal): Promise<void> {
    try {
      await this.key.rotate(this.client, signal);
    } catch (error) {
      if (!signal.aborted) this.logger.warn(`The key could not be rotated: ${asAppError(error).message}`);
    }
  }
}
