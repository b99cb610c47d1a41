import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../common/http/index.js';
import { AuditEntry } from './audit-entry.entity.js';
import { plainText, safeDetails } from './safe-details.js';

/** What a caller did. */
export interface AuditedAct {
  /** Null = a request that was not let in. */
  principal: Principal | null;
  address: string;
  userAgent: string | undefined;
  action: string;
  targetId: string | null;
  /** HTTP status of the answer. */
  status: number;
  /** Code of the error. */
  error: string | null;
  /** What was asked; secrets are taken out here. */
  details: unknown;
}

/** Writes the audit log: rows are only ever added. */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('audit');

  constructor(private readonly orm: MikroORM) {}

  /**
   * Notes what a request did. Never throws: what was done is done, and an answer that says otherwise would be wrong. An entry that can't
   * be written goes to the log of the server instead, as an error.
   */
  async act(act: AuditedAct): Promise<void> {
    const { principal } = act;
    await this.write({
      actor: principal === null ? 'nobody' : principal.kind,
      actorId: principal?.id ?? null,
      actorName: principal?.name ?? null,
      role: principal?.role ?? null,
      address: act.address,
      userAgent: act.userAgent === undefined ? null : plainText(act.userAgent),
      action: act.action,
      targetId: act.targetId === null ? null : plainText(act.targetId),
      status: act.status,
      error: act.error,
      details: safeDetails(act.details),
    });
  }

  /**
   * Notes what backupd did by itself. Within the caller's transaction when one is given: then it throws, and the deed and its entry are
   * written together or not at all. The details must hold no secret.
   */
  async system(
    action: string,
    { targetId = null, details = {} }: { targetId?: string | null; details?: Record<string, unknown> } = {},
    em?: EntityManager,
  ): Promise<void> {
    const entry = { ...byItself, action, targetId, details: safeDetails(details) };
    if (em === undefined) await this.write(entry);
    else await em.insert(AuditEntry, { ...entry, at: new Date() });
  }

  private async write(entry: Omit<NewEntry, 'at'>): Promise<void> {
    const row = { ...entry, at: new Date() };
    try {
      await this.orm.em.fork().insert(AuditEntry, row);
    } catch (error) {
      this.logger.error(`An audit entry could not be written (${String(error)}): ${JSON.stringify(row)}`);
    }
  }
}

type NewEntry = Pick<
  AuditEntry,
  | 'at'
  | 'actor'
  | 'actorId'
  | 'actorName'
  | 'role'
  | 'address'
  | 'userAgent'
  | 'action'
  | 'targetId'
  | 'status'
  | 'error'
  | 'details'
>;

const byItself = {
  actor: 'system' as const,
  actorId: null,
  actorName: null,
  role: null,
  address: null,
  userAgent: null,
  status: null,
  error: null,
};
