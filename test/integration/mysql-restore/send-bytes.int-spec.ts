import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteSession } from '../../../src/backup-modules/wordpress/db-restore/byte-session.js';
import { StatementRoom } from '../../../src/backup-modules/wordpress/db-restore/packet-body.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { credentialsOf } from './fixture.js';

/** Where the protocol cuts a packet in two. */
const CUT = 0xff_ff_ff;
const HEAD = "INSERT INTO `big` VALUES (1,'";
const END = "')";

function statement(...parts: Buffer[]): StatementRoom {
  const room = new StatementRoom(parts.reduce((sum, part) => sum + part.length, 0));
  for (const part of parts) room.add(part);
  return room;
}

describe('a statement that is bytes', () => {
  let server: MariaDbServer;
  let account: MariaDbAccount;

  beforeAll(async () => {
    server = await MariaDbServer.start();
    account = await server.createDatabase('parts');
  });
  afterAll(() => server.stop());

  it('reaches the server byte for byte, whatever its length and what failed before it', async () => {
    const { signal } = new AbortController();
    await using session = await ByteSession.open(credentialsOf(account), {
      charset: null,
      id: 'id',
      role: 'bytes',
      signal,
    });
    await session.send('CREATE TABLE big (id int, b longblob) ENGINE=InnoDB');
    const bytes = Buffer.from('a\0é\u001a\n?:x');
    for (const payload of [60, 70_000, 1024 * 1024, CUT - 2, CUT - 1, CUT, CUT + 1, 2 * CUT, 100]) {
      // One byte of it is the command.
      const text = Buffer.alloc(payload - 1 - HEAD.length - END.length, bytes);
      const parts = [Buffer.from(HEAD), text.subarray(0, 9), text.subarray(9), Buffer.from(END)];
      // oxlint-disable-next-line no-await-in-loop -- one connection
      expect(await session.sendBytes(statement(...parts))).toEqual({ affectedRows: 1, warnings: 0 });
      // oxlint-disable-next-line no-await-in-loop -- one connection
      const row = await session.session.row<{ md5: string }>('SELECT MD5(b) AS md5 FROM big');
      expect(row?.md5).toBe(createHash('md5').update(text).digest('hex'));
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await expect(session.sendBytes(statement(Buffer.from("SELECT 'a'; SELECT 1")))).rejects.toMatchObject({
        code: 'DATABASE_FAILED',
      });
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await session.send('DELETE FROM big');
    }
  });

  it('is refused on a connection that was lost', async () => {
    const { signal } = new AbortController();
    const session = await ByteSession.open(credentialsOf(account), { charset: null, id: 'id', role: 'bytes', signal });
    await server.query(`KILL ${session.session.raw.threadId}`);
    const lost = statement(Buffer.from('DO 1'));
    await expect(session.sendBytes(lost)).rejects.toMatchObject({ name: 'AppError' });
    await expect(session.sendBytes(lost)).rejects.toMatchObject({ name: 'AppError' });
    await session.close();
  });
});
