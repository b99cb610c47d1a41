import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeFlags } from '../../../scripts/lib/node-flags.mjs';
import { newId } from '../../../src/common/ids.js';
import { cloneDatabase } from '../../support/database.js';
import { runSql } from '../../support/postgres.js';
import { makeScratch } from '../../support/scratch.js';

const KEYS = 1_000_000;
const LIMIT_MB = 300;
const run = promisify(execFile);

let database: { url: string; drop: () => Promise<void> };
const scratch = makeScratch('million');
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(async () => {
  await database.drop();
  scratch.remove();
});

it('a listing of 1,000,000 keys is compared in bounded memory', { timeout: 180_000 }, async () => {
  const providerId = newId();
  const backupId = newId();
  // Its indexes of other questions are left out: that is a third of the time.
  await runSql(
    database.url,
    `drop index "stored_object_site_id_index"; drop index "stored_object_key_index"; drop index stored_object_oldest_read;
     insert into stored_object (provider_id, key, kind, site_id, size, state, created_at)
       select '${providerId}', 'sites/' || site || '/20260101T000000Z-00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0') || '.tar.zst',
           'bundle', site::uuid, 1000, 'present', now()
         from (select n, '00000000-0000-7000-8000-' || lpad(to_hex(n / 1000), 12, '0') as site
           from generate_series(0, ${KEYS - 1}) n) numbers;
     insert into backup (id, site_id, site_name, module, job_id, bundle_key, bundle_size, bundle_sha256, manifest_key, manifest_size,
         manifest_sha256, file_count, source_bytes, database_bytes, stored_bytes, started_at, created_at)
       values ('${backupId}', '${backupId}', 's', 'm', '${backupId}', 'b', 1, '', 'm', 1, '', 1, 1, 0, 1, now(), now());
     insert into backup_copy (backup_id, provider_id, state, size, created_at)
       values ('${backupId}', '${providerId}', 'present', 1, now());
     insert into backup_bundle (backup_id, bundle_key, size, own)
       select '${backupId}', key, size, false from stored_object
         where ('x' || right(split_part(key, '.', 1), 12))::bit(48)::bigint % 100000 = 5
           or ('x' || right(split_part(key, '.', 1), 12))::bit(48)::bigint % 99999 = 7;
     analyze stored_object;`,
  );
  const child = join(import.meta.dirname, 'million-child.mjs');
  // As a master is run.
  const { stdout } = await run(process.execPath, [
    ...nodeFlags,
    child,
    database.url,
    scratch.path,
    providerId,
    String(KEYS),
  ]);
  const { counts, seconds, peakMb, baseMb } = JSON.parse(stdout) as {
    counts: Record<string, number>;
    seconds: number;
    peakMb: number;
    baseMb: number;
  };
  process.stdout.write(
    `1,000,000 keys: ${seconds.toFixed(1)} s, peak ${peakMb.toFixed(0)} MB, before it ${baseMb} MB\n`,
  );
  // Every 100,000th is missing, every 99,999th (of which one is missing) has another size, every 50,000th has a foreign neighbour, every 200,000th an unknown one.
  expect(counts).toMatchObject({
    listed: 1_000_015,
    known: KEYS,
    missing: 10,
    size: 10,
    orphan: 5,
    foreign: 20,
    marked: 20,
  });
  const states = await runSql(
    database.url,
    'select state, count(*)::int as n from stored_object group by 1 order by 1',
  );
  expect(states).toEqual([
    { state: 'damaged', n: 10 },
    { state: 'missing', n: 10 },
    { state: 'present', n: KEYS - 20 },
  ]);
  expect(peakMb).toBeLessThan(LIMIT_MB);
});
