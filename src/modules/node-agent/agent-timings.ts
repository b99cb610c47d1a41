import { Injectable } from '@nestjs/common';

/** How the agent waits, in milliseconds; tests make it faster. */
@Injectable()
export class AgentTimings {
  /** Between heartbeats until the master has said how often. */
  heartbeatMs = 15_000;
  /** A heartbeat may take so long. */
  heartbeatAnswerMs = 20_000;
  /** Waits after failed calls: doubled from the first to the longest. */
  retry = { firstMs: 1000, longestMs: 15_000 };
  /** After a refusal that only a person can change. */
  refusedMs = 60_000;
  /** The master holds a request for work so long when there is none. */
  pollMs = 50_000;
  /** The same while something runs here: what becomes free is offered soon. */
  busyPollMs = 5000;
  /** Looks for room so often while there is none. */
  roomMs = 500;
}
