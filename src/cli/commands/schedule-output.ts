import type { DiscoveredSiteDto, NextRunDto, PastSlotDto, SiteScheduleDto } from '../api-types-schedules.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable, shortId, time } from '../format.js';
import { hostName } from '../hosts.js';
import { getSite } from '../lookup.js';
import type { Output } from '../output.js';

const MARK = { started: 'green', skipped: 'dim', missed: 'yellow', failed: 'red' } as const;

/** The runs that are to come. */
export function showRuns(output: Output, runs: readonly NextRunDto[]): void {
  if (runs.length === 0) output.line('  no run is to come');
  for (const { slotAt, startsAt } of runs)
    output.line(`  ${time(startsAt)}${startsAt === slotAt ? '' : output.colors.dim(` (slot ${time(slotAt)})`)}`);
}

/** The slots that have passed. */
export function showPast(output: Output, slots: readonly PastSlotDto[]): void {
  if (slots.length === 0) return;
  output.table(
    ['SLOT', 'OUTCOME', 'JOB', ''],
    slots.map(({ slotAt, outcome, jobId, note }) => [
      time(slotAt),
      output.colors[MARK[outcome]](outcome),
      jobId === null ? '–' : shortId(jobId),
      printable(note ?? ''),
    ]),
    '',
  );
}

/** Which schedules count for a site. */
export async function showSiteSchedule(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = await getSite(api, text);
  const found = await api.get<SiteScheduleDto[]>(`/sites/${site.id}/schedule`);
  output.data(found);
  for (const each of found) {
    const source = each.name === null ? '' : output.colors.dim(` (${printable(each.name)})`);
    output.line(`${output.colors.bold(each.kind)}: ${printable(each.text)}${source}`);
    if (each.waiting !== null) output.line(`  ${output.colors.yellow('waits:')} ${printable(each.waiting)}`);
    if (each.active) showRuns(output, each.next);
    showPast(output, each.lastSlots);
  }
  return ExitCode.Ok;
}

/** What scheduled scans found. */
export async function listDiscovered(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: DiscoveredSiteDto[] = [];
  for await (const each of api.all<DiscoveredSiteDto>('/sites/discovered')) found.push(each);
  output.data(found);
  output.table(
    ['', 'HOST', 'PATH', 'NAME', 'FOUND', 'LAST SEEN', ''],
    found.map((each) => [
      each.state,
      hostName(each),
      printable(each.path),
      printable(each.name),
      time(each.foundAt),
      time(each.lastSeenAt),
      each.movedFrom === null ? '' : `was at ${printable(each.movedFrom)}`,
    ]),
    'Nothing: every site that a scheduled scan has seen is registered. "backupd schedule set daily 04:00 --kind scan" looks every day.',
  );
  return ExitCode.Ok;
}
