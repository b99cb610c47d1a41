import { Injectable } from '@nestjs/common';

/** How long is waited for nodes and hosts. Tests change it. */
@Injectable()
export class NodeTimings {
  /** A node is expected to be heard of so often. */
  heartbeatSeconds = 15;
  /** Not heard of for so long: some heartbeats were missed. */
  staleMs = 45_000;
  /** Not heard of for so long: the node is away. */
  offlineMs = 120_000;
  /** Not heard of for so long: its jobs are given back. A cut of some minutes is none of their business: the node goes on with them. */
  giveBackMs = 15 * 60_000;
  /** A request to join is decided on within this time. */
  askMs = 15 * 60_000;
  /** The key of an approved one is fetched, and used, within this time. */
  collectMs = 60 * 60_000;
  /** A round of the watch that comes so late says that this process stood still: nobody could be heard. */
  stoodStillMs = 30_000;
}
