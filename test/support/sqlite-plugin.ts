import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * WordPress's own SQLite drop-in. It is published on wordpress.org; the npm package of the WordPress Playground carries
 * the same zip. Only that tarball (400 kB) is taken, once per machine: as a dependency it would bring 300 MB of others.
 */
const PACKAGE = '@wp-playground/cli@3.1.56';
const INTEGRITY = 'sha512-JTxl6djPEM2YRYz/w+BUoyoCvhSGHIjqMi4fMV1b8o1UPNvZatLaS7opo57UsrVElXrfdZwvi6IuyS4LswUx9Q==';
const PLUGIN = 'plugin-sqlite-database-integration';

/** Puts the plugin and its `db.php` drop-in into a WordPress root. */
export async function addSqlitePlugin(root: string): Promise<void> {
  const target = join(root, 'wp-content/plugins/sqlite-database-integration');
  await run('cp', ['-r', await pluginFolder(), target]);
  const driver = join(target, 'wp-includes/sqlite/class-wp-sqlite-db.php');
  const code = await readFile(driver, 'utf8');
  // The plugin reads a property that is private in WordPress before 6.2; the line matters only to WordPress's own tests.
  await writeFile(
    driver,
    code
      .replace("$this->__get( 'allow_unsafe", "$this->__get_or_null( 'allow_unsafe")
      .replace(
        'public function prepare(',
        'private function __get_or_null( $name ) { return $this->$name; }\n\tpublic function prepare(',
      ),
  );
  const dropIn = await readFile(join(target, 'db.copy'), 'utf8');
  await writeFile(
    join(root, 'wp-content/db.php'),
    dropIn
      .replaceAll('{SQLITE_IMPLEMENTATION_FOLDER_PATH}', target)
      .replaceAll('{SQLITE_PLUGIN}', 'sqlite-database-integration/load.php'),
  );
  await mkdir(join(root, 'wp-content/database'), { recursive: true });
}

async function pluginFolder(): Promise<string> {
  const cache = join(tmpdir(), `backupd-test-cache-${process.getuid?.() ?? 0}`);
  const ready = join(cache, 'sqlite-plugin-3.1.56');
  if (existsSync(join(ready, 'db.copy'))) return ready;
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(cache, 'making-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', PACKAGE], { cwd: work });
    const tarball = join(work, stdout.trim().split('\n').at(-1) ?? '');
    const digest = `sha512-${createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64')}`;
    if (digest !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: ${digest}`);
    await run('tar', ['-xzf', tarball, 'package/sqlite-database-integration.zip'], { cwd: work });
    await run('unzip', ['-q', 'package/sqlite-database-integration.zip'], { cwd: work });
    await rename(join(work, PLUGIN), ready).catch((error: unknown) => {
      // Another worker was faster: its copy is as good.
      if (!existsSync(join(ready, 'db.copy'))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return ready;
}
