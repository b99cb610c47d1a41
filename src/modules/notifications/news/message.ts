import type { News, NewsSeverity, Ping } from './news.js';
import { SEVERITIES } from './news.js';

/** Names of sites that a section of a summary lists. */
const SITES_SHOWN = 10;
const SECTIONS_SHOWN = 12;
/** Kinds of happenings that a summary's title counts. */
const TITLE_PARTS = 3;
/** News that a program gets one by one. */
const ITEMS_SENT = 100;

/** A part of a message: one thing that happened, or the same that happened many times. Plain text; each channel escapes it. */
export interface Section {
  /** Null where the title says it already. */
  heading: string | null;
  severity: NewsSeverity;
  text: string;
  hint: string | null;
  facts: (readonly [name: string, value: string])[];
  url: string | null;
}

/** What a channel sends. */
export interface Message {
  /** Of the delivery: the same for each try. */
  id: string;
  title: string;
  severity: NewsSeverity;
  /** It says that something is well again. */
  good: boolean;
  sections: Section[];
  /** What could not be shown; null when all is. */
  more: string | null;
  /** The newest 100 for programs. */
  items: readonly News[];
  total: number;
  /** For dead-man switches. */
  ping: Ping;
  at: string;
}

/** One message of some news: each by itself, or, where there are many, those of one cause together. `publicUrl` makes links. */
export function messageOf(id: string, news: readonly News[], publicUrl: string | null): Message {
  const groups = grouped(news);
  const total = news.reduce((sum, { count }) => sum + count, 0);
  const [only] = news;
  const single = news.length === 1 && only !== undefined;
  const shown = groups.slice(0, SECTIONS_SHOWN);
  const hidden = groups.slice(SECTIONS_SHOWN).reduce((sum, { items }) => sum + items.length, 0);
  const severity =
    SEVERITIES.findLast((each) => news.some((item) => !isGood(item) && item.severity === each)) ?? 'info';
  return {
    id,
    title: line(single ? titleOf(only) : summaryTitle(groups)),
    severity,
    good: news.length > 0 && news.every(isGood),
    sections: single ? [sectionOf(only, publicUrl, false)] : shown.map((group) => groupSection(group, publicUrl)),
    more: hidden === 0 ? null : `… and ${hidden} more. "backupd jobs" and "backupd alarms" show all.`,
    items: news.slice(-ITEMS_SENT),
    total,
    ping: only?.ping ?? 'success',
    at: news.at(-1)?.at ?? new Date().toISOString(),
  };
}

const isGood = (item: News): boolean =>
  item.recovered || item.type === 'job.completed' || item.type === 'alarm.cleared';

function titleOf(item: News): string {
  const what = item.recovered && item.type.startsWith('job.') ? `${item.kind} works again` : item.what;
  const often = item.count > 1 ? ` (${item.count} times)` : '';
  return `${item.siteName ?? 'backupd'}: ${item.reminder ? 'still ' : ''}${what}${often}`;
}

/** News of the same happening for the same reason. */
interface Group {
  first: News;
  items: News[];
}

/** `50 × backup failed, 2 × disk low`, the worst first. */
function summaryTitle(groups: readonly Group[]): string {
  const counts = new Map<string, number>();
  for (const { first, items } of groups) counts.set(first.what, (counts.get(first.what) ?? 0) + items.length);
  const parts = [...counts].map(([what, count]) => `${count} × ${what}`);
  const hidden = [...counts.values()].slice(TITLE_PARTS).reduce((sum, count) => sum + count, 0);
  return `backupd: ${[...parts.slice(0, TITLE_PARTS), ...(hidden === 0 ? [] : [`${hidden} more`])].join(', ')}`;
}

/** The worst and most frequent first. */
function grouped(news: readonly News[]): Group[] {
  const groups = new Map<string, Group>();
  for (const item of news) {
    const key = `${item.what}|${item.code ?? ''}|${item.recovered}|${item.reminder}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: item, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()].toSorted((a, b) => weightOf(b) - weightOf(a) || b.items.length - a.items.length);
}

const weightOf = ({ items }: Group): number => Math.max(...items.map(({ severity }) => SEVERITIES.indexOf(severity)));

function sectionOf(item: News, publicUrl: string | null, withHeading: boolean): Section {
  return {
    heading: withHeading ? line(titleOf(item)) : null,
    severity: item.severity,
    text: plain(item.text),
    hint: item.hint === null ? null : plain(item.hint),
    facts: [
      ...(item.siteName === null ? [] : ([['Site', line(item.siteName)]] as const)),
      ...(item.count > 1 || item.reminder ? ([['Since', stamp(item.firstAt)]] as const) : []),
      ['When', stamp(item.at)],
      ...(item.jobId === null ? [] : ([['Job', item.jobId]] as const)),
      ...(item.see === null ? [] : ([['More', item.see]] as const)),
    ],
    url: publicUrl === null || item.path === null ? null : publicUrl + item.path,
  };
}

function groupSection({ first, items }: Group, publicUrl: string | null): Section {
  if (items.length === 1) return sectionOf(first, publicUrl, true);
  const names = [...new Set(items.map(({ siteName }) => line(siteName ?? 'backupd')))];
  const others = names.length - SITES_SHOWN;
  const times = items.flatMap(({ firstAt, at }) => [firstAt, at]).toSorted();
  const same = items.every(({ text }) => text === first.text);
  return {
    heading: `${items.length} × ${first.what}`,
    severity: first.severity,
    text: plain(same ? first.text : `The first: ${first.text}`),
    hint: first.hint === null ? null : plain(first.hint),
    facts: [
      ['Sites', names.slice(0, SITES_SHOWN).join(', ') + (others > 0 ? ` and ${others} more` : '')],
      ['From', stamp(times[0] ?? first.at)],
      ['Until', stamp(times.at(-1) ?? first.at)],
      ['More', first.see === null || first.jobId !== null ? 'backupd jobs' : first.see],
    ],
    url: null,
  };
}

const stamp = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** In one short line. */
const line = (text: string): string => plain(text).slice(0, 200);

/** Names and messages come from sites and may hold anything: none of it looks like a line of ours. */
function plain(text: string): string {
  return text.replaceAll(CONTROLS, ' ');
}

// oxlint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g;
