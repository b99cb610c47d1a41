import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/backup-modules/wordpress/mysql/index.js';
import { databaseFacts, type DatabaseFacts } from '../../support/database-facts.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { makeScratch } from '../../support/scratch.js';
import type { CrashOrder } from './crash-child.js';
import { backUp, credentialsOf, filesBelow, litter, membersOf, restoreTo, type TestBackup } from './fixture.js';

const OLD = `
CREATE TABLE wp_p (id int PRIMARY KEY, q int, KEY q (q)) ENGINE=InnoDB;
CREATE TABLE wp_q (id int PRIMARY KEY, p int, KEY p (p), CONSTRAINT wp_q_p FOREIGN KEY (p) REFERENCES wp_p (id)) ENGINE=InnoDB;
ALTER TABLE wp_p ADD CONSTRAINT wp_p_q FOREIGN KEY (q) REFERENCES wp_q (id) ON DELETE CASCADE;
INSERT INTO wp_p VALUES (1, NULL); INSERT INTO wp_q VALUES (1, 1);
CREATE TABLE wp_m (a int) ENGINE=MyISAM; INSERT INTO wp_m VALUES (1);
CREATE TABLE wp_only_old (a int);
CREATE TRIGGER wp_t BEFORE INSERT ON wp_q FOR EACH ROW SET NEW.p = 1;
CREATE PROCEDURE wp_r() SELECT 'old';
CREATE FUNCTION wp_f() RETURNS int DETERMINISTIC RETURN 1;
CREATE VIEW wp_v AS SELECT id FROM wp_p; CREATE VIEW wp_w AS SELECT id FROM wp_v;
CREATE EVENT wp_e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM wp_m;
`;
const CHANGE = `
DROP TRIGGER wp_t; CREATE TRIGGER wp_t AFTER INSERT ON wp_p FOR EACH ROW SET @x = 'é';
DROP PROCEDURE wp_r; CREATE PROCEDURE wp_r() SELECT 'new é'; DROP FUNCTION wp_f; DROP TABLE wp_only_old;
DROP VIEW wp_w; ALTER VIEW wp_v AS SELECT 1 AS one; DROP EVENT wp_e; CREATE EVENT wp_e ON SCHEDULE EVERY 9 DAY DISABLE DO DELETE FROM wp_q;
UPDATE wp_m SET a = 2; CREATE TABLE wp_extra (a int); INSERT INTO wp_extra VALUES (1);
CREATE TABLE plug (p int, CONSTRAINT plug_p FOREIGN KEY (p) REFERENCES wp_p (id)) ENGINE=InnoDB; INSERT INTO plug VALUES (1);
`;

/** Every statement was tried when this was written (STEP 1, both ways); each run takes a part of them. */
const STEP = 5;

let server: MariaDbServer;
let account: MariaDbAccount;
let backup: TestBackup;
/** Before the restore, and after a whole one. */
let before: DatabaseFacts;
let after: DatabaseFacts;
const scratch = makeScratch('db-crash');

async function asSite(sql: string): Promise<void> {
  const connection = await server.connect(account);
  await connection.query(sql);
  await connection.end();
}

/** The changed site anew. */
async function reset(): Promise<void> {
  await server.query('DROP DATABASE IF EXISTS crash; CREATE DATABASE crash CHARACTER SET utf8mb4');
  await asSite(OLD);
  await asSite(CHANGE);
}

beforeAll(async () => {
  server = await MariaDbServer.start();
  account = await server.createDatabase('crash');
  await asSite(OLD);
  backup = await backUp(scratch.path, account);
  await reset();
  before = await databaseFacts(server, 'crash');
  const { restore } = await restoreTo(scratch.path, credentialsOf(account));
  await restore.load(backup.info, membersOf(backup));
  await restore.activate();
  await restore.commit();
  after = await databaseFacts(server, 'crash');
});
afterAll(async () => {
  await server.stop();
  scratch.remove();
});

/** Fails every statement from the n-th on and closes the connections, as if the process had gone. */
async function dieAt(n: number, afterSending: boolean): Promise<{ count: () => number; heal: () => void }> {
  const probe = await connect(credentialsOf(account));
  const prototype = Object.getPrototypeOf(probe.raw) as { query: (...args: unknown[]) => Promise<unknown> };
  await probe.close();
  const { query } = prototype;
  let count = 0;
  prototype.query = function dying(this: { destroy(): void }, ...args: unknown[]): Promise<unknown> {
    count += 1;
    if (count < n) return query.apply(this, args);
    if (count === n && afterSending) {
      // The server has done it, and nobody heard.
      return query.apply(this, args).then(
        () => Promise.reject(new Error('gone')),
        () => Promise.reject(new Error('gone')),
      );
    }
    this.destroy();
    return Promise.reject(new Error('gone'));
  };
  return {
    count: () => count,
    heal: () => {
      prototype.query = query;
    },
  };
}

async function expectRolledBack(safetyDir: string): Promise<void> {
  expect(await databaseFacts(server, 'crash')).toEqual(before);
  expect(await litter(server)).toEqual([]);
  expect(await filesBelow(safetyDir)).toEqual([]);
}

describe('a restore that stops', () => {
  it('is compared with one that does not', () => {
    expect(after.tables['plug']).toEqual(before.tables['plug']);
    expect(Object.keys(after.tables)).toEqual(['plug', 'wp_m', 'wp_only_old', 'wp_p', 'wp_q']);
    expect(after.others).not.toEqual(before.others);
  });

  it('at a statement of activate is undone by a roll-back', async () => {
    await reset();
    let finished = false;
    let n = 1;
    for (; !finished; n += STEP) {
      const run = await restoreTo(scratch.path, credentialsOf(account));
      await run.restore.load(backup.info, membersOf(backup));
      const fault = await dieAt(n, n % 2 === 0);
      finished = await run.restore.activate().then(
        () => true,
        () => false,
      );
      fault.heal();
      await run.again().rollBack();
      await expectRolledBack(run.safetyDir);
    }
    expect(n).toBeGreaterThan(40);
  }, 240_000);

  it('at a statement of activate goes on when activate is called again', async () => {
    await reset();
    for (let n = 3; n < 70; n += 9) {
      const run = await restoreTo(scratch.path, credentialsOf(account));
      await run.restore.load(backup.info, membersOf(backup));
      const fault = await dieAt(n, n % 2 === 0);
      await run.restore.activate().catch(() => undefined);
      fault.heal();
      await run.again().activate();
      expect(await databaseFacts(server, 'crash').then(withoutOld)).toEqual(after);
      await run.again().rollBack();
      await expectRolledBack(run.safetyDir);
    }
  }, 240_000);

  it('in the roll-back itself is undone by the next one', async () => {
    await reset();
    for (let n = 2; n < 50; n += 9) {
      const run = await restoreTo(scratch.path, credentialsOf(account));
      await run.restore.load(backup.info, membersOf(backup));
      await run.restore.activate();
      const fault = await dieAt(n, n % 2 === 0);
      await run
        .again()
        .rollBack()
        .catch(() => undefined);
      fault.heal();
      await run.again().rollBack();
      await expectRolledBack(run.safetyDir);
    }
  }, 240_000);

  it('within load leaves nothing', async () => {
    await reset();
    for (let n = 2; n < 60; n += 7) {
      const run = await restoreTo(scratch.path, credentialsOf(account));
      const fault = await dieAt(n, n % 2 === 0);
      await run.restore.load(backup.info, membersOf(backup)).catch(() => undefined);
      fault.heal();
      await run.again().rollBack();
      await expectRolledBack(run.safetyDir);
    }
  }, 240_000);

  it('within commit is finished, not undone', async () => {
    for (let n = 1; n < 14; n += 3) {
      await reset();
      const run = await restoreTo(scratch.path, credentialsOf(account));
      await run.restore.load(backup.info, membersOf(backup));
      await run.restore.activate();
      const fault = await dieAt(n, n % 2 === 0);
      await run.restore.commit().catch(() => undefined);
      fault.heal();
      await run.again().rollBack();
      expect(await databaseFacts(server, 'crash')).toEqual(after);
      expect(await litter(server)).toEqual([]);
      expect(await filesBelow(run.safetyDir)).toEqual(['extra-tables.sql.zst']);
    }
  }, 240_000);

  it('by kill -9 with a statement on its way to the server leaves the old state or the new one', async () => {
    await reset();
    const kill = async (dieAtStatement: number): Promise<{ code: string; output: string }> => {
      const workDir = join(scratch.path, `killed-${dieAtStatement}`);
      await mkdir(workDir);
      const order: CrashOrder = {
        target: credentialsOf(account),
        workDir,
        safetyDir: join(workDir, 'safety'),
        info: backup.info,
        members: backup.members.map(({ spec, content }) => ({ spec, content: content.toString('base64') })),
        dieAt: dieAtStatement,
      };
      const result = await runChild(JSON.stringify(order));
      const { restore, safetyDir } = await restoreTo(scratch.path, order.target, { workDir });
      await restore.rollBack();
      expect(await litter(server)).toEqual([]);
      expect(await filesBelow(safetyDir)).toEqual([]);
      return result;
    };
    const whole = await kill(0);
    expect(await databaseFacts(server, 'crash')).toEqual(after);
    const counts = JSON.parse(whole.output) as { load: number; activate: number; commit: number };
    await reset();
    const points: number[] = [];
    for (let at = counts.load - 8; at < counts.activate; at += 17) points.push(at);
    for (const at of points) {
      expect((await kill(at)).code).toBe('SIGKILL');
      expect(await databaseFacts(server, 'crash')).toEqual(before);
    }
    expect((await kill(counts.activate + 8)).code).toBe('SIGKILL');
    expect(await databaseFacts(server, 'crash')).toEqual(after);
  }, 240_000);
});

const isOurs = (name: string): boolean => !/_bk[or][0-9a-f]{10}_/.test(name);

function withoutOld(facts: DatabaseFacts): DatabaseFacts {
  return {
    tables: Object.fromEntries(Object.entries(facts.tables).filter(([name]) => isOurs(name))),
    others: Object.fromEntries(Object.entries(facts.others).filter(([name, text]) => isOurs(name) && isOurs(text))),
  };
}

function runChild(input: string): Promise<{ code: string; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'crash-child.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: signal ?? String(code), output }));
  });
}
