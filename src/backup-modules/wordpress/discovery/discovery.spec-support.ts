import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { useTempFolder } from '../../../engine/testing/index.js';

/** A `wp-config.php` for a database of this name. */
export const config = (name: string, more = ''): string =>
  `<?php define('DB_NAME', '${name}'); define('DB_USER', 'u'); define('DB_PASSWORD', 'p;"x'); define('DB_HOST', 'localhost:/nowhere/x.sock'); $table_prefix = 'wp_'; ${more}\nrequire_once ABSPATH . 'wp-settings.php';`;

/** What a file of tests works with: a scratch folder in which each test lays out its installs. */
export interface Installs {
  /** The folder, or a path below it. */
  at: (...parts: string[]) => string;
  /** Writes a file and the folders it needs; its path. */
  file: (path: string, content?: string) => string;
  /** The files of a WordPress without its configuration. */
  core: (path: string, version?: string) => string;
  /** A whole install. */
  site: (path: string, name?: string) => string;
}

/** Called once by each file of tests: its hooks are those of the file. */
export function useInstalls(): Installs {
  const at = useTempFolder('discovery', { inMemory: true });
  const file = (path: string, content = ''): string => {
    const full = at(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };
  const core = (path: string, version = '6.8.1'): string => {
    for (const name of ['wp-load.php', 'wp-settings.php', 'wp-blog-header.php', 'wp-admin/admin.php'])
      file(`${path}/${name}`, '<?php');
    file(`${path}/index.php`, "<?php require __DIR__ . '/wp-blog-header.php';");
    file(`${path}/wp-includes/version.php`, `<?php\n$wp_version = '${version}';\n`);
    mkdirSync(at(path, 'wp-content/uploads/2024/01'), { recursive: true });
    return at(path);
  };
  const site = (path: string, name = path.replaceAll(/\W/g, '_')): string => {
    core(path);
    file(`${path}/wp-config.php`, config(name));
    return at(path);
  };
  return { at, file, core, site };
}
