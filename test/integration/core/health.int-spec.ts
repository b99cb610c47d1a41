import { expect, it } from 'vitest';
import { runSql } from '../../support/postgres.js';
import { HealthService } from '../../../src/modules/health/health.service.js';
import { startTestApp } from './test-app.js';

it('live, ready and details; not ready with another schema and while it stops', async () => {
  const test = await startTestApp();
  try {
    const open = { status: 200, body: { status: 'ready' } };
    expect((await test.anyone.call('GET', '/health/live')).body).toEqual({ status: 'ok' });
    expect(await test.anyone.call('GET', '/health/ready')).toMatchObject(open);
    expect((await test.anyone.call('GET', '/health/ready')).body).toEqual({ status: 'ready' });
    expect(await test.anyone.call('GET', '/health')).toMatchObject({ status: 401 });
    const details = { status: 'ready', mode: 'master', database: true, queue: true, schema: true, running: true };
    expect(await test.viewer.get('/health')).toMatchObject(details);

    test.app.get(HealthService, { strict: false }).freshMs = -1;
    const sql = (text: string) => runSql(test.config.databaseUrl ?? '', text);
    await sql("insert into schema_migration (name) values ('Migration29990101000000_newer')");
    expect(await test.anyone.call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable' },
    });
    expect(await test.viewer.get('/health')).toMatchObject({ status: 'unavailable', schema: false, database: true });
    expect((await test.anyone.call('GET', '/health/live')).status).toBe(200);
    await sql("delete from schema_migration where name like '%newer'");
    expect(await test.anyone.call('GET', '/health/ready')).toMatchObject(open);

    await sql('alter schema pgboss rename to elsewhere');
    expect(await test.viewer.get('/health')).toMatchObject({ status: 'unavailable', queue: false, schema: true });
    await sql('alter schema elsewhere rename to pgboss');

    // The first thing of a stop.
    test.app.get(HealthService, { strict: false }).onModuleDestroy();
    expect(await test.anyone.call('GET', '/health/ready')).toMatchObject({ status: 503 });
  } finally {
    await test.close();
  }
});
