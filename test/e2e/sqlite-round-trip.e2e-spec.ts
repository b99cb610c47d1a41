import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto, SiteDto } from '../../src/cli/api-types.js';
import { snapshotTree, type TreeFact } from '../../src/engine/testing/index.js';
import { sqliteDump } from '../support/database-facts.js';
import { TestMaster } from '../support/master.js';
import { addOddFiles } from '../support/odd-files.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const DATABASE = 'wp-content/database/.ht.sqlite';

/**
 * The site without the database's files: that one comes back as an equal database, not byte by byte. SQLite itself makes
 * and removes files beside a database that is read, so the time of its folder is nobody's.
 */
function filesOf(root: string): TreeFact[] {
  const facts = snapshotTree(root, { skip: (path) => path.startsWith(DATABASE) });
  for (const fact of facts) if (fact.path === dirname(DATABASE)) fact.mtime = '';
  return facts;
}

describe('a real WordPress on SQLite', () => {
  const scratch = makeScratch('e2e-sqlite');
  let master: TestMaster;
  let wordpress: WordPressSite;
  let site: SiteDto;
  let backup: BackupDto;
  let before: { tree: TreeFact[]; dump: string; pages: Awaited<ReturnType<WordPressSite['pages']>> };

  beforeAll(async () => {
    master = await TestMaster.start({ dataDir: join(scratch.path, 'data') });
    wordpress = await WordPressSite.install({ root: join(scratch.path, 'www/blog'), database: 'sqlite' });
    addOddFiles(wordpress.root);
    await wordpress.serve();
    await wordpress.pages();
    const pages = await wordpress.pages();
    await wordpress.stop();
    before = {
      pages,
      tree: filesOf(wordpress.root),
      dump: sqliteDump(join(wordpress.root, DATABASE)),
    };
  });
  afterAll(async () => {
    await wordpress?.stop();
    await master?.stop();
    scratch.remove();
  });

  it('is registered with the name that its own database gives', async () => {
    site = await master.api.addSite(wordpress.root);
    expect(site).toMatchObject({ name: 'Café ☕ Zürich', url: wordpress.content.url });
  });

  it('is backed up without a warning', async () => {
    const job = await master.api.backUp(site.id);
    expect(job.error).toBeNull();
    expect(job).toMatchObject({ status: 'completed', warningCount: 0 });
    [backup] = (await master.api.backups(site.id)) as [BackupDto];
  });

  it('comes back after everything was lost: same pages, files, owner and mode of the database, every row', async () => {
    const original = snapshotTree(wordpress.root).find((fact) => fact.path === DATABASE);
    await wordpress.loseFiles();
    const restored = await master.api.restore(backup.id);
    expect(restored.error).toBeNull();
    expect(filesOf(wordpress.root)).toEqual(before.tree);
    expect(sqliteDump(join(wordpress.root, DATABASE))).toBe(before.dump);
    const copy = snapshotTree(wordpress.root).find((fact) => fact.path === DATABASE);
    expect(copy).toMatchObject({ mode: original?.mode, uid: original?.uid, gid: original?.gid });
    await wordpress.serve();
    expect(await wordpress.pages()).toEqual(before.pages);
    await wordpress.stop();
  });

  it('restores only the database over newer content', async () => {
    await wordpress.php(
      "wp_insert_post(array('post_title' => 'too late', 'post_status' => 'publish', 'post_content' => 'x'));",
    );
    expect(sqliteDump(join(wordpress.root, DATABASE))).toContain('too late');
    const restored = await master.api.restore(backup.id, { what: 'database' });
    expect(restored.error).toBeNull();
    expect(sqliteDump(join(wordpress.root, DATABASE))).toBe(before.dump);
    expect(existsSync(join(wordpress.root, `${DATABASE}-wal`))).toBe(false);
  });
});
