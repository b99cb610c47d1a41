import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { removeRows } from '../../database/index.js';

/**
 * Removes the records of jobs that ended long ago: not while a backup that one made exists, nor the newest of its kind of a site, nor
 * one that still has something to be done or is being tried again. Several masters may do so at once.
 */
@Injectable()
export class JobPruner {
  private readonly logger = new Logger('jobs');

  constructor(private readonly orm: MikroORM) {}

  @Cron('0 51 3 * * *', { name: 'jobs', waitForCompletion: true })
  async prune(): Promise<void> {
    try {
      await removeRows(
        this.orm,
        'job',
        `select j.id from job j
          where j.created_at < now() - interval '90 days' and j.finished_at < now() - interval '90 days'
            and j.status in ('completed', 'failed', 'cancelled') and not j.litter and not j.follow_up and j.kept_until is null
            and not exists (select 1 from backup b where b.job_id = j.id)
            and exists (select 1 from job n
              where n.site_id = j.site_id and n.kind = j.kind and (n.created_at, n.id) > (j.created_at, j.id))
          order by j.created_at for update of j skip locked`,
      );
    } catch (error) {
      this.logger.warn(`Records of jobs of long ago could not be removed: ${String(error)}`);
    }
  }
}
