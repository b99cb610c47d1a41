import type { Job } from './job.entity.js';

/** Where a job's request keeps when those of its runs began that other masters have taken over: they may have written objects under keys of that time. */
const LOST = 'lostRuns';

/** Where a job's request keeps that a run on a node has begun to store its backup where it does not go in the end. */
const GIVEN_UP = 'givenUp';

/** What is added to the request of a job that left something on a storage that it has given up. */
export const givenUp: Readonly<Record<string, unknown>> = { [GIVEN_UP]: true };

/** Whether a run on a node has given a storage up, which may hold parts of the backup. */
export function hasGivenUp({ request }: Pick<Job, 'request'>): boolean {
  return request[GIVEN_UP] === true;
}

/** The job is taken over from the master that runs it. */
export function addLostRun(job: Job): void {
  const began = (job.startedAt ?? job.createdAt).toISOString();
  job.request = { ...job.request, [LOST]: [...new Set([...lostRuns(job).map((at) => at.toISOString()), began])] };
}

/** When the lost runs of the job began; empty = it was never taken over. */
export function lostRuns(job: Pick<Job, 'request'>): Date[] {
  const known = job.request[LOST];
  return Array.isArray(known) ? known.map((at) => new Date(String(at))) : [];
}

/** The job's request as a person made it. */
export function askedFor(job: Pick<Job, 'request'>): Record<string, unknown> {
  const { acknowledged: _seen, [LOST]: _lost, [GIVEN_UP]: _givenUp, ...request } = job.request;
  return request;
}
