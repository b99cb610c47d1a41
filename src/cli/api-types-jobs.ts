/** One run of a job that is over. */
export interface JobAttempt {
  number: number;
  startedAt: string | null;
  endedAt: string;
  outcome: 'completed' | 'failed' | 'cancelled' | 'postponed' | 'interrupted' | 'cut-off';
  stage: string | null;
  error: { code: string; message: string; hint?: string | null } | null;
}
