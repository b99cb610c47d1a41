import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { config, useInstalls } from './discovery.spec-support.js';
import { describeWordPress } from './index.js';

const { file, site } = useInstalls();

describe('describeWordPress', () => {
  it('takes name and URL from the SQLite database, as data', async () => {
    const root = site('q', 'dummy');
    file('q/wp-content/db.php', '<?php // sqlite');
    mkdirSync(join(root, 'wp-content/database'));
    const database = new DatabaseSync(join(root, 'wp-content/database/.ht.sqlite'));
    database.exec(
      "CREATE TABLE wp_options (option_name TEXT, option_value TEXT); INSERT INTO wp_options VALUES ('blogname', 'Tom &amp; Jerry\n\u001b[31mred'), ('home', 'https://tom.example'), ('siteurl', 'https://tom.example/wp')",
    );
    database.close();
    const description = await describeWordPress({ path: root, overrides: {} });
    expect(description).toMatchObject({
      name: 'Tom & Jerry [31mred',
      url: 'https://tom.example',
      path: root,
      unknown: [],
      warnings: [],
    });
    expect(JSON.stringify(description)).not.toContain('p;');
    writeFileSync(join(root, 'wp-content/database/.ht.sqlite'), 'no database');
    expect((await describeWordPress({ path: root, overrides: {} })).warnings.join()).toContain('DATABASE_UNREACHABLE');
  });

  it('warns without the password when the server is not there; constants give the URL', async () => {
    const root = site('m');
    file('m/wp-config.php', config('m', "define('WP_HOME', 'https://m.example');"));
    const description = await describeWordPress({ path: root, overrides: {} });
    expect(description).toMatchObject({ name: 'm.example', url: 'https://m.example' });
    expect(description.warnings.join()).toMatch(/DATABASE_UNREACHABLE: The database server at \/nowhere\/x.sock/);
    expect(JSON.stringify(description)).not.toContain('p;');
  });
});
