import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { RetentionPolicyDto } from './dto/retention-policy.dto.js';
import { SiteAlarmsDto } from './dto/site.dto.js';
import type { SiteAlarms, SiteRetention } from './site.entity.js';

/** The retention policy that a storage has of a site. One that can't be understood keeps everything: nothing is deleted by what nobody meant. */
export function foundRetention(value: unknown): SiteRetention | null {
  if (value === null || value === undefined) return null;
  return understood(RetentionPolicyDto, value) ?? {};
}

/** The same of its limits for alarms; those that can't be understood are the installation's. */
export function foundAlarms(value: unknown): SiteAlarms | null {
  return understood(SiteAlarmsDto, value);
}

/** As a request with it would be checked; null when it would be refused. */
function understood<T extends object>(type: ClassConstructor<T>, value: unknown): T | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const checked = plainToInstance(type, { ...value });
  const faults = validateSync(checked, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return faults.length === 0 ? checked : null;
}
