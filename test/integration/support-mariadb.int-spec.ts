import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariaDbServer } from '../support/mariadb.js';

describe('the test MariaDB server', () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await MariaDbServer.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('gives an account that works on its own database only', async () => {
    const account = await server.createDatabase('shop_1');
    await server.load("CREATE TABLE t (a varchar(20)); INSERT INTO t VALUES ('🎉 ok');", 'shop_1');
    const connection = await server.connect(account);
    const [rows] = await connection.query('SELECT a FROM t');
    await connection.end();
    expect(rows).toEqual([{ a: '🎉 ok' }]);
    await expect(server.connect({ ...account, database: 'mysql' })).rejects.toThrow(/denied/i);
  });
});
