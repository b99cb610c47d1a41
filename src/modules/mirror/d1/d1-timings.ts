import { Injectable } from '@nestjs/common';

/** How patient the client of D1 is. Tests shorten it. */
@Injectable()
export class D1Timings {
  /** One request; D1 itself ends a query after 30 s. */
  timeoutMs = 40_000;
  /** Tries of one request in all. */
  attempts = 5;
  /** Wait before the second try; doubles, with jitter. */
  firstWaitMs = 500;
  /** The longest wait, also one that `Retry-After` asks for. Beyond it the run ends; a later one goes on. */
  longestWaitMs = 60_000;
  /** Between the two reads of a table that seems to have lost most of its rows. */
  confirmMs = 2_000;
}
