import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import type { RunEvent, RunFacts } from '../../engine/runner/index.js';
import type { Report } from '../node-protocol/index.js';
import { Outbox } from './outbox.js';
import { completed, note } from './outbox.spec-support.js';

const folder = mkdtempSync(join(tmpdir(), 'backupd-outbox-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `${++files}.reports`);

const opened: Outbox[] = [];
async function openBox(path: string): Promise<Outbox> {
  const box = await Outbox.open(path);
  opened.push(box);
  return box;
}
afterEach(async () => {
  for (const box of opened.splice(0)) await box.close();
});
Logger.overrideLogger(false);

const progress = (bytesDone: number): RunEvent[] => [{ type: 'stage.progress', data: { stage: 'a', bytesDone } }];
const tell = (box: Outbox, events: RunEvent[], facts: RunFacts = {}): Promise<void> => box.keeper.record(facts, events);
const messages = (reports: readonly Report[]): unknown[] =>
  reports.flatMap(({ events = [] }) => events.map(({ data }) => data['message']));

/** All that is unsent, as a delivery takes it. */
async function drain(box: Outbox): Promise<Report[]> {
  const all: Report[] = [];
  while (!box.isDelivered) {
    const batch = await box.unsent();
    expect(batch.length).toBeGreaterThan(0);
    all.push(...batch);
    box.expects((batch.at(-1)?.seq ?? 0) + 1);
  }
  return all;
}

/** A report as the file has it. */
const line = (seq: number, message: string): string =>
  `${JSON.stringify({ seq, at: Date.now(), facts: {}, events: note(message) })}\n`;

it('numbers what is told at the same time without gaps, in the order in which it was told', async () => {
  const box = await openBox(newPath());
  await Promise.all(Array.from({ length: 50 }, (_, index) => tell(box, note(`n${index}`))));
  await box.end(completed);
  const all = await drain(box);
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
  expect(messages(all)).toEqual(Array.from({ length: 50 }, (_, index) => `n${index}`));
  expect(all.at(-1)?.end).toEqual(completed);
  expect(statSync(box.path).mode & 0o777).toBe(0o600);
  await expect(tell(box, note('late'))).rejects.toMatchObject({ code: 'JOB_LOST' });
  await box.end({ ...completed, outcome: 'failed' });
  expect(box.ended).toEqual(completed);
  await box.remove();
  expect(() => statSync(box.path)).toThrow('ENOENT');
});

it.each([
  ['in the midst of a line', (path: string) => appendFileSync(path, '{"seq":4,"at":1,"ev')],
  ['just before the end of a line', (path: string) => truncateSync(path, statSync(path).size - 1)],
  ['with a disk that gives zeros', (path: string) => appendFileSync(path, Buffer.alloc(5000))],
  ['with what another write left', (path: string) => appendFileSync(path, '{"seq":9,"at":1}\n')],
])('goes on behind the last whole report after a kill %s', async (_how, breakIt) => {
  const path = newPath();
  const box = await openBox(path);
  for (const text of ['a\u2028b\u2029c\r\nd', 'ü', 'last']) await tell(box, note(text));
  breakIt(path);
  const again = await openBox(path);
  const kept = again.isDelivered ? [] : await again.unsent();
  const whole = kept.length;
  expect(messages(kept)).toEqual(['a\u2028b\u2029c\r\nd', 'ü', 'last'].slice(0, whole));
  expect(whole).toBeGreaterThanOrEqual(2);
  await tell(again, note('more'));
  await again.end(completed);
  const once = await openBox(path);
  expect(once.ended).toEqual(completed);
  await once.whenEnded;
  expect((await drain(once)).map(({ seq }) => seq)).toEqual(Array.from({ length: whole + 2 }, (_, index) => index + 1));
});

it('gives what the master lacks, again from where the master says', async () => {
  const box = await openBox(newPath());
  for (let number = 1; number <= 450; number++) await tell(box, note(`n${number}`), { stages: [] });
  expect((await box.unsent()).map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  // Its answer was lost.
  expect((await box.unsent())[0]?.seq).toBe(1);
  box.expects(101);
  expect((await box.unsent())[0]?.seq).toBe(101);
  box.expects(301);
  expect((await box.unsent()).map(({ seq }) => seq).slice(0, 2)).toEqual([301, 302]);
  box.expects(51);
  expect((await box.unsent()).map(({ seq }) => seq).slice(0, 2)).toEqual([51, 52]);
  box.expects(9_999_999);
  expect(box.isDelivered).toBe(true);
  await tell(box, note('next'));
  expect(await box.unsent()).toMatchObject([{ seq: 451 }]);
  box.expects(-5);
  expect((await box.unsent())[0]?.seq).toBe(1);
});

it('reads a large backlog once, a batch at a time, and a report that is larger than a batch alone', async () => {
  const path = newPath();
  const large = 'x'.repeat(600_000);
  const count = 30_000;
  const lines = Array.from({ length: count }, (_, index) => line(index + 1, index === 7000 ? large : 'm'.repeat(200)));
  writeFileSync(path, lines.join(''));
  const box = await openBox(path);
  const handle = await open(path);
  const read = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'read');
  await handle.close();
  let next = 1;
  let longest = 0;
  while (!box.isDelivered) {
    const batch = await box.unsent();
    expect(batch[0]?.seq).toBe(next);
    next += batch.length;
    longest = Math.max(longest, JSON.stringify(batch).length);
    box.expects(next);
  }
  expect(next).toBe(count + 1);
  expect(longest).toBeLessThan(large.length + 1000);
  // Each batch reads its own bytes and at most a piece of the next.
  expect(read.mock.calls.length).toBeLessThan(600);
  read.mockRestore();
});

it('keeps some progress while the master is away, and all else', async () => {
  const box = await openBox(newPath());
  for (let done = 0; done < 500; done++) await tell(box, progress(done), { progress: null });
  await tell(box, note('kept'));
  await tell(box, progress(600), { stages: [] });
  const all = await drain(box);
  expect(all.length).toBeLessThan(30);
  expect(all.slice(-2)).toMatchObject([{ events: note('kept') }, { events: progress(600) }]);
  await tell(box, progress(700));
  expect(await drain(box)).toMatchObject([{ events: progress(700) }]);
});

it('tells how long ago it was, by a clock that nobody sets', async () => {
  const box = await openBox(newPath());
  await tell(box, note('n'));
  const set = vi.spyOn(Date, 'now').mockReturnValue(0);
  expect((await box.unsent())[0]?.ageMs).toBeLessThan(5000);
  set.mockRestore();
  // Kept by a process whose host's clock was ahead.
  appendFileSync(box.path, `${JSON.stringify({ seq: 2, at: Date.now() + 3_600_000 })}\n`);
  expect((await (await openBox(box.path)).unsent())[1]?.ageMs).toBe(0);
});

it('an end that the disk does not take is written as soon as it does, once', async () => {
  const box = await openBox(newPath());
  const handle = await open(box.path);
  const write = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'write');
  await handle.close();
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  await tell(box, note('before'));
  write.mockRejectedValueOnce(full);
  await expect(tell(box, note('lost'))).rejects.toThrow('no space');
  write.mockRejectedValueOnce(full);
  // Some disks say so only when it is to be durable.
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync').mockRejectedValueOnce(full);
  const ending = box.end(completed);
  expect(box.ended).toBeNull();
  await ending;
  expect(sync.mock.calls.length).toBeGreaterThan(1);
  sync.mockRestore();
  write.mockRestore();
  expect(messages(await drain(box))).toEqual(['before']);
  expect(readFileSync(box.path, 'utf8').match(/"end"/g)).toHaveLength(1);
});

it('an end that comes after it was closed is not told: the next process takes the run up', async () => {
  const box = await openBox(newPath());
  await tell(box, note('before'));
  await box.close();
  await box.end(completed);
  expect(box.ended).toBeNull();
  expect((await openBox(box.path)).ended).toBeNull();
});
