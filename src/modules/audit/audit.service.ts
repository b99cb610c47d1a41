import { type FilterQuery, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { isId } from '../../common/ids.js';
import { removeRows } from '../../database/index.js';
import { AuditEntry } from './audit-entry.entity.js';
import { type AuditPageDto, AuditEntryDto, type AuditQueryDto } from './dto/audit.dto.js';

/** Reads the audit log, and removes what is too old. */
@Injectable()
export class AuditService {
  private readonly logger = new Logger('audit');

  constructor(private readonly orm: MikroORM) {}

  /** One page, newest first. */
  async list(query: AuditQueryDto): Promise<AuditPageDto> {
    const rows = await this.orm.em.fork().find(AuditEntry, whereOf(query), {
      orderBy: { id: 'desc' },
      limit: query.limit + 1,
      disableIdentityMap: true,
    });
    const items = rows.slice(0, query.limit).map((row) => AuditEntryDto.of(row));
    return { items, nextCursor: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Entries are kept for a year; the database itself refuses to delete younger ones. */
  @Cron('0 41 3 * * *', { name: 'audit', waitForCompletion: true })
  async prune(): Promise<void> {
    try {
      await removeRows(
        this.orm,
        'audit_entry',
        `select id from audit_entry where at < now() - interval '1 year 1 day' order by at`,
      );
    } catch (error) {
      this.logger.warn(`Audit entries of over a year ago could not be removed: ${String(error)}`);
    }
  }
}

function whereOf({ actor, action, target, from, until, cursor }: AuditQueryDto): FilterQuery<AuditEntry> {
  const parts: FilterQuery<AuditEntry>[] = [];
  if (actor !== undefined) parts.push(actorIs(actor));
  if (action !== undefined) parts.push({ action: action.endsWith('.') ? { $like: `${literal(action)}%` } : action });
  if (target !== undefined) parts.push({ targetId: target });
  if (from !== undefined) parts.push({ at: { $gte: new Date(from) } });
  if (until !== undefined) parts.push({ at: { $lt: new Date(until) } });
  if (cursor !== undefined) parts.push({ id: { $lt: cursor } });
  return parts.length === 0 ? {} : { $and: parts };
}

function actorIs(text: string): FilterQuery<AuditEntry> {
  if (text === 'system' || text === 'nobody') return { actor: text };
  return isId(text) ? { actorId: text } : { actorName: text };
}

/** For LIKE. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
