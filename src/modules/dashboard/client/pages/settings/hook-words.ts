import { words } from '../../lib/format.ts';

const ENDS: Record<string, string> = {
  success: 'Completed without warnings',
  partial: 'Completed with warnings',
  failure: 'Failed or cancelled',
};

/** `before:backup_db` → `Before backup db`. */
export function momentInWords(moment: string): string {
  return ENDS[moment] ?? words(moment.replace(':', ' '));
}

/** What a failure of a hook does. */
export const ON_FAILURE = {
  ignore: 'Ignored',
  warn: 'A warning',
  fail: 'The job fails',
  retry: 'Tried again, then the job fails',
};
