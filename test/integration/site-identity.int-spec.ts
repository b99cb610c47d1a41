import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifySite } from '../../src/backup-modules/wordpress/discovery/index.js';
import type { MySqlCredentials, SiteDatabase } from '../../src/backup-modules/wordpress/types.js';
import { MariaDbServer } from '../support/mariadb.js';

describe('the name and URL from a real MariaDB', () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await MariaDbServer.start({ tcp: true });
    await server.query('CREATE DATABASE shop CHARACTER SET utf8mb4');
    await server.query("CREATE USER 'me'@'%' IDENTIFIED BY 'p w;#\"'");
    await server.query("CREATE USER 'me'@'localhost' IDENTIFIED BY 'p w;#\"'");
    await server.query("GRANT ALL ON shop.* TO 'me'@'%'");
    await server.query("GRANT ALL ON shop.* TO 'me'@'localhost'");
    await server.query('CREATE TABLE shop.Wp_7_options (option_name VARCHAR(191), option_value LONGTEXT)');
    await server.query(
      "INSERT INTO shop.Wp_7_options VALUES ('blogname', 'Caf\u00e9 \u{1f600} &amp; Co'), ('home', 'https://shop.example'), ('siteurl', 'https://shop.example/wp'), ('secret', 'x')",
    );
  }, 60_000);
  afterAll(async () => server.stop());

  const ask = (change: Partial<MySqlCredentials> = {}, tablePrefix = 'Wp_7_') => {
    const credentials = {
      host: null,
      port: null,
      socketPath: server.socket,
      user: 'me',
      password: 'p w;#"',
      database: 'shop',
      ...change,
    };
    const database: SiteDatabase = { engine: 'mysql', credentials, tablePrefix, charset: null };
    return identifySite(database);
  };

  it('asks over the socket and over TCP', async () => {
    const expected = {
      name: 'Caf\u00e9 \u{1f600} & Co',
      home: 'https://shop.example',
      siteUrl: 'https://shop.example/wp',
      problem: null,
    };
    expect(await ask()).toEqual(expected);
    expect(await ask({ socketPath: null, host: '127.0.0.1', port: server.port })).toEqual(expected);
  });

  it('names what is wrong, never the password', async () => {
    const wrong = await ask({ password: 'not-this-one' });
    expect(wrong.problem?.code).toBe('DATABASE_LOGIN_REFUSED');
    expect(JSON.stringify(wrong)).not.toContain('not-this-one');
    expect((await ask({ database: 'none' })).problem?.code).toBe('DATABASE_LOGIN_REFUSED');
    expect((await ask({}, 'wp_')).problem?.code).toBe('DATABASE_NO_TABLES');
    expect((await ask({ socketPath: '/nowhere.sock' })).problem?.code).toBe('DATABASE_UNREACHABLE');
  });
});
