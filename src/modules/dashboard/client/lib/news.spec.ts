import { describe, expect, it } from 'vitest';
import { newsInWords } from './news.ts';

describe('newsInWords', () => {
  it('says what a rule tells of', () => {
    expect(
      ['*', 'alarm.*', 'job.failed:restore', 'job.completed:backup', 'alarm:backup.overdue', 'site.found'].map(
        newsInWords,
      ),
    ).toEqual([
      'Everything',
      'Alarms and their end',
      'Failed restores',
      'Completed: backup',
      'Alarm: backup.overdue',
      'site.found',
    ]);
  });
});
