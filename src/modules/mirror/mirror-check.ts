import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { D1Client } from './d1/d1-client.js';
import { textIn } from './d1/d1-envelope.js';
import { D1Timings } from './d1/d1-timings.js';
import { MirrorSettings } from './mirror-settings.js';
import { mirrorAnswerInvalid } from './mirror.errors.js';
import { mirroredTables } from './mirrored-tables.js';
import { RemoteMirror } from './remote-mirror.js';

export interface MirrorCheckResult {
  /** Servers with rows in the database. */
  servers: string[];
  durationMs: number;
}

/** Tries the mirror out. */
@Injectable()
export class MirrorCheck {
  constructor(
    private readonly settings: MirrorSettings,
    private readonly timings: D1Timings,
  ) {}

  /** Asks for the database, then writes, reads and deletes a row of its own. Throws what does not work. */
  async run(signal: AbortSignal): Promise<MirrorCheckResult> {
    const started = performance.now();
    const client = new D1Client(await this.settings.target(await this.settings.get()), this.timings, signal);
    await client.describe();
    const [id, text] = [newId(), `written by backupd, "quoted" and ünïcode`];
    await client.query([
      { sql: 'create table if not exists probe_of_backupd (id text primary key, body text not null)', params: [] },
      { sql: 'insert or replace into probe_of_backupd (id, body) values (?1, ?2)', params: [id, text] },
    ]);
    const [found] = await client.query([{ sql: 'select body from probe_of_backupd where id = ?1', params: [id] }]);
    const read = found?.[0] === undefined ? null : textIn(found[0], 'body');
    if (read !== text) throw mirrorAnswerInvalid('a row that was just written did not come back as it was');
    await client.query([{ sql: 'delete from probe_of_backupd where id = ?1', params: [id] }]);
    const remote = new RemoteMirror(client, '');
    const there = new Set(await remote.tables());
    const servers = await remote.servers(mirroredTables.map(({ name }) => name).filter((name) => there.has(name)));
    return { servers, durationMs: Math.round(performance.now() - started) };
  }
}
