import { defineEntity, p } from '@mikro-orm/core';

/** Who did what from where. A trigger refuses every change of a row; only what is older than its keeping time can be removed. */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  indexes: [{ properties: ['at'] }, { properties: ['targetId', 'at'] }, { properties: ['actorId', 'at'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.datetime(3),
    /** `token` (a program), `user` (a person), `system` (a schedule, the recovery) or `nobody` (a request that was not let in). */
    actor: p.enum(['token', 'user', 'system', 'nobody']),
    actorId: p.uuid().nullable(),
    /** The name at that time. */
    actorName: p.text().nullable(),
    role: p.text().nullable(),
    /** The caller's address; null for backupd itself. */
    address: p.text().nullable(),
    userAgent: p.text().nullable(),
    /** `<feature>.<what>`, e.g. `sites.update`. */
    action: p.text(),
    targetId: p.text().nullable(),
    /** HTTP status of the answer; null for backupd itself. */
    status: p.integer().nullable(),
    /** Code of the error, where it was refused or failed. */
    error: p.text().nullable(),
    /** What was asked, without secrets. */
    details: p.json<Record<string, unknown>>(),
  },
});

export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);
