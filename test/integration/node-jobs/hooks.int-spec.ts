import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { until } from '../../support/scratch.js';
import { stopCrons } from '../core/test-app.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { TestAgent } from './agent.js';

const test = useJobsApp({ outgoingAllow: ['127.0.0.1'] });
let agent: TestAgent;
let server: Server;
let url: string;
let site: GatedSite;
/** What hooks asked for, and the answers that are held back. */
const got: unknown[] = [];
let status: number | null = 204;
let closed = 0;

beforeAll(async () => {
  await stopCrons(test.app);
  agent = await TestAgent.join(test, 'web');
  site = await GatedSite.make(test, 'hooked', { nodeId: agent.id });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    response.once('close', () => (closed += response.writableFinished ? 0 : 1));
    request.on('end', () => {
      const { moment, outcome } = JSON.parse(body) as Record<string, unknown>;
      got.push(`${String(moment)} ${String(outcome)}`);
      if (status !== null) response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await agent.stop();
  server.closeAllConnections();
  server.close();
});
afterEach(async () => {
  for (const { id } of (await test.admin.get<{ items: { id: string }[] }>('/hooks')).items)
    await test.admin.call('DELETE', `/hooks/${id}`);
  got.length = 0;
  status = 204;
});

const add = (moment: string, onFailure = 'fail'): Promise<object> =>
  test.admin.post('/hooks', { name: 'told', moment, url, onFailure });
const messages = async (job: JobDto, type: string): Promise<unknown[]> =>
  (await test.admin.follow(job.id)).filter((event) => event.type === type).map(({ data }) => data['message']);

it('run once before and after a stage of a job that a node runs, and say so in its log', async () => {
  await add('before:create_bundle');
  await add('after:create_bundle');
  const job = await site.backUp();
  expect(job).toMatchObject({ status: 'completed', nodeId: agent.id });
  expect(got).toEqual(['before:create_bundle running', 'after:create_bundle completed']);
  expect(await messages(job, 'job.note')).toEqual(
    expect.arrayContaining([
      expect.stringContaining('Hook "told" (before:create_bundle)'),
      expect.stringContaining('Hook "told" (after:create_bundle)'),
    ]),
  );
});

it('fail the stage where they are to, and warn where they are to', async () => {
  status = 500;
  await add('before:create_bundle', 'warn');
  const warned = await site.backUp();
  expect(warned).toMatchObject({ status: 'completed', warningCount: 1 });
  await add('after:create_bundle', 'fail');
  const { id } = await site.start();
  expect(await test.admin.ended(id)).toMatchObject({ status: 'failed', error: { code: 'HOOK_FAILED' } });
});

it('are ended with the job: a cancel leaves none at work, and none is tried again', async () => {
  status = null;
  await add('before:create_bundle', 'retry');
  const { id } = await site.start();
  await until('the hook', () => got.length === 1);
  const before = closed;
  await test.operator.call('POST', `/jobs/${id}/cancel`);
  expect(await test.admin.ended(id)).toMatchObject({ status: 'cancelled' });
  await until('its request to be ended', () => closed > before, { timeoutMs: 10_000 });
  expect(got).toHaveLength(1);
});
