import type { Dto } from '../api/client.ts';

export type Policy = Dto<'RetentionPolicyDto'>;

/** The rules that count backups, as they are called. */
export const COUNT_RULES = [
  { name: 'keepLast', title: 'The newest', word: 'last' },
  { name: 'hourly', title: 'Hourly', word: 'hourly' },
  { name: 'daily', title: 'Daily', word: 'daily' },
  { name: 'weekly', title: 'Weekly', word: 'weekly' },
  { name: 'monthly', title: 'Monthly', word: 'monthly' },
  { name: 'yearly', title: 'Yearly', word: 'yearly' },
] as const;

/** A policy in a line: `last 7, daily 14, within 30d`. */
export function policyWords(policy: Policy): string {
  const parts = [
    ...COUNT_RULES.filter(({ name }) => (policy[name] ?? 0) > 0).map(
      ({ name, word }) => `${word} ${policy[name] ?? 0}`,
    ),
    ...(policy.keepWithin === undefined ? [] : [`all within ${policy.keepWithin}`]),
  ];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
