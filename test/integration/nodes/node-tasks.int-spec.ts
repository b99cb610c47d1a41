import { Client } from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { type AskOptions, NodeTasks, TaskAnswers } from '../../../src/modules/node-tasks/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { useTestApp } from '../core/test-app.js';
import { FakeNode } from './fake-node.js';

const test = useTestApp();
let node: FakeNode;
let other: FakeNode;
let tasks: NodeTasks;
beforeAll(async () => {
  node = await FakeNode.add(test, 'web-1');
  other = await FakeNode.add(test, 'web-2');
  tasks = test.app.get(NodeTasks);
});

interface Asked {
  parts: Record<string, unknown>[];
  /** The result, or the error. */
  end: Promise<unknown>;
  stop: AbortController;
}

/** Reads an answer as it comes. */
function ask(kind: string, how: Partial<AskOptions> = {}, of = node.id): Asked {
  const stop = new AbortController();
  const parts: Record<string, unknown>[] = [];
  const answer = tasks.ask(of, kind, { password: 'hunter2' }, { timeLimitSeconds: 30, signal: stop.signal, ...how });
  const read = async (): Promise<unknown> => {
    for (;;) {
      const next = await answer.next();
      if (next.done === true) return next.value;
      parts.push(next.value);
    }
  };
  return { parts, end: read().catch((error: unknown) => error), stop };
}

const take = (from = node): Promise<{ id: string; kind: string; request: Record<string, unknown> }> =>
  until('a task', () => from.take());
const rows = (id: string): Promise<unknown[]> =>
  runSql(String(test.config.databaseUrl), `select row_to_json(t)::text as row from node_task t where id = '${id}'`);

it('an answer comes in parts, as they are told, and ends with the result; what comes again changes nothing', async () => {
  const asked = ask('look');
  const { id, kind, request } = await take();
  expect({ kind, request }).toEqual({ kind: 'look', request: { password: 'hunter2' } });
  expect(await node.take()).toBeNull();
  expect(JSON.stringify(await rows(id))).not.toContain('hunter2');
  expect(await node.answer(id, { seq: 1, parts: [{ n: 1 }, { text: 'a\0b' }] })).toMatchObject({ body: { next: 2 } });
  await until('the first parts', () => asked.parts.length === 2);
  expect(asked.parts).toEqual([{ n: 1 }, { text: 'a\uFFFDb' }]);
  expect(await node.answer(id, { seq: 1, parts: [{ n: 1 }] })).toMatchObject({ status: 200, body: { next: 2 } });
  expect(await node.answer(id, { seq: 3 })).toMatchObject({ status: 409, body: { code: 'NODE_TASK_OUT_OF_ORDER' } });
  const last = { seq: 2, parts: [{ n: 2 }], isLast: true, result: { ok: true } };
  expect(await node.answer(id, last)).toMatchObject({ status: 200 });
  expect(await asked.end).toEqual({ ok: true });
  expect(asked.parts).toHaveLength(3);
  expect(await node.answer(id, last)).toMatchObject({ status: 200, body: { next: 3 } });
  expect(await node.answer(id, { seq: 3 })).toMatchObject({ status: 404, body: { code: 'NODE_TASK_GONE' } });
});

it("the node's error is the same error here", async () => {
  const asked = ask('look');
  const { id } = await take();
  const error = {
    code: 'NOT_A_SITE',
    kind: 'source' as const,
    message: 'There is none.',
    hint: 'Look elsewhere.',
    retry: 'never' as const,
    context: { path: '/x' },
  };
  await node.answer(id, { seq: 1, isLast: true, error });
  expect(await asked.end).toMatchObject({ ...error, context: { path: '/x' } });
});

it('a task that someone looks at just then is not passed over', async () => {
  const asked = ask('look');
  const url = String(test.config.databaseUrl);
  const [row] = await until('it to be there', async () => {
    const found = await runSql(url, `select id from node_task where node_id = '${node.id}' and status = 'waiting'`);
    return found.length === 1 ? found : null;
  });
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select 1 from node_task where id = $1 for update', [row?.['id']]);
    const poll = node.take();
    const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%node_task%'`;
    await until('the poll to wait or to be over', async () =>
      Promise.race([poll.then(() => true), runSql(url, waits).then((found) => found.length > 0)]),
    );
    await client.query('commit');
    expect(await poll).toMatchObject({ id: row?.['id'] });
  } finally {
    await client.end();
  }
  await node.answer(String(row?.['id']), { seq: 1, isLast: true, result: {} });
  expect(await asked.end).toEqual({});
});

it('two polls of one node take two tasks', async () => {
  const asked = [ask('look'), ask('look')];
  await until('both to be there', async () => {
    const sql = `select 1 from node_task where node_id = '${node.id}' and status = 'waiting'`;
    return (await runSql(String(test.config.databaseUrl), sql)).length === 2;
  });
  const [one, two] = await Promise.all([node.take(), node.take()]);
  expect(new Set([one?.id, two?.id, undefined]).size).toBe(3);
  for (const task of [one, two]) await node.answer(task?.id ?? '', { seq: 1, isLast: true, result: {} });
  for (const { end } of asked) expect(await end).toEqual({});
});

it('a task is for its node alone', async () => {
  const asked = ask('look');
  const waiting = "select 1 from node_task where status = 'waiting'";
  await until('it to wait', async () => (await runSql(String(test.config.databaseUrl), waiting)).length === 1);
  expect(await other.take()).toBeNull();
  const { id, kind } = await take();
  expect(await tasks.taken(node.id, id, kind)).not.toBeNull();
  expect(await tasks.taken(other.id, id, kind)).toBeNull();
  expect(await other.answer(id, { seq: 1, isLast: true, result: { stolen: true } })).toMatchObject({
    status: 404,
    body: { code: 'NODE_TASK_GONE' },
  });
  expect(await test.admin.call('POST', `/node/tasks/${id}/answer`, {})).toMatchObject({ status: 401 });
  await node.answer(id, { seq: 1, isLast: true, result: { ok: 1 } });
  expect(await asked.end).toEqual({ ok: 1 });
});

it('who does not take it is away; who takes it and falls silent, or goes on for too long, is not waited for', async () => {
  const before = { untakenMs: tasks.untakenMs, silentMs: tasks.silentMs, pollMs: tasks.pollMs };
  Object.assign(tasks, { untakenMs: 100, silentMs: 150, pollMs: 20 });
  try {
    expect(await ask('look').end).toMatchObject({
      code: 'NODE_NOT_ANSWERING',
      message: expect.stringMatching(/"web-1" does not answer. It was last heard of at 20\d\d-/),
    });
    expect(await node.take()).toBeNull();
    tasks.untakenMs = 10_000;
    const silent = ask('look');
    await take();
    expect(await silent.end).toMatchObject({
      code: 'NODE_TASK_TIMEOUT',
      message: expect.stringMatching(/nothing was heard/),
    });
    tasks.silentMs = 10_000;
    const long = ask('look', { timeLimitSeconds: 0.05 });
    const { id } = await take();
    expect(await long.end).toMatchObject({ code: 'NODE_TASK_TIMEOUT', message: expect.stringMatching(/not within/) });
    expect(await node.answer(id, { seq: 1 })).toMatchObject({ status: 404 });
  } finally {
    Object.assign(tasks, before);
  }
});

it('a reader that goes away takes the task with it, taken or not', async () => {
  const waiting = ask('look');
  await until(
    'the row',
    async () =>
      (await runSql(String(test.config.databaseUrl), "select 1 from node_task where status = 'waiting'")).length > 0,
  );
  waiting.stop.abort();
  expect(await waiting.end).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await node.take()).toBeNull();
  const taken = ask('look');
  const { id } = await take();
  taken.stop.abort();
  await taken.end;
  expect(await node.answer(id, { seq: 1, parts: [{ n: 1 }] })).toMatchObject({ status: 404 });
});

it('what nobody reads is bounded', async () => {
  const answer = tasks.ask(node.id, 'look', {}, { timeLimitSeconds: 30, signal: new AbortController().signal });
  const first = answer.next();
  const { id } = await take();
  const parts = Array.from({ length: 500 }, (_, n) => ({ n }));
  await node.answer(id, { seq: 1, parts: [{ n: -1 }] });
  expect(await first).toMatchObject({ value: { n: -1 } });
  // It has one part and asks for no more.
  const answers = test.app.get(TaskAnswers);
  answers.roomMs = 50;
  expect((await node.answer(id, { seq: 2, parts })).status).toBe(200);
  expect((await node.answer(id, { seq: 3, parts })).status).toBe(200);
  expect(await node.answer(id, { seq: 4, parts })).toMatchObject({ status: 429, body: { code: 'NODE_TASK_FULL' } });
  expect(await answer.next()).toMatchObject({ value: { n: 0 } });
  expect((await node.answer(id, { seq: 4, parts })).status).toBe(200);
  await answer.return({});
  expect(await node.answer(id, { seq: 5 })).toMatchObject({ status: 404 });
});

it('asks only who may be asked', async () => {
  const url = String(test.config.databaseUrl);
  const id = '01900000-0000-7000-8000-000000000000';
  expect(await ask('look', {}, id).end).toMatchObject({ code: 'NODE_NOT_FOUND' });
  await runSql(url, `update node set blocked = true where id = '${other.id}'`);
  expect(await ask('look', {}, other.id).end).toMatchObject({ code: 'NODE_BLOCKED' });
  await runSql(url, `update node set blocked = false, key_hash = null where id = '${other.id}'`);
  expect(await ask('look', {}, other.id).end).toMatchObject({ code: 'NODE_NOT_ANSWERING' });
});
