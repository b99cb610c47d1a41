import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockMirror } from './local-rows.js';
import { mirrorBusy } from './mirror.errors.js';

/** One work with the mirror at a time, over all masters of the database. */
@Injectable()
export class MirrorLock {
  constructor(private readonly orm: MikroORM) {}

  /** Error: MIRROR_BUSY. The lock goes with its connection, so a killed master leaves none. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    return this.orm.em.fork().transactional(async (em) => {
      await em.execute('set local idle_in_transaction_session_timeout to 0');
      if (!(await lockMirror(em))) throw mirrorBusy();
      return work();
    });
  }
}
