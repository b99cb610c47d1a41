import { Injectable } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { raised } from '../../common/raised.js';
import { MasterClient } from '../node-link/index.js';
import type { Work, WorkRequest } from '../node-protocol/index.js';
import { AgentTimings } from './agent-timings.js';
import { AgentWork } from './agent-work.js';
import { Heartbeats } from './heartbeats.js';
import { isRefusal, NodeStatus } from './node-status.js';
import { untilAborted, waitAfter } from './rhythm.js';

/** Beyond the time that the master holds a request. */
const ANSWER_MARGIN_MS = 20_000;

/** Asks the master for work and waits for it, as long as there is room for some. */
@Injectable()
export class WorkLoop {
  constructor(
    private readonly client: MasterClient,
    private readonly work: AgentWork,
    private readonly heartbeats: Heartbeats,
    private readonly status: NodeStatus,
    private readonly timings: AgentTimings,
  ) {}

  /** From the first answered heartbeat until the signal is raised. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.race([this.heartbeats.begun(), raised(signal)]);
    let failures = 0;
    await untilAborted(signal, async () => {
      const { jobs, tasks } = this.work.room();
      if (jobs <= 0 && tasks <= 0) return this.timings.roomMs;
      const asked = performance.now();
      try {
        const work = await this.ask(jobs, tasks, signal);
        failures = 0;
        this.status.reached();
        if (work?.type === 'look') await this.heartbeats.now(signal);
        else if (work !== null) this.work.take(work);
        // What a heartbeat has told takes a moment to be done.
        if (work?.type === 'look') return this.timings.roomMs;
        // A master that does not hold the request must not be asked without end.
        return work === null && performance.now() - asked < this.timings.roomMs ? this.timings.roomMs : 0;
      } catch (thrown) {
        if (signal.aborted) return 0;
        const error = asAppError(thrown);
        this.status.failed(error);
        failures += 1;
        return waitAfter(isRefusal(error), failures, this.timings);
      }
    });
  }

  private async ask(jobs: number, tasks: number, signal: AbortSignal): Promise<Work | null> {
    // A request is never cut off to ask for more: what it was just given would be lost until the next heartbeat.
    const waitMs = jobs > 0 && tasks > 0 ? this.timings.pollMs : this.timings.busyPollMs;
    const request: WorkRequest = { jobs: Math.max(0, jobs), tasks: Math.max(0, tasks), waitSeconds: waitMs / 1000 };
    return this.client.call<Work | null>('/node/work', request, { signal, answerMs: waitMs + ANSWER_MARGIN_MS });
  }
}
