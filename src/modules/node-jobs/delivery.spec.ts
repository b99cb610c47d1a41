import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { MasterClient } from '../node-link/index.js';
import { answering, endServers, type SeenRequest, serve } from '../../common/http/tiny-server.spec-support.js';
import type { Report, ReportsRequest } from '../node-protocol/index.js';
import { Delivery } from './delivery.js';
import { Outbox } from './outbox.js';
import { completed, note } from './outbox.spec-support.js';

Logger.overrideLogger(false);
const folder = mkdtempSync(join(tmpdir(), 'backupd-delivery-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A master that takes reports as the real one does, unless `before` throws or answers. */
class Master {
  readonly seen: SeenRequest[] = [];
  /** What it has taken in. */
  readonly taken: Report[] = [];
  before: (reports: Report[]) => unknown = () => undefined;
  client!: MasterClient;
  port = 0;

  async start(): Promise<void> {
    ({ port: this.port } = await serve(
      answering(this.seen, async ({ body }) => {
        const { reports } = JSON.parse(body.toString()) as ReportsRequest;
        const answer = await this.before(reports);
        if (answer !== undefined) return answer;
        return { next: this.take(reports) };
      }),
      undefined,
      this.port,
    ));
    const place = { url: `http://127.0.0.1:${this.port}`, ca: null, fingerprint: null, allowHttp: true };
    this.client ??= new MasterClient(place, () => 'bkn_key');
  }

  take(reports: Report[]): number {
    for (const report of reports) {
      if (report.seq <= this.taken.length) continue;
      if (report.seq > this.taken.length + 1) throw outOfOrder(this.taken.length + 1);
      this.taken.push(report);
    }
    return this.taken.length + 1;
  }

  get messages(): unknown[] {
    return this.taken.flatMap(({ events = [] }) => events.map(({ data }) => data['message']));
  }
}

let master: Master;
let box: Outbox;
let files = 0;
const deliveries: Delivery[] = [];
beforeEach(async () => {
  master = new Master();
  await master.start();
  box = await Outbox.open(join(folder, `${++files}.reports`));
});
afterEach(async () => {
  for (const delivery of deliveries.splice(0)) {
    delivery.end();
    await delivery.done();
  }
  await box.close();
  master.client.close();
  endServers();
});

const tell = (message: string): Promise<void> => box.keeper.record({}, note(message));
const names = (count: number, from = 1): string[] => Array.from({ length: count }, (_, index) => `n${index + from}`);
const problem = (code: string, kind: AppError['kind'], context = {}): AppError =>
  new AppError({ code, kind, message: 'It is so.', retry: 'never', context });
const outOfOrder = (next: number): AppError => problem('REPORT_OUT_OF_ORDER', 'conflict', { next });

function deliver(onLost: () => void = () => undefined): Delivery {
  const delivery = new Delivery(master.client, 'run-1', box, { onLost });
  deliveries.push(delivery);
  return delivery;
}

it('brings all that is told, in order, with the end last; then it is done', async () => {
  const delivery = deliver();
  for (const name of names(30)) await tell(name);
  await box.end(completed);
  await delivery.done();
  expect(master.messages).toEqual(names(30));
  expect(master.taken.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
  expect(master.taken.at(-1)?.end).toEqual(completed);
  expect(master.seen.every(({ path }) => path === '/node/runs/run-1/reports')).toBe(true);
  // What belongs together goes together.
  expect(master.seen.length).toBeLessThan(10);
});

it('an end that is told while the last report is on its way is delivered too', async () => {
  const ending = Promise.withResolvers<void>();
  master.before = async (reports) => {
    if (reports.some(({ end }) => end !== undefined)) return;
    void box.end(completed).then(ending.resolve);
    // Answered before the end is on disk, or after: it must not matter.
    await Promise.resolve();
  };
  const delivery = deliver();
  await tell('n1');
  await ending.promise;
  await delivery.done();
  expect(master.taken.map(({ end }) => end?.outcome)).toEqual([undefined, 'completed']);
});

it('goes on after an outage where it was, with what was told meanwhile', async () => {
  const delivery = deliver();
  await tell('n1');
  await vi.waitFor(() => expect(master.messages).toEqual(['n1']));
  endServers();
  for (const name of names(20, 2)) await tell(name);
  await box.end(completed);
  await master.start();
  await delivery.done();
  expect(master.messages).toEqual(names(21));
  expect(master.taken.at(-1)?.end?.outcome).toBe('completed');
}, 20_000);

it('what the master took and could not answer is not told twice', async () => {
  let lost = 0;
  master.before = (reports) => {
    if (lost++ > 0) return;
    master.take(reports);
    throw problem('CATALOGUE_AWAY', 'internal');
  };
  const delivery = deliver();
  for (const name of names(5)) await tell(name);
  await box.end(completed);
  await delivery.done();
  expect(master.messages).toEqual(names(5));
  expect(lost).toBeGreaterThan(1);
});

it('goes back to where the master says', async () => {
  let refused = 0;
  master.before = (reports) => {
    // As if another master had been restored from an older state.
    if (refused === 0 && master.taken.length >= 3 && (reports[0]?.seq ?? 0) > 3) {
      refused += 1;
      master.taken.length = 2;
    }
  };
  const delivery = deliver();
  for (const name of names(3)) await tell(name);
  await vi.waitFor(() => expect(master.messages).toHaveLength(3));
  for (const name of names(3, 4)) await tell(name);
  await box.end(completed);
  await delivery.done();
  expect(refused).toBe(1);
  expect(master.messages).toEqual(names(6));
});

it('ends when the run is lost, and says so once', async () => {
  master.before = () => {
    throw problem('JOB_LOST', 'conflict');
  };
  let told = 0;
  const delivery = deliver(() => (told += 1));
  await tell('n1');
  await delivery.done();
  expect([delivery.isLost, told, box.isDelivered]).toEqual([true, 1, false]);
  await tell('n2');
  expect(master.seen).toHaveLength(1);
});

it('one that is refused goes with what must be known alone; those around it arrive whole', async () => {
  master.before = (reports) => {
    const bad = reports.some(({ events = [], end }) => {
      return events.some(({ data }) => data['message'] === 'n3') || (end !== undefined && end.result !== null);
    });
    if (bad) throw problem('REQUEST_INVALID', 'usage');
  };
  for (const name of names(5)) await tell(name);
  const error = { code: 'SOME', kind: 'internal', message: 'm'.repeat(50_000), retry: 'never' } as const;
  await box.end({ ...completed, outcome: 'failed', error: { ...error, context: { a: ['x'] } } });
  await deliver().done();
  expect(master.messages).toEqual(['n1', 'n2', 'n4', 'n5']);
  expect(master.taken[2]).toEqual({ seq: 3, ageMs: expect.any(Number) as number });
  expect(master.taken[5]?.end).toEqual({
    ...completed,
    outcome: 'failed',
    result: null,
    error: { ...error, message: 'm'.repeat(10_000), context: {} },
  });
});

it('what is stopped keeps what it has not delivered for the next process', async () => {
  master.before = () => {
    throw problem('NODE_KEY_REFUSED', 'unauthenticated');
  };
  const delivery = deliver();
  await tell('n1');
  await box.end(completed);
  await vi.waitFor(() => expect(master.seen.length).toBeGreaterThan(0));
  delivery.end();
  await delivery.done();
  await box.close();
  master.before = () => undefined;
  box = await Outbox.open(box.path);
  await deliver().done();
  expect(master.messages).toEqual(['n1']);
  expect(master.taken.at(-1)?.end?.outcome).toBe('completed');
});
