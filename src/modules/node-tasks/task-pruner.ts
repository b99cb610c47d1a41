import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { removeRows } from '../../database/index.js';

/** Removes tasks of long ago. Several masters may do so at once. */
@Injectable()
export class TaskPruner {
  private readonly logger = new Logger('nodes');

  constructor(private readonly orm: MikroORM) {}

  @Cron('0 */10 * * * *', { name: 'node tasks', waitForCompletion: true })
  async prune(): Promise<void> {
    try {
      await removeRows(
        this.orm,
        'node_task',
        `select t.id from node_task t where greatest(t.created_at, t.taken_at + t.time_limit_seconds * interval '1 second', t.finished_at)
            < now() - interval '1 hour'
          order by t.created_at for update of t skip locked`,
      );
    } catch (error) {
      this.logger.warn(`Old tasks of nodes could not be removed: ${String(error)}`);
    }
  }
}
