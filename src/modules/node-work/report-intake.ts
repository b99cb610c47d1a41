import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RunEvent } from '../../engine/runner/index.js';
import { NodeReports } from '../jobs/index.js';
import type { Report } from '../node-protocol/index.js';
import { storable } from '../node-tasks/index.js';

/**
 * Lets in what nodes report. One that tells without end must not push the events of all others out of the log: what is beyond its share is
 * left out, and nothing else of the report. Counted by each master for itself.
 */
@Injectable()
export class ReportIntake {
  /** Of progress: many runs at a time, each once a second. */
  readonly progress = new RateLimiterMemory({ points: 20_000, duration: 600 });
  /** Of all else: far more than jobs have stages, notes and warnings that are told one by one. */
  readonly others = new RateLimiterMemory({ points: 5000, duration: 3600 });

  constructor(private readonly reports: NodeReports) {}

  /** As `NodeReports.take`. */
  async take(nodeId: string, runId: string, reports: readonly Report[]): Promise<number> {
    const admitted: Report[] = [];
    for (const report of reports) {
      const { events = [], ...rest } = storable(report);
      admitted.push({ ...rest, events: await this.within(nodeId, events) });
    }
    return this.reports.take(nodeId, runId, admitted);
  }

  private async within(nodeId: string, events: readonly RunEvent[]): Promise<RunEvent[]> {
    const progress = events.filter((event) => isProgress(event)).length;
    const mayTell = await hasRoom(this.progress, nodeId, progress);
    const mayTellOthers = await hasRoom(this.others, nodeId, events.length - progress);
    return events.filter((event) => (isProgress(event) ? mayTell : mayTellOthers));
  }
}

const isProgress = ({ type }: RunEvent): boolean => type === 'stage.progress';

async function hasRoom(limiter: RateLimiterMemory, nodeId: string, points: number): Promise<boolean> {
  if (points === 0) return true;
  try {
    await limiter.consume(nodeId, points);
    return true;
  } catch (state) {
    if (state instanceof RateLimiterRes) return false;
    throw state;
  }
}
